public import CivilTime

// The refusals in a visit's later life, and on the waitlist.

extension Refusal {
  public static func holdExtended(_ id: String, until end: Instant, zone: Zone) -> Refusal {
    Refusal(
      .holdExtended,
      "the hold '\(id.prefix(80))' has had its one extension and ends at \(zone.rfc3339(end)); "
        + "book it before then with `nearcare book \(id.prefix(80))`")
  }

  /// An offer's time is the same for all who wait.
  public static func offerNotExtended(_ id: String, until end: Instant, zone: Zone) -> Refusal {
    Refusal(
      .holdExtended,
      "the hold '\(id.prefix(80))' is an offer from the waitlist, which cannot be extended; it "
        + "ends at \(zone.rfc3339(end)): `nearcare book \(id.prefix(80))` takes it")
  }

  public static func alreadyRescheduled(_ id: String, to successor: String) -> Refusal {
    Refusal(
      .alreadyRescheduled,
      "appointment \(id.prefix(80)) was moved and is now \(successor); change that one instead")
  }

  /// - Parameter state: as the appointment's list shows it.
  public static func notBooked(_ id: String, state: String) -> Refusal {
    Refusal(
      .notBooked,
      "appointment \(id.prefix(80)) is \(state), and this can be done only with a booked one; see "
        + "`nearcare appointments`")
  }

  /// Nobody is checked in long before a visit, or after its end.
  public static func checkInClosed(
    _ id: String, from opens: Instant, to closes: Instant, zone: Zone
  ) -> Refusal {
    Refusal(
      .checkInClosed,
      "appointment \(id.prefix(80)) can be checked in from \(zone.rfc3339(opens)) to "
        + "\(zone.rfc3339(closes)); try again then, or move the visit with `nearcare reschedule`")
  }

  public static func notStarted(_ id: String, start: Instant, zone: Zone) -> Refusal {
    Refusal(
      .notStarted,
      "appointment \(id.prefix(80)) starts at \(zone.rfc3339(start)), and nobody has missed it "
        + "before; try again then")
  }

  public static func sameSlot(_ id: String, zone: Zone, start: Instant) -> Refusal {
    Refusal(
      .sameSlot,
      "appointment \(id.prefix(80)) is at \(zone.rfc3339(start)) already; name another slot")
  }

  /// Also for an entry of somebody else, of which the asker learns nothing.
  public static func unknownEntry(_ id: String) -> Refusal {
    Refusal(
      .unknownEntry, "you have no waitlist entry '\(id.prefix(80))'; see `nearcare waitlist list`")
  }

  /// - Parameter state: as the waitlist's list shows it.
  public static func entryOver(_ id: String, state: String) -> Refusal {
    Refusal(
      .entryOver,
      "waitlist entry \(id.prefix(80)) is \(state); join again with `nearcare waitlist join`")
  }

  public static func noOffer(_ id: String) -> Refusal {
    Refusal(
      .noOffer,
      "nothing is offered to waitlist entry \(id.prefix(80)) now; it keeps its place, and "
        + "`nearcare waitlist list` shows when something is")
  }

  public static func offerExpired(_ id: String, at end: Instant, zone: Zone) -> Refusal {
    Refusal(
      .offerExpired,
      "the offer to waitlist entry \(id.prefix(80)) ended at \(zone.rfc3339(end)) and went to the "
        + "next in line; the entry keeps its place for other slots")
  }

  public static func seriesLength(_ weeks: Int, allowed: ClosedRange<Int>) -> Refusal {
    Refusal(
      .seriesLength,
      "a series of \(weeks) weeks; \(allowed.lowerBound) to \(allowed.upperBound) are allowed")
  }

  public static func datesOver(last: CivilDate, today: CivilDate) -> Refusal {
    Refusal(
      .datesOver, "the last day asked for, \(last), is before today, \(today); give a later one")
  }

  public static func tooManyEntries(open: Int, limit: Int) -> Refusal {
    Refusal(
      .tooManyEntries,
      "you wait in \(open) places, and \(limit) are allowed; leave one with "
        + "`nearcare waitlist leave ENTRY_ID`")
  }

  /// A visit of a series whose wall time its day leaves out.
  public static func skippedTime(_ wall: CivilDateTime, zone: Zone) -> Refusal {
    Refusal(
      .outsideSchedule,
      "\(wall.date) has no \(wall.time) at \(zone.name): the clocks move forward over it")
  }

  /// One for a whole series, of which nothing was booked.
  ///
  /// - Parameter weeks: each week's date and, unless it could have been booked, why not.
  public static func seriesRefused(_ weeks: [(date: CivilDate, refusal: Refusal?)]) -> Refusal {
    let lines = weeks.enumerated().map { number, week in
      "week \(number + 1), \(week.date): \(week.refusal?.description ?? "free")"
    }
    return Refusal(
      .seriesRefused,
      "nothing was booked, because not all \(weeks.count) weeks are free: "
        + lines.joined(separator: "; "), parts: weeks.compactMap(\.refusal))
  }
}
