import CivilTime
public import Privacy
import ProviderDirectory
public import Store

/// What came of the messages that were due.
public struct MessagesDone: Hashable, Sendable {
  public var delivered = 0
  /// Not delivered, and not tried again.
  public var givenUp = 0
  /// No longer true when their time came.
  public var cancelled = 0
  /// To be tried again, or to wait for a better time.
  public var postponed = 0

  public init() {}

  static func += (sum: inout MessagesDone, part: MessagesDone) {
    sum.delivered += part.delivered
    sum.givenUp += part.givenUp
    sum.cancelled += part.cancelled
    sum.postponed += part.postponed
  }
}

/// How hard a message is tried.
public struct MessageLimits: Hashable, Sendable {
  /// Messages that one transaction takes.
  public var batch: Int
  /// How long they are this worker's; longer than a batch takes.
  public var leaseSeconds: Int64
  /// No channel takes longer for one message.
  public var sendSeconds: Int64
  public var triesPerChannel: Int
  /// Before the second try; twice as long before each one after.
  public var firstRetrySeconds: Int64
  public var longestRetrySeconds: Int64

  public init(
    batch: Int = 32, leaseSeconds: Int64 = 300, sendSeconds: Int64 = 60, triesPerChannel: Int = 8,
    firstRetrySeconds: Int64 = 30, longestRetrySeconds: Int64 = 1800
  ) {
    self.batch = batch
    self.leaseSeconds = leaseSeconds
    self.sendSeconds = sendSeconds
    self.triesPerChannel = triesPerChannel
    self.firstRetrySeconds = firstRetrySeconds
    self.longestRetrySeconds = longestRetrySeconds
  }

  /// Eight tries over some two hours.
  public static let standard = MessageLimits()
}

/// Sends what is due. Any number may run, in any number of processes.
///
/// A worker takes messages for a time (a lease), composes them, asks again just before each one
/// whether it is still true, sends it outside of any transaction, and records what came of it. When
/// it dies, its messages are another's once the lease is over: none is lost, and the one that was
/// on its way goes out a second time under the same key, which a channel with idempotency sees.
public struct MessageWorker: Sendable {
  private let store: Store
  private let vault: Vault
  private let random: RandomSource
  private let mail: any MessageChannel
  private let composer: MessageComposer
  private let limits: MessageLimits

  /// - Parameter random: where leases and the jitter of retries come from.
  public init(
    store: Store, vault: Vault, random: RandomSource = .system, mail: any MessageChannel,
    composer: MessageComposer, limits: MessageLimits = .standard
  ) {
    self.store = store
    self.vault = vault
    self.random = random
    self.mail = mail
    self.composer = composer
    self.limits = limits
  }

  /// Sends until nothing is due, or `stop` says so; what it had taken then is given back.
  public func work(until stop: () -> Bool = { false }) throws -> MessagesDone {
    var done = MessagesDone()
    while !stop(), try store.read({ try !$0.dueMessages(limit: 1).isEmpty }) {
      let lease = random.bytes(16)
      var letters = try store.write { transaction in
        // Or what was sealed anew meanwhile would look unreadable, and be given up.
        try transaction.requireCurrent(vault)
        return try transaction.leaseMessages(
          limit: limits.batch, seconds: limits.leaseSeconds, lease: lease
        ).compactMap { try letter($0, lease, transaction, &done) }
      }[...]
      while !stop(), let letter = letters.popFirst() { done += try deliver(letter, lease) }
      if !letters.isEmpty { try giveBack(letters, lease) }
    }
    return done
  }

  /// What would be sent now, at most `limit`; sends nothing.
  public func rehearse(limit: Int) throws -> [(MessageJob, OutgoingMessage)] {
    try store.write { transaction in
      try transaction.dueMessages(limit: limit).compactMap { job in
        guard case .send(let message) = try compose(job, transaction) else { return nil }
        return (job, message)
      }
    }
  }

  // MARK: Before: what a leased message needs

  private struct Letter {
    let job: MessageJob
    let message: OutgoingMessage
    let earlierTries: Int
  }

  private enum Composition {
    case send(OutgoingMessage)
    case end(MessageState, String)
  }

  /// Nil when there is nothing to send: the message has then ended.
  private func letter(
    _ job: MessageJob, _ lease: [UInt8], _ transaction: WriteTransaction,
    _ done: inout MessagesDone
  ) throws -> Letter? {
    switch try compose(job, transaction) {
    case .send(let message):
      return Letter(
        job: job, message: message, earlierTries: try transaction.attempts(of: job).count)
    case .end(let state, let outcome):
      try end(job, lease, as: state, outcome, transaction)
      if state == .cancelled { done.cancelled += 1 } else { done.givenUp += 1 }
      return nil
    }
  }

