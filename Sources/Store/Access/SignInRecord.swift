import CivilTime
import GRDB
public import Privacy

/// Where a sealed secret stands, and what it is bound to.
struct SecretCell {
  let table: String
  let row: String

  init(table: String, row: String) {
    self.table = table
    self.row = row
  }

  init(_ patient: PatientID) {
    table = "patient_secret"
    row = String(patient.rawValue)
  }

  init(_ login: String, _ post: StaffPost) {
    table = "staff"
    // With what the account may do, so that whoever edits that without the key has no account.
    row = ([login, post.role.rawValue, post.npi.map { "\($0)" } ?? "-"] + [post.siteText])
      .joined(separator: " ")
  }
}

/// What somebody signs in by, as a row has it.
struct SealedCredential {
  let cell: SecretCell
  let passphrase: [UInt8]
  let codes: [UInt8]?
  let codeStep: Int64

  init(cell: SecretCell, passphrase: [UInt8], codes: [UInt8]?, codeStep: Int64) {
    self.cell = cell
    self.passphrase = passphrase
    self.codes = codes
    self.codeStep = codeStep
  }

  /// From passphrase_sealed, code_sealed and code_step.
  init(_ columns: inout Columns, of cell: SecretCell) throws {
    self.cell = cell
    passphrase = try columns.bytes()
    codes = try columns.bytesIfPresent()
    codeStep = try columns.next(Int64.self)
  }

  func opened(by sealer: Sealer, path: String) throws -> Credential {
    let text = try sealer.open(
      passphrase, table: cell.table, row: cell.row, column: "passphrase_sealed")
    let secret = try codes.map {
      try sealer.open($0, table: cell.table, row: cell.row, column: "code_sealed")
    }
    let codes = secret.flatMap { OneTimeSecret($0) }
    guard let verifier = PassphraseVerifier(text), (codes == nil) == (secret == nil) else {
      throw StoreError.unreadableRow(
        path: path, table: cell.table, row: cell.row, detail: "its passphrase or code secret")
    }
    return Credential(verifier: verifier, codes: codes, codeStep: codeStep)
  }
}

/// Somebody whom nobody can be. Checking what they sign in by is the same work as checking
/// anybody's: it is sealed, and so has to be opened.
public struct Nobody: Sendable {
  /// Of a key of its own, under which nothing is kept.
  private let sealer: Sealer
  private let sealed: SealedCredential
  /// To be compared with where somebody has none.
  public let codes = OneTimeSecret.random(.system)

  public init(cost: PassphraseVerifier.Cost) throws {
    sealer = Sealer(key: .random(.system))
    let cell = SecretCell(table: "nobody", row: "0")
    sealed = SealedCredential(
      cell: cell,
      passphrase: try sealer.seal(
        PassphraseVerifier.nobody(cost: cost).description, table: cell.table, row: cell.row,
        column: "passphrase_sealed"),
      codes: try sealer.seal(
        codes.text, table: cell.table, row: cell.row, column: "code_sealed"),
      codeStep: 0)
  }

  func opened(path: String) throws -> Credential { try sealed.opened(by: sealer, path: path) }

  /// As if a secret of one-time codes were opened.
  func openCodes() throws {
    _ = try sealer.open(
      sealed.codes ?? [], table: sealed.cell.table, row: sealed.cell.row, column: "code_sealed")
  }
}

/// Who has a name, and what they sign in by; nobody's when nobody has it.
public struct SignInRecord: Sendable {
  public enum Subject: Sendable {
    case staff(StaffAccount)
    case patient(PatientID)
  }

  public let subject: Subject?
  public let credential: Credential
}

/// One statement, one row and two sealed values, whether anybody has the name or not: somebody
/// else's row is read in the place of one that is not there, and `nobody`'s values are opened. Only
/// a home without any such row does less, for every name.
extension ReadTransaction {
  /// An open account of the staff.
  public func signInRecord(
    login: String, else nobody: Nobody, vault: Vault
  ) throws -> SignInRecord {
    let statement = try db.cachedStatement(
      sql: """
        WITH named (id) AS (
          SELECT (SELECT staff_id FROM staff WHERE login = ? AND ended_at IS NULL))
        SELECT id IS NOT NULL, staff_id, login, role, npi, sites, created_at, ended_at,
          passphrase_sealed, code_sealed, code_step
        FROM named, staff WHERE staff_id = coalesce(id, (SELECT min(staff_id) FROM staff))
        """)
    let found = try fetchFirst(statement, [login], from: "staff") { columns in
      let isNamed = try columns.next(Bool.self)
      let account = try StaffAccount(&columns)
      return (isNamed, account, try SealedCredential(&columns, of: account.cell))
    }
    guard let (isNamed, account, sealed) = found else {
      return SignInRecord(subject: nil, credential: try nobody.opened(path: path))
    }
    return SignInRecord(
      subject: isNamed ? .staff(account) : nil,
      credential: try isNamed
        ? sealed.opened(by: vault.sealer, path: path) : nobody.opened(path: path))
  }

  /// A patient who has set a passphrase.
  public func signInRecord(
    email: EmailAddress, else nobody: Nobody, vault: Vault
  ) throws -> SignInRecord {
    let hashes = vault.blindIndexes.map { $0.hash(of: email) }
    let places = hashes.map { _ in "?" }.joined(separator: ", ")
    let statement = try db.cachedStatement(
      sql: """
        WITH named (id) AS (
          SELECT (SELECT s.patient_id FROM patient AS p
            JOIN patient_secret AS s ON s.patient_id = p.patient_id
            WHERE p.email_hash IN (\(places))))
        SELECT id IS NOT NULL, patient_id, passphrase_sealed, code_sealed, code_step
        FROM named, patient_secret
        WHERE patient_id = coalesce(id, (SELECT min(patient_id) FROM patient_secret))
        """)
    let found = try fetchFirst(
      statement, Arguments(hashes), from: "patient_secret"
    ) { columns in
      let isNamed = try columns.next(Bool.self)
      let patient = try columns.next(Int64.self, PatientID.init(rawValue:))
      return (isNamed, patient, try SealedCredential(&columns, of: SecretCell(patient)))
    }
    guard let (isNamed, patient, sealed) = found, isNamed else {
      return SignInRecord(subject: nil, credential: try nobody.opened(path: path))
    }
    let credential = try sealed.opened(by: vault.sealer, path: path)
    // Patients need not have codes.
    if sealed.codes == nil { try nobody.openCodes() }
    return SignInRecord(subject: .patient(patient), credential: credential)
  }
}
