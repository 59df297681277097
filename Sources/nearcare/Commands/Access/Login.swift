import ArgumentParser
import Booking
import CivilTime
import Console
import Privacy
import Store

struct Login: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign this terminal in: the staff by login, a patient by e-mail address.",
    discussion: """
      Examples:
        nearcare login mona
        nearcare login ana@example.com --passphrase-file secret

      Passphrase and code are asked for at the terminal, or are the first two lines of
      --passphrase-file. After five failures in a row the name is refused for a minute, then longer.
      A session ends 15 minutes after its last use, and 12 hours after it began.
      """)

  @Argument(help: "A login, or an e-mail address.") var name: String
  @OptionGroup var secrets: SecretOptions
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    let name: String
    let sessionExpiresAt: String
  }

  func run() throws {
    let program = try Program(options)
    var input = try secrets.input()
    let passphrase = Passphrase(typed: try input.next("Passphrase"))
    let code = try input.next("Code (empty for none)")
    let signIn = try done(
      try program.bookings(createIfMissing: false).signIn(
        SignInAttempt(name: name, passphrase: passphrase, code: code)))
    try program.sessionFile.write(signIn.token)
    if options.json {
      try writeJSON(
        Reply(
          name: "\(signIn.actor)", sessionExpiresAt: signIn.expiresAt.rfc3339(offsetSeconds: 0)))
    } else {
      writeNote("Signed in as \(signIn.actor).")
    }
  }
}

struct Logout: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign this terminal out.",
    discussion: """
      Examples:
        nearcare logout
      """)
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    let wasSignedIn: Bool
  }

  func run() throws {
    let program = try Program(options)
    let token = try program.sessionToken()
    var isLive = false
    if let token, case .done = try program.bookings(createIfMissing: false).signOut(token) {
      isLive = true
    }
    // A session that was over has nothing to end, and its token is of no more use.
    try program.sessionFile.remove()
    if options.json { return try writeJSON(Reply(wasSignedIn: isLive)) }
    writeNote(isLive ? "Signed out." : "Nobody was signed in.")
  }
}

struct WhoAmI: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami",
    abstract: "Say who is signed in at this terminal.",
    discussion: """
      Examples:
        nearcare whoami
      """)
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    let role, name: String
    let patientID: Nullable<String>
    let sites: [String]
    let sessionEndsAt, idleEndsAt, emergencyEndsAt: Nullable<String>

    enum CodingKeys: String, CodingKey {
      case role, name, sites
      case patientID = "patient_id"
      case sessionEndsAt = "session_ends_at"
      case idleEndsAt = "idle_ends_at"
      case emergencyEndsAt = "emergency_ends_at"
    }
  }

  func run() throws {
    let program = try Program(options)
    let zone = program.localZone
    guard let token = try program.sessionToken() else { return try sayNobody(program) }
    let who = try done(try program.bookings(createIfMissing: false).whoIs(token))
    if options.json {
      return try writeJSON(
        Reply(
          role: who.role.rawValue, name: who.name, patientID: Nullable(who.patient?.description),
          sites: who.post?.sites.map(\.description) ?? [],
          sessionEndsAt: Nullable(who.endsAt.map(zone.rfc3339)),
          idleEndsAt: Nullable(who.idleEndsAt.map(zone.rfc3339)),
          emergencyEndsAt: Nullable(who.emergencyEndsAt.map(zone.rfc3339))))
    }
    writeLine(who.name)
    if let npi = who.post?.npi { writeLine("  for the practitioner \(npi)") }
    if let sites = who.post?.sites, !sites.isEmpty {
      writeLine("  at \(sites.map(\.description).joined(separator: ", "))")
    }
    if let end = who.endsAt, let idle = who.idleEndsAt {
      writeLine(
        """
          until \(Words.moment(end, in: zone)), or \(Words.moment(idle, in: zone)) if nothing is \
        asked for
        """)
    }
    if let end = who.emergencyEndsAt {
      writeLine("  sees others' patients until \(Words.moment(end, in: zone))")
    }
  }

  /// Where no account was ever made, whoever owns the home acts for the staff.
  private func sayNobody(_ program: Program) throws {
    guard try !program.isClosed() else {
      throw Failure(
        .notPermitted, "nobody is signed in at this terminal; sign in with `nearcare login`")
    }
    let name = DeskOptions.nameHere
    if options.json {
      return try writeJSON(
        Reply(
          role: Role.owner.rawValue, name: name, patientID: Nullable(nil), sites: [],
          sessionEndsAt: Nullable(nil), idleEndsAt: Nullable(nil), emergencyEndsAt: Nullable(nil)))
    }
    writeLine("owner \(Terminal.safe(name))")
    writeNote(
      """
      Nobody is signed in. This home has no staff accounts, so whoever owns its files acts for the \
      staff; `nearcare staff add` changes that.
      """)
  }
}

struct SetPassphrase: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passphrase",
    abstract: "Set the passphrase by which you sign in; your other sessions end.",
    discussion: """
      Examples:
        nearcare passphrase
        nearcare passphrase --one-time-codes            and codes from an authenticator app
        nearcare passphrase --passphrase-file secrets

      A file has the new passphrase on its first line, and the one until now on its second.
      """)

  @Flag(help: "Begin with a new secret of one-time codes, which is shown once.")
  var oneTimeCodes = false
  @OptionGroup var secrets: SecretOptions
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    let oneTimeSecret, oneTimeURI: Nullable<String>

    enum CodingKeys: String, CodingKey {
      case oneTimeSecret = "one_time_secret"
      case oneTimeURI = "one_time_uri"
    }
  }

  func run() throws {
    let program = try Program(options)
    let bookings = try program.bookings(createIfMissing: false)
    let token = try program.requireSession()
    let who = try done(try bookings.whoIs(token))
    let hasOne = try who.patient.map(bookings.hasPassphrase) ?? true
    var input = try secrets.input()
    let text = try input.newPassphrase()
    let present = hasOne ? Passphrase(typed: try input.next("Passphrase until now")) : nil
    let set = try done(
      try bookings.setPassphrase(text, present: present, newCodes: oneTimeCodes, as: token))
    try program.sessionFile.write(set.token)
    let login = who.name.split(separator: " ").last.map(String.init)
    let name = who.patient?.description ?? login ?? ""
    if options.json {
      return try writeJSON(
        Reply(
          oneTimeSecret: Nullable(set.codes?.text),
          oneTimeURI: Nullable(set.codes?.uri(of: name))))
    }
    if let codes = set.codes { CodesText.show(codes, of: name) }
    writeNote("The passphrase is set; you are still signed in here, and nowhere else.")
  }
}

/// How the secret of one-time codes is shown, once.
enum CodesText {
  static func show(_ codes: OneTimeSecret, of name: String) {
    writeLine("Secret for the authenticator app: \(codes.text)")
    writeLine("As a link: \(codes.uri(of: name))")
    writeNote("It is not shown again; it gives a new code every 30 seconds.")
  }
}
