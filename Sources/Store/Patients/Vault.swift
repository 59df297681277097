import GRDB
public import Privacy

/// What seals, finds and vouches for patient data, all from one home's key.
public struct Vault: Sendable {
  let sealer: Sealer
  let blindIndex: BlindIndex
  let auditChain: AuditChain

  public init(key: SealingKey, random: RandomSource = .system) {
    sealer = Sealer(key: key, random: random)
    blindIndex = BlindIndex(key: key)
    auditChain = AuditChain(key: key)
  }

  /// The vault of a store's home. A new key is made only while the store has no patient: it could
  /// not open what another has sealed.
  ///
  /// Throws `PrivateFileError`, `SealingError.wrongKey`, `StoreError`.
  public static func open(for store: Store, random: RandomSource = .system) throws -> Vault {
    let file = KeyFile(path: store.home.keyPath)
    guard let sealedUnder = try store.read({ try $0.sealingKeyID() }) else {
      return Vault(key: try file.loadOrCreate(random: random), random: random)
    }
    let key = try file.load()
    guard key.id == sealedUnder else {
      throw SealingError.wrongKey(sealedUnder: sealedUnder, have: key.id)
    }
    return Vault(key: key, random: random)
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
