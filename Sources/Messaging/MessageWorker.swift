import CivilTime
public import Privacy
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
  /// After so many failures the next channel that is wanted has its turn first.
  public var triesBeforeNext = 3
  /// Before the second try; twice as long before each one after.
  public var firstRetrySeconds: Int64
  public var longestRetrySeconds: Int64
  /// No gateway makes a message wait longer, whatever it asks.
  public var longestAskedSeconds: Int64 = 3600

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
/// whether it is still true and still wanted so, sends it outside of any transaction, and records
/// what came of it. When it dies, its messages are another's once the lease is over: none is lost,
/// and the one that was on its way goes out a second time under the same key, which a channel with
/// idempotency sees.
public struct MessageWorker: Sendable {
  let store: Store
  let vault: Vault
  private let random: RandomSource
  let channels: [MessageMedium: any MessageChannel]
  let composer: MessageComposer
  let limits: MessageLimits

  /// - Parameters:
  ///   - random: where leases and the jitter of retries come from.
  ///   - channels: those that are set up.
  public init(
    store: Store, vault: Vault, random: RandomSource = .system,
    channels: [MessageMedium: any MessageChannel], composer: MessageComposer,
    limits: MessageLimits = .standard
  ) {
    self.store = store
    self.vault = vault
    self.random = random
    self.channels = channels
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
        guard case .send(let letter) = try compose(job, transaction) else { return nil }
        return (job, letter.message)
      }
    }
  }

  // MARK: Before

  /// Nil when there is nothing to send now: the message has ended, or waits.
  private func letter(
    _ job: MessageJob, _ lease: [UInt8], _ transaction: WriteTransaction,
    _ done: inout MessagesDone
  ) throws -> Letter? {
    switch try compose(job, transaction) {
    case .send(let letter): return letter
    case .wait(let instant):
      try transaction.postpone(job, lease: lease, until: instant, after: nil)
      done.postponed += 1
    case .end(let state, let outcome):
      try end(job, lease, as: state, outcome, transaction)
      if state == .cancelled { done.cancelled += 1 } else { done.givenUp += 1 }
    }
    return nil
  }

  // MARK: After: what came of it

  private func deliver(_ letter: Letter, _ lease: [UInt8]) throws -> MessagesDone {
    let job = letter.job
    // What may no longer be sent has been cancelled, or is another's when its lease is over.
    let (mayGo, isTrue) = try store.read {
      (
        try $0.maySend(job, lease: lease, forSeconds: limits.sendSeconds),
        try $0.preferenceVersion(of: job.patient) == letter.preferenceVersion
          && (letter.others.isEmpty || $0.areBooked(letter.others))
      )
    }
    guard mayGo else { return MessagesDone() }
    guard isTrue, let channel = channels[letter.message.medium] else {
      try giveBack([letter], lease)
      return MessagesDone()
    }
    let answer = channel.send(letter.message)
    return try store.write { transaction in
      let tried = MessageTry(letter: letter, lease: lease, channel: channel.name)
      switch answer {
      case .delivered(let id): return try delivered(tried, id, transaction)
      case .refused(let why): return try refused(tried, why, transaction)
      case .failed(let why, let asked): return try failed(tried, why, asked, transaction)
      }
    }
  }

  private struct MessageTry {
    let letter: Letter
    let lease: [UInt8]
    let channel: String

    func attempt(
      _ outcome: MessageAttempt.Outcome, _ detail: String, at now: Instant
    ) -> MessageAttempt {
      MessageAttempt(at: now, channel: channel, outcome: outcome, detail: detail)
    }
  }

  private func delivered(
    _ tried: MessageTry, _ id: String, _ transaction: WriteTransaction
  ) throws -> MessagesDone {
    var done = MessagesDone()
    let job = tried.letter.job
    let isOurs = try transaction.deliver(
      job, lease: tried.lease, by: tried.attempt(.delivered, id, at: transaction.now),
      sealedBody: try vault.seal(body: tried.letter.message.body, of: job))
    if isOurs { done.delivered += 1 }
    try audit(job, transaction)
    return done
  }

  /// Some other channel that is wanted may yet take it.
  private func refused(
    _ tried: MessageTry, _ why: String, _ transaction: WriteTransaction
  ) throws -> MessagesDone {
    let (letter, now) = (tried.letter, transaction.now)
    let attempt = tried.attempt(.refused, why, at: now)
    switch letter.routing.step(after: letter.attempts + [attempt], at: now) {
    case .send: return try postpone(tried, until: now, after: attempt, transaction)
    case .wait(let end): return try postpone(tried, until: end, after: attempt, transaction)
    case .giveUp: return try giveUp(tried, why, after: attempt, transaction)
    }
  }

  private func failed(
    _ tried: MessageTry, _ why: String, _ asked: Int64?, _ transaction: WriteTransaction
  ) throws -> MessagesDone {
    let (letter, now) = (tried.letter, transaction.now)
    let attempt = tried.attempt(.failed, why, at: now)
    let attempts = letter.attempts + [attempt]
    switch letter.routing.step(after: attempts, at: now) {
    case .giveUp: return try giveUp(tried, why, after: attempt, transaction)
    case .wait(let end): return try postpone(tried, until: end, after: attempt, transaction)
    case .send(let next):
      let failures = letter.routing.failures(of: next, attempts)
      guard failures > 0 else {
        return try postpone(tried, until: now, after: attempt, transaction)
      }
      let isSame = next == letter.message.medium
      let again = now.adding(seconds: pause(after: failures, isSame ? asked : nil))
      if again < letter.job.expiresAt {
        return try postpone(tried, until: again, after: attempt, transaction)
      }
      // There is no time for it to try again, but there may be for another.
      return try refused(tried, why, transaction)
    }
  }

  private func postpone(
    _ tried: MessageTry, until instant: Instant, after attempt: MessageAttempt,
    _ transaction: WriteTransaction
  ) throws -> MessagesDone {
    var done = MessagesDone()
    try transaction.postpone(tried.letter.job, lease: tried.lease, until: instant, after: attempt)
    done.postponed += 1
    return done
  }

  private func giveUp(
    _ tried: MessageTry, _ why: String, after attempt: MessageAttempt,
    _ transaction: WriteTransaction
  ) throws -> MessagesDone {
    var done = MessagesDone()
    try end(tried.letter.job, tried.lease, as: .givenUp, why, after: attempt, transaction)
    done.givenUp += 1
    return done
  }

  /// Doubled with each try, and spread by half to either side so that what failed together is not
  /// tried together; never sooner than the other side has asked, within an hour.
  private func pause(after tries: Int, _ asked: Int64?) -> Int64 {
    let doubled = limits.firstRetrySeconds << min(tries - 1, 20)
    let base = min(doubled, limits.longestRetrySeconds)
    let draw = random.bytes(2).reduce(Int64(0)) { $0 << 8 | Int64($1) }
    let wanted = min(asked ?? 1, limits.longestAskedSeconds)
    return max(base / 2 + base * draw / 65_536, wanted, 1)
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
