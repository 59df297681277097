import GRDB
import Glibc
public import Privacy

/// What seals, finds and vouches for patient data, all from one home's keys.
public struct Vault: Sendable {
  public let ring: Keyring
  let sealer: Sealer
  /// From the newest to the oldest: values are found under any, and hashed under the first.
  let blindIndexes: [BlindIndex]
  let auditChain: AuditChain

  /// - Parameter key: the one key of a home.
  public init(key: SealingKey, random: RandomSource = .system) {
    self.init(ring: Keyring(key: key), random: random)
  }

  init(ring: Keyring, random: RandomSource = .system) {
    self.ring = ring
    sealer = Sealer(
      key: ring.current.key, former: ring.keys.dropLast().map(\.key), random: random)
    blindIndexes = ring.roots.reversed().map { BlindIndex(key: $0.key) }
    auditChain = AuditChain(keys: ring.roots.map { ($0.auditSequence, $0.key) })
  }

  /// Under which values are hashed now.
  var blindIndex: BlindIndex { blindIndexes[0] }

  /// The vault of a store's home. New keys are made only while nothing was written under others:
  /// they could not open it.
  ///
  /// Throws `PrivateFileError`, `SealingError.wrongKey`, `StoreError`.
  public static func open(for store: Store, random: RandomSource = .system) throws -> Vault {
    try requireOwnHome(store.home)
    let file = store.home.keyFile
    let (hasRing, sealedUnder, isNew) = try store.read { transaction in
      (
        try !transaction.masterKeys().isEmpty, try transaction.sealingKeyID(),
        try transaction.auditHead() == .empty
      )
    }
    if hasRing || sealedUnder != nil {
      let master = try file.load()
      let ring = try store.read { try $0.keyring(master: master) }
      return try vault(ring, master, sealedUnder, random)
    }
    let master = try file.loadOrCreate(random: random)
    // Before there were rings, the key of the file vouched for the trail itself.
    guard isNew else { return Vault(key: master, random: random) }
    let ring = try store.write { transaction in
      if let ring = try transaction.keyring(master: master) { return ring }
      let ring = Keyring(key: .random(random))
      try transaction.wrap(ring, under: master)
      return ring
    }
    return Vault(ring: ring, random: random)
  }

  /// The vault of a backup, by the home's master key; a new one for a backup under no key at all.
  public static func open(
    forBackup path: String, in home: HomeDirectory, random: RandomSource = .system
  ) throws -> Vault {
    let (hasRing, sealedUnder) = try Store.keys(ofBackup: path)
    let master =
      try hasRing || sealedUnder != nil
      ? home.keyFile.load() : home.keyFile.loadOrCreate(random: random)
    return try vault(
      try Store.keyring(ofBackup: path, master: master), master, sealedUnder, random)
  }

  private static func vault(
    _ ring: Keyring?, _ master: SealingKey, _ sealedUnder: KeyID?, _ random: RandomSource
  ) throws -> Vault {
    if let ring { return Vault(ring: ring, random: random) }
    if let sealedUnder, sealedUnder != master.id {
      throw SealingError.wrongKey(sealedUnder: sealedUnder, have: master.id)
    }
    return Vault(key: master, random: random)
  }

  /// Who else may write the home could put their own key and database into it.
  private static func requireOwnHome(_ home: HomeDirectory) throws(PrivateFileError) {
    var status = stat()
    guard stat(home.path, &status) == 0, status.st_mode & 0o002 != 0 else { return }
    throw .looseFolder(path: home.path, mode: status.st_mode & 0o7777)
  }

  /// The reason a patient gives for a visit, bound to the claim it is given for.
  public func seal(reason: String, of claim: ClaimID) throws(SealingError) -> [UInt8] {
    try sealer.seal(
      reason, table: "claim", row: String(claim.rawValue), column: "reason_sealed")
  }

  public func open(reason: [UInt8], of claim: ClaimID) throws(SealingError) -> String {
    try sealer.open(
      reason, table: "claim", row: String(claim.rawValue), column: "reason_sealed")
  }
}

extension Vault {
  /// Why a visit was ended, bound to its claim.
  public func seal(endReason: String, of claim: ClaimID) throws(SealingError) -> [UInt8] {
    try sealer.seal(
      endReason, table: "claim", row: String(claim.rawValue), column: "end_reason_sealed")
  }

  public func open(endReason: [UInt8], of claim: ClaimID) throws(SealingError) -> String {
    try sealer.open(
      endReason, table: "claim", row: String(claim.rawValue), column: "end_reason_sealed")
  }
}

extension ReadTransaction {
  /// The key under which the newest patient is sealed; nil when there is none. It stands in the
  /// open at the head of every sealed value.
  public func sealingKeyID() throws -> KeyID? {
    let head = try String.fetchOne(
      db,
      sql: """
        SELECT lower(hex(substr(name_sealed, 2, 8))) FROM patient ORDER BY patient_id DESC LIMIT 1
        """)
    return head.flatMap { KeyID($0) }
  }
}
