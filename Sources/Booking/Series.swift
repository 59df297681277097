import CivilTime
public import Privacy
import Scheduling
import Store

extension Bookings {
  /// Books the same weekday and wall time at the site for so many weeks: all of them, or none and a
  /// `series-refused` that says for each week why not.
  ///
  /// - Parameters:
  ///   - place: the first week's slot, or a hold on it.
  ///   - weeks: within `BookingLimits.seriesWeeks`.
  ///   - idempotencyKey: one for the whole series.
  public func bookSeries(
    _ place: Place, weeks: Int, reason: String? = nil, idempotencyKey: String? = nil,
    as token: SessionToken?
  ) throws -> Outcome<[Appointment]> {
    try request { transaction in
      guard limits.seriesWeeks.contains(weeks) else {
        throw Refused(.seriesLength(weeks, allowed: limits.seriesWeeks))
      }
      let session = try self.session(token, .bookVisit, transaction)
      if let earlier = try self.earlier(idempotencyKey, of: session, transaction) {
        let series = try transaction.series(earlier.id)
        guard isSame(place, earlier), series.count == weeks else {
          throw reused(idempotencyKey, by: earlier)
        }
        return try series.map { try show($0, to: .patient(session.patient), transaction) }
      }
      let (first, held) = try resolve(place, of: session, transaction)
      let schedule = try self.schedule(of: first, transaction)
      let wanted = Self.weekly(first, weeks: weeks, in: schedule.zone)
      let id = try held?.id ?? freeID(transaction)
      return try transaction.allOrNothing {
        var placed: [Claim] = []
        var refusals: [(CivilDate, Refusal?)] = []
        for (number, week) in wanted.enumerated() {
          var visit = VisitRequest(reason: reason, series: id)
          if number == 0 { visit.idempotencyKey = idempotencyKey }
          do {
            guard let slot = week.slot else { throw Refused(week.skipped) }
            placed.append(
              try book(
                slot, held: number == 0 ? held : nil, for: session, visit,
                id: number == 0 ? id : nil, transaction))
            refusals.append((week.wall.date, nil))
          } catch let refused as Refused {
            refusals.append((week.wall.date, refused.refusal))
          }
        }
        guard placed.count == weeks else { throw Refused(.seriesRefused(refusals)) }
        return try placed.map(appointment)
      }
    }
  }

  private struct Week {
    let wall: CivilDateTime
    let zone: Zone
    /// Nil where the clocks skip the time.
    let slot: SlotID?

    var skipped: Refusal { .skippedTime(wall, zone: zone) }
  }

  /// A time that its day has twice is taken the first time, unless the first visit is at the
  /// second.
  private static func weekly(_ first: SlotID, weeks: Int, in zone: Zone) -> [Week] {
    let local = zone.local(at: first.start)
    let isSecond =
      if case .repeated(_, _, let second) = zone.resolve(local.date, local.time) {
        second == first.start
      } else {
        false
      }
    return (0..<weeks).compactMap { number in
      let date = local.date.adding(days: 7 * number)
      guard let wall = CivilDateTime(date: date, time: local.time) else { return nil }
      let start: Instant? =
        switch zone.resolve(date, local.time) {
        case .unique(let instant): instant
        case .repeated(let earlier, _, let later): isSecond ? later : earlier
        case .skipped: nil
        }
      let slot = start.flatMap {
        SlotID(
          role: first.role, start: $0, minutes: first.minutes, visitType: first.visitType,
          kind: first.kind)
      }
      return Week(wall: wall, zone: zone, slot: slot)
    }
  }
}
