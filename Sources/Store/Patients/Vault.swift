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

  /// The reason a patient gives for a visit, bound to the claim it is given for.
  public func seal(reason: String, of claim: ClaimID) throws(SealingError) -> [UInt8] {
    try sealer.seal(
      reason, table: "claim", row: String(claim.rawValue), column: "reason_sealed")
  }
}
