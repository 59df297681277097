import CivilTime
import Foundation
import GRDB
import Privacy
import StoreTestSupport
import Testing

@testable import Store

@Suite struct PatientTests {
  let clinic: TestClinic
  let store: Store
  let vault: Vault
  let ann: Patient

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
    vault = try Vault.open(for: store)
    ann = try Patient(
      id: PatientID(at: TestClinic.start, random: TestClinic.random(seed: 1)),
      details: PatientDetails(
        name: "  Ann\tMeridew ", birthDate: CivilDate(iso: "1980-02-29")!,
        email: EmailAddress("Ann@Example.org"), phone: PhoneNumber("(212) 555-0147")),
      createdAt: TestClinic.start)
    try store.write { [ann, vault] in try $0.insert(ann, by: .patient(ann.id), vault: vault) }
  }

  @Test func comesBackAsItWasGiven() throws {
    let (byID, byEmail, unknown) = try store.write { transaction in
      (
        try transaction.patient(ann.id, by: .system, vault: vault),
        try transaction.patient(
          withEmail: EmailAddress("ann@example.org"), by: .system, vault: vault),
        try transaction.patient(
          withEmail: EmailAddress("bob@example.org"), by: .system, vault: vault)
      )
    }
    #expect(byID == ann)
    #expect(byEmail == ann)
    #expect(unknown == nil)
    #expect(ann.details.name == "Ann Meridew")
  }

  /// Nothing a patient told stands in the database or its log in the open.
  @Test func nothingStandsInTheOpen() throws {
    try store.checkpoint()
    try store.write { _ = try $0.patient(ann.id, by: .system, vault: vault) }
    for path in [clinic.home.databasePath, clinic.home.databasePath + "-wal"] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      for secret in ["Meridew", "1980-02-29", "ann@example.org", "5550147"] {
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret) in \(path)")
      }
    }
    #expect(try clinic.count("SELECT count(*) FROM patient") == 1)
  }

  /// Two patients' names, two columns of one patient, and a value that took all of another's row.
  @Test(arguments: [
    """
    CREATE TEMP TABLE t AS SELECT patient_id, name_sealed FROM patient;
    UPDATE patient SET name_sealed =
      (SELECT name_sealed FROM t WHERE t.patient_id <> patient.patient_id)
    """,
    "UPDATE patient SET name_sealed = email_sealed, email_sealed = name_sealed",
    "UPDATE patient SET birth_date_sealed = (SELECT phone_sealed FROM patient AS o LIMIT 1)",
  ])
  func swappedCellsAreFound(change: String) throws {
    let bob = Patient(
      id: PatientID(rawValue: 7)!,
      details: try PatientDetails(
        name: "Bob Meridew", birthDate: ann.details.birthDate,
        email: EmailAddress("bob@example.org"), phone: ann.details.phone),
      createdAt: TestClinic.start)
    try store.write { try $0.insert(bob, by: .system, vault: vault) }
    try clinic.stray(change)
    for id in [ann.id, bob.id] {
      #expect(throws: SealingError.self) {
        try store.write { try $0.patient(id, by: .system, vault: vault) }
      }
    }
  }

  @Test func everyReadLeavesAnAuditRow() throws {
    func rows() throws -> Int {
      try clinic.count("SELECT count(*) FROM audit WHERE patient_id = \(ann.id.rawValue)")
    }
    let before = try rows()
    for _ in 0..<3 {
      _ = try store.write { try $0.patient(ann.id, by: .patient(ann.id), vault: vault) }
    }
    #expect(before == 1)
    #expect(try rows() == 4)
    #expect(
      try clinic.text("SELECT group_concat(action) FROM audit")
        == "create-patient,read-patient,read-patient,read-patient")
    try store.read { _ = try $0.verifyAudit(vault: vault) }
  }

  @Test func keyOfAnotherHomeIsRefused() throws {
    unlink(clinic.home.keyPath)
    #expect(throws: PrivateFileError.missing(path: clinic.home.keyPath)) {
      try Vault.open(for: store)
    }
    _ = try KeyFile(path: clinic.home.keyPath).loadOrCreate()
    #expect(throws: SealingError.self) { try Vault.open(for: store) }
  }

  @Test func namesAreChecked() {
    let cases: [(String, PatientDetailsError)] = [
      (" \n ", .emptyName), (String(repeating: "x", count: 201), .longName(characters: 201)),
      ("Ann\u{7}", .controlCharacter),
    ]
    for (name, error) in cases {
      #expect(throws: error) {
        try PatientDetails(
          name: name, birthDate: ann.details.birthDate, email: ann.details.email,
          phone: ann.details.phone)
      }
    }
  }

  @Test func sessionsAreFoundByTheirTokenAlone() throws {
    let token = SessionToken.random(TestClinic.random(seed: 2))
    let session = Session(
      tokenHash: token.hash, patient: ann.id, createdAt: clinic.clock.now,
      expiresAt: clinic.clock.now.adding(seconds: 60))
    try store.write { try $0.insert(session, vault: vault) }
    #expect(try store.read { try $0.session(token) } == session)
    #expect(
      try store.read { try $0.session(SessionToken.random(TestClinic.random(seed: 3))) } == nil)
    clinic.clock.advance(seconds: 30)
    try store.write { try $0.end(session, vault: vault) }
    #expect(try store.read { try $0.session(token) }?.endedAt == clinic.clock.now)
  }
}
