public import CivilTime
import GRDB
public import Privacy
public import ProviderDirectory

extension ReadTransaction {
  /// Whether an account was ever made; from then on the home's owner is not taken for the staff.
  public func hasStaff() throws -> Bool {
    let statement = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM staff)")
    return try Bool.fetchOne(statement) ?? false
  }

  /// Every account, closed ones too, by login.
  public func staff() throws -> [StaffAccount] { try accounts("ORDER BY login", []) }

  public func staff(_ id: StaffID) throws -> StaffAccount? {
    try accounts("WHERE staff_id = ?", [id.rawValue]).first
  }

  public func staff(login: String) throws -> StaffAccount? {
    try accounts("WHERE login = ?", [login]).first
  }

  public func credential(of account: StaffAccount, vault: Vault) throws -> Credential {
    let statement = try db.cachedStatement(
      sql: "SELECT passphrase_sealed, code_sealed, code_step FROM staff WHERE staff_id = ?")
    return try credential(statement, account.id.rawValue, of: account.cell, vault)!
  }

  /// Nil for a patient who has set no passphrase.
  public func credential(of patient: PatientID, vault: Vault) throws -> Credential? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT passphrase_sealed, code_sealed, code_step FROM patient_secret WHERE patient_id = ?
        """)
    return try credential(statement, patient.rawValue, of: SecretCell(patient), vault)
  }

  private func credential(
    _ statement: Statement, _ number: Int64, of cell: SecretCell, _ vault: Vault
  ) throws -> Credential? {
    try fetchFirst(statement, [number], from: cell.table) { columns in
      try SealedCredential(&columns, of: cell).opened(by: vault.sealer, path: path)
    }
  }

  /// The patient who registered with this address, by number alone: nothing of theirs is opened.
  public func patientID(withEmail email: EmailAddress, vault: Vault) throws -> PatientID? {
    let statement = try db.cachedStatement(
      sql: "SELECT patient_id FROM patient WHERE email_hash = ?")
    for index in vault.blindIndexes {
      let found = try Int64.fetchOne(statement, arguments: [index.hash(of: email).blob])
      if let id = found.flatMap({ PatientID(rawValue: $0) }) { return id }
    }
    return nil
  }

  /// The patients with this telephone number, by number alone.
  public func patientIDs(withPhone phone: PhoneNumber, vault: Vault) throws -> [PatientID] {
    let statement = try db.cachedStatement(
      sql: "SELECT patient_id FROM patient WHERE phone_hash = ?")
    return try vault.blindIndexes.flatMap { index in
      try Int64.fetchAll(statement, arguments: [index.hash(of: phone).blob])
    }.sorted().compactMap { PatientID(rawValue: $0) }
  }

  /// The session that `token` names, though it may be over; nil when it is none of the staff's.
  public func staffSession(_ token: SessionToken) throws -> StaffSession? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT token_hash, staff_id, created_at, expires_at, used_at, ended_at FROM staff_session
        WHERE token_hash = ?
        """)
    return try fetchFirst(statement, [token.hash], from: "staff_session") { columns in
      try StaffSession(
        tokenHash: columns.bytes(),
        staff: columns.next(Int64.self) { StaffID(rawValue: $0) },
        createdAt: columns.instant(), expiresAt: columns.instant(), usedAt: columns.instant(),
        endedAt: columns.instantIfPresent())
    }
  }

  /// When the session's time of emergency ends; nil when it is in none.
  public func emergencyEnd(of session: StaffSession) throws -> Instant? {
    let statement = try db.cachedStatement(
      sql: "SELECT max(ends_at) FROM emergency WHERE token_hash = ? AND ends_at > ?")
    return try Int64.fetchOne(
      statement, arguments: [session.tokenHash.blob, now.secondsSinceEpoch]
    ).map { Instant(secondsSinceEpoch: $0) }
  }

  /// Every time of emergency, the newest first.
  public func emergencies(vault: Vault) throws -> [Emergency] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT e.emergency_id, s.login, e.opened_at, e.ends_at, e.reason_sealed
        FROM emergency AS e JOIN staff AS s ON s.staff_id = e.staff_id
        ORDER BY e.emergency_id DESC
        """)
    return try fetchAll(statement, from: "emergency") { columns in
      let number = try columns.next(Int64.self)
      return try Emergency(
        login: columns.next(String.self), openedAt: columns.instant(), endsAt: columns.instant(),
        reason: vault.sealer.open(
          columns.bytes(), table: "emergency", row: String(number), column: "reason_sealed"))
    }
  }

  /// Nil when signing in under this name has not failed since it last worked.
  public func signInAttempts(under name: String, vault: Vault) throws -> SignInAttempts? {
    let statement = try db.cachedStatement(
      sql: "SELECT attempts, locked_until FROM sign_in_attempt WHERE name_hash = ?")
    // Every time all of them, so that the time taken tells nothing.
    return try vault.blindIndexes.compactMap { index in
      try fetchFirst(
        statement, [index.hash(ofLogin: name)], from: "sign_in_attempt"
      ) { columns in
        try SignInAttempts(count: columns.next(Int.self), lockedUntil: columns.instant())
      }
    }.max { $0.lockedUntil < $1.lockedUntil }
  }

  /// Whether the patient has, or had, a visit with the practitioner or at one of the sites.
  public func hasVisited(
    _ patient: PatientID, npi: NPI?, sites: [SiteKey]
  ) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT EXISTS (SELECT 1 FROM claim WHERE patient_id = ?1
          AND state NOT IN ('held', 'released', 'expired')
          AND (npi = ?2 OR role_id & 1073741823 IN (SELECT value FROM json_each(?3))))
        """)
    return try Bool.fetchOne(
      statement,
      arguments: [patient.rawValue, npi?.number, Self.list(sites.map { Int64($0.rawValue) })])
      ?? false
  }

  private func accounts(
    _ condition: String, _ arguments: Arguments
  ) throws -> [StaffAccount] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT staff_id, login, role, npi, sites, created_at, ended_at FROM staff \(condition)
        """)
    return try fetchAll(statement, arguments, from: "staff") { columns in
      return try StaffAccount(&columns)
    }
  }
}

extension StaffAccount {
  /// From staff_id, login, role, npi, sites, created_at and ended_at.
  init(_ columns: inout Columns) throws {
    id = try columns.next(Int64.self) { StaffID(rawValue: $0) }
    login = try columns.next(String.self)
    let role = try columns.next(String.self, Role.init(rawValue:))
    let npi = try columns.nextIfPresent(Int64.self) { NPI($0) }
    let sites = try columns.next(String.self).split(separator: " ").compactMap {
      UInt32($0).flatMap { SiteKey(rawValue: $0) }
    }
    post = try StaffPost(role: role, npi: npi, sites: sites)
    createdAt = try columns.instant()
    endedAt = try columns.instantIfPresent()
  }
}

extension StaffAccount {
  var cell: SecretCell { SecretCell(login, post) }
}

extension StaffPost {
  /// As the table has it.
  var siteText: String { sites.map { String($0.rawValue) }.joined(separator: " ") }
}
