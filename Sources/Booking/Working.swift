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
      let due = try store.read { try $0.practitionersWithExpiredHolds(limit: 50) }
      guard !due.isEmpty else { break }
      for npi in due {
        let round = try store.write { try expireHolds(of: npi, $0) }
        done.expiredHolds += round.expiredHolds
        done.offers += round.offers
      }
    }
    while true {
      let roles = try store.read { try $0.rolesWithNewHours(limit: 50) }
      guard !roles.isEmpty else { break }
      for role in roles {
        done.offers += try store.write { transaction in
          try transaction.forgetNewHours(of: role)
          try expireHolds(of: role.npi, transaction)
          return try offer(hoursOf: role.npi, transaction)
        }
        done.newHours += 1
      }
    }
    while true {
      let closed = try store.write { try $0.closeDueEntries(limit: 200) }
      done.closedEntries += closed
      guard closed > 0 else { return done }
    }
  }
}
