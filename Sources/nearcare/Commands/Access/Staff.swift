import ArgumentParser
import Booking
import Console
import Privacy
import ProviderDirectory
import Store

struct Staff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make, list, change and close accounts of the staff.",
    discussion: """
      Examples:
        nearcare staff add iris --role administrator
        nearcare staff add mona --role front-desk --site 4fz0q8 --site ydb59s
        nearcare staff add dr.lee --role practitioner --npi 1234567893
        nearcare staff change mona --role front-desk --site 4fz0q8
        nearcare staff close mona

      Until the first account is made, whoever owns the home's files acts for the staff. The first
      must be an administrator; it closes the home: from then on, each command that is for the staff
      needs somebody signed in who may.
      """,
    subcommands: [Add.self, List.self, Change.self, Reset.self, Close.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make an account; shows the secret of its one-time codes, once.",
      discussion: """
        Examples:
          nearcare staff add iris --role administrator
          nearcare staff add mona --role front-desk --site 4fz0q8 --passphrase-file secret
        """)

    @Argument(help: "What they sign in by.") var login: String
    @OptionGroup var post: PostOptions
    @OptionGroup var secrets: SecretOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let post = try post.post()
      var input = try secrets.input()
      let codes = try done(
        try program.bookings().addStaff(
          login: login, post, passphrase: try input.newPassphrase("Passphrase of \(login)"),
          by: .frontDesk(try program.desk())))
      try report(codes, login, options)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the accounts, closed ones too.",
      discussion: """
        Examples:
          nearcare staff list
        """)
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let all = try done(try program.bookings().staff(by: .frontDesk(try program.desk())))
      if options.json { return try writeJSON(["staff": all.map(AccountReply.init)]) }
      for account in all { writeLine(AccountReply(account).line) }
      if all.isEmpty { writeNote("None; the owner of this home's files acts for the staff.") }
    }
  }

  struct Change: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give an account another role, practitioner or sites; its sessions end.",
      discussion: """
        Examples:
          nearcare staff change mona --role front-desk --site 4fz0q8
        """)
    @Argument(help: "A login.") var login: String
    @OptionGroup var post: PostOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let account = try done(
        try program.bookings().changeStaff(
          login: login, to: try post.post(), by: .frontDesk(try program.desk())))
      if options.json { return try writeJSON(AccountReply(account)) }
      writeLine(AccountReply(account).line)
    }
  }

  struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give an account another passphrase and one-time codes; its sessions end.",
      discussion: """
        Examples:
          nearcare staff reset mona
        """)
    @Argument(help: "A login.") var login: String
    @OptionGroup var secrets: SecretOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      var input = try secrets.input()
      let codes = try done(
        try program.bookings().resetStaff(
          login: login, passphrase: try input.newPassphrase("Passphrase of \(login)"),
          by: .frontDesk(try program.desk())))
      try report(codes, login, options)
    }
  }

  struct Close: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Close an account for good; its sessions end.",
      discussion: """
        Examples:
          nearcare staff close mona
        """)
    @Argument(help: "A login.") var login: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let account = try done(
        try program.bookings().closeStaff(login: login, by: .frontDesk(try program.desk())))
      if options.json { return try writeJSON(AccountReply(account)) }
      writeLine(AccountReply(account).line)
    }
  }
}

/// What somebody of the staff is, and for whom.
struct PostOptions: ParsableArguments {
  @Option(help: "practitioner, front-desk or administrator.") var role: String
  @Option(help: "Of a practitioner: whose visits are theirs.") var npi: String?
  @Option(help: "Of a front desk: a site it works at, or a role id there; may be repeated.")
  var site: [String] = []

  func post() throws -> StaffPost {
    guard let role = Role(rawValue: role), Role.staff.contains(role) else {
      let all = Role.staff.map(\.rawValue).joined(separator: ", ")
      throw Failure(.usage, "--role \"\(Terminal.safe(role))\" is none of \(all)")
    }
    let npi = try npi.map { text in
      guard let npi = Int64(text).flatMap({ NPI($0) }) else {
        throw Failure(.usage, "--npi \"\(Terminal.safe(text))\" is not a valid NPI; look it up")
      }
      return npi
    }
    let sites = try site.map { text in
      guard let key = SiteKey(text) ?? RoleID(text)?.site else {
        throw Failure(
          .usage, "--site \"\(Terminal.safe(text))\" is not a site; give a key such as 4fz0q8")
      }
      return key
    }
    return try StaffPost(role: role, npi: npi, sites: sites)
  }
}

private struct AccountReply: Encodable {
  let login, role: String
  let npi: Nullable<String>
  let sites: [String]
  let isOpen: Bool

  init(_ account: StaffAccount) {
    login = account.login
    role = account.post.role.rawValue
    npi = Nullable(account.post.npi.map { "\($0)" })
    sites = account.post.sites.map(\.description)
    isOpen = account.endedAt == nil
  }

  var line: String {
    let whose = npi.value.map { "  \($0)" } ?? ""
    let at = sites.isEmpty ? "" : "  \(sites.joined(separator: " "))"
    return "\(login)  \(role)\(whose)\(at)\(isOpen ? "" : "  closed")"
  }
}

private struct CodesReply: Encodable {
  let login, oneTimeSecret, oneTimeURI: String

  enum CodingKeys: String, CodingKey {
    case login
    case oneTimeSecret = "one_time_secret"
    case oneTimeURI = "one_time_uri"
  }
}

private func report(_ codes: OneTimeSecret, _ login: String, _ options: GlobalOptions) throws {
  if options.json {
    return try writeJSON(
      CodesReply(login: login, oneTimeSecret: codes.text, oneTimeURI: codes.uri(of: login)))
  }
  CodesText.show(codes, of: login)
}
