import ArgumentParser
import Booking
import Console
import Messaging
import Privacy
import Store

struct Messages: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What was told of visits: when, by which channel, and how it ended.",
    subcommands: [List.self, Show.self, Resend.self, Notify.self], defaultSubcommand: List.self)

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List messages, the newest last.",
      discussion: """
        Examples:
          nearcare messages
          nearcare messages --as-front-desk --state given-up      who was not reached, and why
          nearcare messages --as-front-desk --dry-run             what is due now, in full, unsent
        """)

    @Option(help: "Only those that are waiting, delivered, given-up or cancelled.")
    var state: String?
    @Option(help: "The newest so many, 1 to 10000.") var limit = 100
    @Flag(help: "Print what would be sent now, and send nothing.") var dryRun = false
    @OptionGroup var desk: DeskOptions
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      try require(limit, in: 1...Self.largestLimit, option: "--limit")
      if dryRun, !desk.asFrontDesk {
        throw ValidationError("--dry-run shows everybody's messages; add --as-front-desk")
      }
    }

    func run() throws {
      let program = try Program(options)
      if dryRun { return try rehearse(program) }
      let newest = try done(
        try program.bookings().messages(
          in: try states(), limit: limit, by: try desk.asker(program)))
      let jobs = newest.messages
      if options.json {
        return try writeJSON(
          Reply(messages: jobs.map { MessageReply($0) }, older: newest.older))
      }
      guard !jobs.isEmpty else { return writeNote("No messages.") }
      for job in jobs { writeLine(program.line(job)) }
      guard newest.older > 0 else { return }
      let wider = min(jobs.count + newest.older, Self.largestLimit)
      writeNote(
        "\(newest.older) older \(newest.older == 1 ? "one is" : "ones are") not listed"
          + (wider > limit ? "; --limit \(wider) lists more." : "."))
    }

    static let largestLimit = 10_000

    struct Reply: Encodable {
      let messages: [MessageReply]
      /// How many there are that are older than these.
      let older: Int
    }

    private func states() throws -> Swift.Set<MessageState> {
      switch state {
      case nil: return Swift.Set(MessageState.allCases)
      case "waiting": return [.waiting, .leased]
      case let name?:
        guard let state = MessageState(rawValue: name), state != .leased else {
          throw Failure(
            .usage,
            """
            "\(Terminal.safe(name))" is no state of a message; there are waiting, delivered, \
            given-up and cancelled
            """)
        }
        return [state]
      }
    }

    private func rehearse(_ program: Program) throws {
      try program.permit(.rehearseMessages)
      let due = try program.messageWorker().rehearse(limit: limit)
      if options.json {
        return try writeJSON(["messages": due.map { MessageReply($0, body: $1.body) }])
      }
      for (job, message) in due {
        writeLine("\(program.line(job))  by \(message.medium.rawValue)")
        writeLine(indented(message.body))
      }
      writeNote("\(Words.plural(due.count, "message is", "messages are")) due; none was sent")
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what was sent about one appointment, word for word.",
      discussion: """
        Examples:
          nearcare messages show a-1nr7pm40k2vf8
        """)

    @Argument(help: "An appointment id.") var appointmentID: String
    @OptionGroup var desk: DeskOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let told = try done(
        try program.bookings().messages(
          of: try parseAppointment(appointmentID), by: try desk.asker(program)))
      if options.json {
        return try writeJSON([
          "messages": told.map { MessageReply($0.job, body: $0.body, attempts: $0.attempts) }
        ])
      }
      for message in told {
        writeLine(program.line(message.job))
        for attempt in message.attempts {
          let when = Words.moment(attempt.at, in: program.localZone)
          writeLine(
            """
              \(when)  \(attempt.channel)  \(attempt.outcome.rawValue): \
            \(Terminal.safe(attempt.detail))
            """)
        }
        if let body = message.body { writeLine(indented(body)) }
      }
    }
  }

  struct Resend: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Have the patient told once more that a visit is booked, moved or cancelled.",
      discussion: """
        Examples:
          nearcare messages resend a-1nr7pm40k2vf8
        """)

    @Argument(help: "An appointment id.") var appointmentID: String
    @OptionGroup var desk: DeskOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let job = try done(
        try program.bookings().resend(
          try parseAppointment(appointmentID), by: try desk.asker(program)))
      if options.json { return try writeJSON(MessageReply(job)) }
      writeLine(program.line(job))
      writeNote("It goes out with the next round of nearcare work.")
    }
  }
}

