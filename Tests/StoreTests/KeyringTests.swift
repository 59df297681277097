import CivilTime
import Foundation
import GRDB
import Privacy
import StoreTestSupport
import TestSupport
import Testing

@testable import Store

@Suite struct KeyringTests {
  let clinic: TestClinic
  let store: Store
  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
  }

  private static let names = (1...30).map { "Canary \($0) Example" }

  private func register(_ vault: Vault, _ names: some Sequence<String> = names) throws {
    try store.write { transaction in
      for (number, name) in names.enumerated() {
        let details = try PatientDetails(
          name: name, birthDate: CivilDate(iso: "1980-02-29")!,
          email: EmailAddress("canary\(name.hashValue.magnitude)@example.org"),
          phone: PhoneNumber("212-555-0\(100 + number % 900)"))
        let patient = Patient(
          id: PatientID(at: clinic.clock.now, random: .system), details: details,
          createdAt: clinic.clock.now)
        try transaction.insert(patient, by: .system, vault: vault)
      }
    }
  }

  private func names(_ vault: Vault) throws -> [String] {
    try store.write { transaction in
      let ids = try Int64.fetchAll(transaction.db, sql: "SELECT patient_id FROM patient")
      return try ids.compactMap {
        try transaction.patient(PatientID(rawValue: $0)!, by: .system, vault: vault)?.details.name
      }
    }
  }

  /// The key of the file seals nothing itself.
  @Test func aNewHomeHasADataKeyWrappedByItsMasterKey() throws {
    let vault = try Vault.open(for: store)
    let master = try store.home.keyFile.load()
    #expect(vault.ring.keys.count == 1)
    #expect(vault.ring.keys[0].key.id != master.id)
    #expect(try Vault.open(for: store).ring.keys[0].key.id == vault.ring.keys[0].key.id)
    #expect(try store.read { try $0.masterKeys() } == [master.id])
    try register(vault)
    #expect(try store.read { try $0.sealingKeyID() } == vault.ring.keys[0].key.id)
  }

  /// As homes were before: what the key file holds has sealed everything.
  @Test func aHomeOfBeforeGoesOnAndCanRotate() throws {
    let key = try store.home.keyFile.loadOrCreate()
    let vault = Vault(key: key)
    try register(vault)
    #expect(try Vault.open(for: store).ring.keys[0].key.id == key.id)
    let new = SealingKey.random(.system)
    try store.rotateMasterKey(from: key, to: new, by: .system, vault: vault) {
      try store.home.keyFile.replace(with: new)
      return true
    }
    let rotated = try Vault.open(for: store)
    #expect(rotated.ring.keys[0].key.id == key.id)
    #expect(try names(rotated).sorted() == Self.names.sorted())
    let fresh = try store.addDataKey(master: new, by: .system, vault: rotated)
    #expect(try store.sealedElsewhere(vault: fresh) == 120)
    #expect(try store.reseal(vault: fresh, batch: 7) { _ in [] } == 120)
    #expect(try store.sealedElsewhere(vault: fresh) == 0)
    #expect(try names(Vault.open(for: store)).sorted() == Self.names.sorted())
    // The trail begins under the first key and goes on under the other.
    let reopened = try Vault.open(for: store)
    try store.read { _ = try $0.verifyAudit(vault: reopened) }
  }

  /// Whenever a rotation stops, the home opens.
  @Test(arguments: [0, 1, 2])
  func aRotationThatStopsLeavesTheHomeOpen(step: Int) throws {
    struct Stop: Error {}
    let vault = try Vault.open(for: store)
    try register(vault)
    let (old, new) = (try store.home.keyFile.load(), SealingKey.random(.system))
    #expect(throws: Stop.self) {
      try store.rotateMasterKey(from: old, to: new, by: .system, vault: vault) {
        if step == 0 { throw Stop() }
        try store.home.keyFile.replace(with: new)
        // After it, before the old wrapping is forgotten.
        throw Stop()
      }
    }
    #expect(try names(Vault.open(for: store)).count == 30)
    let master = try store.home.keyFile.load()
    #expect(master.id == (step == 0 ? old.id : new.id))
    #expect(try store.read { try $0.masterKeys() } == [old.id, new.id])
    let pruned = try store.pruneMasterKeys(
      to: master, by: .system, vault: Vault.open(for: store))
    #expect(pruned == 1)
    #expect(try names(Vault.open(for: store)).count == 30)
    if step == 2 {
      try store.home.keyFile.replace(with: old)
      #expect(throws: SealingError.wrongKey(sealedUnder: new.id, have: old.id)) {
        try Vault.open(for: store)
      }
    }
  }

  /// Neither the names nor what they were sealed as before stand in any file afterwards, and while
  /// it is done others go on: values under either key open. So many, with ids in no order, that
  /// rows have moved from page to page.
  @Test func sealingAnewLeavesNothingOfBefore() throws {
    let everybody = (1...400).map { "Canary \($0) Example" }
    let vault = try Vault.open(for: store)
    try register(vault, everybody)
    let before = try sealedNames()
    let fresh = try store.addDataKey(
      master: store.home.keyFile.load(), by: .system, vault: vault)
    try register(fresh, ["New Example"])
    #expect(try names(fresh).count == 401)
    #expect(throws: StoreError.keysChanged(path: store.home.databasePath)) { try names(vault) }
    #expect(try store.reseal(vault: fresh, batch: 40) { _ in [] } == 1600)
    #expect(try store.reseal(vault: fresh) { _ in [] } == 0)
    #expect(try names(fresh).count == 401)
    let files = ["", "-wal", "-shm"].map { store.home.databasePath + $0 }
    for file in files where FileManager.default.fileExists(atPath: file) {
      let data = try Data(contentsOf: URL(fileURLWithPath: file))
      let left = before.count { data.range(of: $0) != nil }
      #expect(left == 0, "\(file)")
      for name in everybody { #expect(data.range(of: Data(name.utf8)) == nil) }
    }
  }

  private func sealedNames() throws -> [Data] {
    try store.read { try Data.fetchAll($0.db, sql: "SELECT name_sealed FROM patient") }
  }

  /// A new column that is sealed is sealed anew with the others, or this fails.
  @Test func everySealedColumnIsListed() throws {
    let columns = try store.read { transaction in
      try String.fetchAll(
        transaction.db,
        sql: """
          SELECT t.name || '.' || c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
          WHERE t.type = 'table' AND c.name LIKE '%~_sealed' ESCAPE '~'
          """)
    }
    let listed = SealedTable.all.flatMap { table in table.columns.map { "\(table.name).\($0)" } }
    #expect(columns.sorted() == listed.sorted())
  }

  @Test func aKeyThatHasSealedAsMuchAsItMaySealsNoMore() throws {
    let vault = try Vault.open(for: store)
    let key = vault.ring.current.key.id
    try clinic.stray("UPDATE data_key SET resealed = 1 << 32")
    #expect(throws: SealingError.worn(key: key, values: 1 << 32)) {
      try register(vault, ["Ann Example"])
    }
    #expect(try clinic.count("SELECT count(*) FROM patient") == 0)
    try clinic.stray("UPDATE data_key SET resealed = resealed - 1")
    try register(vault, ["Ann Example"])
    // Another key is made all the same, and seals.
    #expect(throws: SealingError.self) { try register(vault, ["Bea Example"]) }
    let fresh = try store.addDataKey(
      master: store.home.keyFile.load(), by: .system, vault: vault)
    try register(fresh, ["Bea Example"])
    #expect(try names(fresh).sorted() == ["Ann Example", "Bea Example"])
  }

  @Test func aWrappedKeyThatWasChangedDoesNotOpen() throws {
    _ = try Vault.open(for: store)
    try clinic.stray("UPDATE data_key SET key_id = '0123456789abcdef'")
    #expect(throws: SealingError.self) { try Vault.open(for: store) }
    try clinic.stray("UPDATE data_key SET master_id = '0123456789abcdef'")
    #expect(throws: SealingError.self) { try Vault.open(for: store) }
  }

  @Test func aHomeThatAnybodyMayWriteIsRefused() throws {
    _ = try Vault.open(for: store)
    chmod(store.home.path, 0o777)
    #expect(throws: PrivateFileError.looseFolder(path: store.home.path, mode: 0o777)) {
      try Vault.open(for: store)
    }
    chmod(store.home.path, 0o755)
    _ = try Vault.open(for: store)
  }

  @Test func systemdMayHandOverTheKey() throws {
    let folder = try ScratchDirectory()
    let credential = folder.path + "/nearcare-key"
    _ = try KeyFile(path: credential).loadOrCreate()
    chmod(credential, 0o440)
    let home = HomeDirectory(path: clinic.home.path, credentialPath: credential)
    let other = try Store.open(home, clock: clinic.clock.clock)
    let vault = try Vault.open(for: other)
    try register(vault)
    #expect(!FileManager.default.fileExists(atPath: home.keyPath))
    #expect(try names(Vault.open(for: other)).count == 30)
    chmod(credential, 0o644)
    #expect(throws: PrivateFileError.self) { try Vault.open(for: other) }
  }
}
