public import Privacy
public import Scheduling
public import Store

/// The patient's side of a visit: register, hold, book, cancel.
///
/// Each request is one transaction, in which the schedule, the live claims and the session are
/// read, the one rule of `Scheduling` is asked, and the answer is written together with its audit
/// row. The database's guards stand behind the rule.
public struct Bookings: Sendable {
  let store: Store
  let vault: Vault
  let random: RandomSource
  let rules: BookingRules
  let limits: BookingLimits

  /// - Parameter random: where session tokens and the ids of claims and patients come from.
  public init(
    store: Store, vault: Vault, random: RandomSource = .system, rules: BookingRules = .standard,
    limits: BookingLimits = .standard
  ) {
    self.store = store
    self.vault = vault
    self.random = random
    self.rules = rules
    self.limits = limits
  }

  /// Carries a refusal out of a request's steps; never leaves this module.
  struct Refused: Error {
    let refusal: Refusal
    init(_ refusal: Refusal) { self.refusal = refusal }
  }

  /// Runs one request in one transaction. A refusal does not roll back: what was written before it,
  /// such as the end of an expired hold, is true.
  func request<Value>(_ body: (WriteTransaction) throws -> Value) throws -> Outcome<Value> {
    try store.write { transaction in
      do {
        return .done(try body(transaction))
      } catch let refused as Refused {
        return .refused(refused.refusal)
      }
    }
  }
}
