import Scheduling
import Store

/// What one round of `Bookings.work` did.
public struct WorkDone: Hashable, Sendable {
  public var expiredHolds = 0
  public var offers = 0
  /// Waitlist entries for which no slot is left to begin.
  public var closedEntries = 0
  /// Roles whose new hours were offered.
  public var newHours = 0

  public init() {}

  static func += (sum: inout WorkDone, part: WorkDone) {
    sum.expiredHolds += part.expiredHolds
    sum.offers += part.offers
    sum.closedEntries += part.closedEntries
    sum.newHours += part.newHours
  }
}

extension Bookings {
  /// Does what time asks for: ends holds that have run out, offers what they leave and what new
  /// hours add, and closes waitlist entries that are over. Short transactions, so bookings go on
  /// meanwhile, and a round that is killed is taken up by the next.
  ///
  /// Correctness does not hang on it: every request ends the expired holds in its way itself.
  public func work() throws -> WorkDone {
    var done = WorkDone()
    while true {
      let due = try store.read { transaction in
        try Set(
          transaction.practitionersWithExpiredHolds(limit: 50)
            + transaction.rolesWithNewHours(limit: 50).map(\.npi))
      }
      guard !due.isEmpty else { break }
      for npi in due.sorted() { done += try store.write { try settle(npi, $0) } }
    }
    while true {
      let closed = try store.write { try $0.closeDueEntries(limit: 200) }
      done.closedEntries += closed
      guard closed > 0 else { return done }
    }
  }
}