  /// A patient whose row cannot be read costs their own message and nobody else's.
  private func compose(_ job: MessageJob, _ transaction: WriteTransaction) throws -> Composition {
    let now = transaction.now
    guard now < job.expiresAt else { return .end(.givenUp, "its time had passed") }
    guard let claim = try transaction.claim(job.claim), claim.state == job.kind.claimState,
      !claim.hasExpired(at: now)
    else { return .end(.cancelled, "the visit had changed") }
    do {
      guard let patient = try transaction.patient(claim.patient, by: .system, vault: vault) else {
        return .end(.givenUp, "the patient is not on file")
      }
      let visit = try facts(claim, transaction)
      return .send(
        try composer.mail(job, to: patient, about: visit, in: .english, now: now))
    } catch let error as SealingError {
      return .end(.givenUp, "cannot be composed: \(error)")
    } catch let error as ContactError {
      return .end(.givenUp, "cannot be composed: \(error)")
    } catch let error as ZoneError {
      return .end(.givenUp, "cannot be composed: \(error)")
    } catch StoreError.unreadableRow(_, let table, let row, _) {
      return .end(.givenUp, "cannot be composed: row \(row) of \(table) is unreadable")
    }
  }

  private func facts(_ claim: Claim, _ transaction: WriteTransaction) throws -> VisitFacts {
    var (first, moves) = (claim, 0)
    while let earlier = try first.replaces.flatMap(transaction.claim) {
      (first, moves) = (earlier, moves + 1)
    }
    let role = claim.slot.role
    return VisitFacts(
      claim: claim, role: try transaction.roles([role])[role], first: first.id, moves: moves)
  }

  // MARK: After: what came of it

  private func deliver(_ letter: Letter, _ lease: [UInt8]) throws -> MessagesDone {
    let job = letter.job
    // What may no longer be sent has been cancelled, or is another's when its lease is over.
    let mayGo = try store.read {
      try $0.maySend(job, lease: lease, forSeconds: limits.sendSeconds)
    }
    guard mayGo else { return MessagesDone() }
    let answer = mail.send(letter.message)
    return try store.write { try record(answer, letter, lease, $0) }
  }

  private func record(
    _ answer: ChannelAnswer, _ letter: Letter, _ lease: [UInt8], _ transaction: WriteTransaction
  ) throws -> MessagesDone {
    var done = MessagesDone()
    let job = letter.job
    func attempt(_ outcome: MessageAttempt.Outcome, _ detail: String) -> MessageAttempt {
      MessageAttempt(at: transaction.now, channel: mail.name, outcome: outcome, detail: detail)
    }
    switch answer {
    case .delivered(let id):
      let body = try vault.seal(body: letter.message.body, of: job)
      if try transaction.deliver(job, lease: lease, by: attempt(.delivered, id), sealedBody: body) {
        done.delivered += 1
      }
      try audit(job, transaction)
    case .refused(let why):
      try end(job, lease, as: .givenUp, why, after: attempt(.refused, why), transaction)
      done.givenUp += 1
    case .failed(let why, let wait):
      let next = transaction.now.adding(seconds: pause(after: letter.earlierTries + 1, wait))
      if letter.earlierTries + 1 < limits.triesPerChannel, next < job.expiresAt {
        try transaction.postpone(job, lease: lease, until: next, after: attempt(.failed, why))
        done.postponed += 1
      } else {
        try end(job, lease, as: .givenUp, why, after: attempt(.failed, why), transaction)
        done.givenUp += 1
      }
    }
    return done
  }

  /// Doubled with each try, and spread by half to either side so that what failed together is not
  /// tried together; never sooner than the other side has asked.
  private func pause(after tries: Int, _ asked: Int64?) -> Int64 {
    let doubled = limits.firstRetrySeconds << min(tries - 1, 20)
    let base = min(doubled, limits.longestRetrySeconds)
    let draw = random.bytes(2).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    return max(base / 2 + base * draw / 65_536, asked ?? 1, 1)
  }

  private func giveBack(_ letters: ArraySlice<Letter>, _ lease: [UInt8]) throws {
    try store.write { transaction in
      for letter in letters {
        try transaction.postpone(
          letter.job, lease: lease, until: transaction.now, after: nil)
      }
    }
  }

  private func end(
    _ job: MessageJob, _ lease: [UInt8], as state: MessageState, _ outcome: String,
    after attempt: MessageAttempt? = nil, _ transaction: WriteTransaction
  ) throws {
    try transaction.end(job, lease: lease, as: state, outcome: outcome, after: attempt)
    try audit(job, transaction)
  }

  private func audit(_ job: MessageJob, _ transaction: WriteTransaction) throws {
    try transaction.audit(
      .sendMessage, of: job.patient, subject: job.key, by: .system, vault: vault)
  }
}