/// One message, in `messages`.
struct MessageReply: Encodable {
  struct Attempt: Encodable {
    let at, channel, outcome, detail: String
  }

  let appointmentID, kind, recipient, state, dueAt: String
  let round: Int
  let channel, providerID, outcome, endedAt: Nullable<String>
  /// Only where it is asked for.
  let body: String?
  let attempts: [Attempt]?

  enum CodingKeys: String, CodingKey {
    case kind, recipient, state, round, channel, outcome, body, attempts
    case appointmentID = "appointment_id"
    case dueAt = "due_at"
    case providerID = "provider_id"
    case endedAt = "ended_at"
  }

  init(_ job: MessageJob, body: String? = nil, attempts: [MessageAttempt]? = nil) {
    appointmentID = job.claim.appointmentText
    kind = job.kind.rawValue
    recipient = job.recipient.rawValue
    state = job.state.rawValue
    round = job.round
    dueAt = job.dueAt.rfc3339()
    channel = Nullable(job.channel)
    providerID = Nullable(job.providerID)
    outcome = Nullable(job.outcome)
    endedAt = Nullable(job.endedAt?.rfc3339())
    self.body = body
    self.attempts = attempts?.map {
      Attempt(
        at: $0.at.rfc3339(), channel: $0.channel, outcome: $0.outcome.rawValue,
        detail: $0.detail)
    }
  }
}

extension Program {
  /// `a-1nr7pm40k2vf8  reminder-24h  delivered  Tue Dec 1 9:30 AM EST  smtp`.
  fileprivate func line(_ job: MessageJob) -> String {
    var parts = [
      job.claim.appointmentText, job.kind.rawValue, job.state.rawValue,
      Words.moment(job.endedAt ?? job.nextAt, in: localZone),
    ]
    if job.recipient == .practitioner { parts.insert("to the practitioner", at: 2) }
    if let channel = job.channel { parts.append(channel) }
    if let outcome = job.outcome { parts.append(Terminal.safe(outcome)) }
    return parts.joined(separator: "  ")
  }

  func messageWorker() throws -> MessageWorker {
    let store = try openStore()
    let settings = try messagingSettings()
    return MessageWorker(
      store: store, vault: try Vault.open(for: store),
      channels: settings.channels(maildir: home.path + "/mail", clock: clock),
      composer: MessageComposer(
        texts: try MessageTexts(), from: settings.from, video: settings.video))
  }

  /// Nil where no rooms have to be made.
  func videoRoomKeeper() throws -> VideoRoomKeeper? {
    guard let rooms = try messagingSettings().video else { return nil }
    return VideoRoomKeeper(store: try openStore(), rooms: rooms)
  }

  /// From systemd where it passes them, else from the home; read anew each round, so that a changed
  /// password needs no restart.
  func messagingSettings() throws -> MessagingSettings {
    let path = home.path + "/messaging"
    let credential = "nearcare-messaging"
    do {
      if let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty,
        let text = try SettingsFile.credential(credential, directory: directory)
      {
        return try MessagingSettings(text: text, source: "the credential \(credential)")
      }
      return try MessagingSettings(text: try SettingsFile.text(path: path), source: path)
    } catch let error as MessagingSettingsError {
      throw Failure(.configuration, error.description)
    }
  }
}

/// What was sent, line by line, set off from what is said about it.
private func indented(_ body: String) -> String {
  body.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
    .map { $0.isEmpty ? "" : "    \(Terminal.safe(String($0)))" }.joined(separator: "\n")
}
