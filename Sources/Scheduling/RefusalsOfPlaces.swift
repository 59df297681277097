public import CivilTime
public import ProviderDirectory

// The refusals that come of the schedule's rules and of live claims. Times are the site's.

extension Refusal {
  static func slotInPast(_ visit: ProposedVisit, now: Instant, zone: Zone) -> Refusal {
    Refusal(
      .slotInPast,
      "\(zone.rfc3339(visit.start)) is not after now, \(zone.rfc3339(now)); \(seeSlots(visit.role))"
    )
  }

  static func notice(_ visit: ProposedVisit, earliest: Instant, schedule: Schedule) -> Refusal {
    let minutes = (schedule.rules.minimumNoticeSeconds + 59) / 60
    return Refusal(
      .notice,
      "\(schedule.zone.rfc3339(visit.start)) is too soon: this practice asks for \(minutes) "
        + "minutes' notice, so the earliest start is \(schedule.zone.rfc3339(earliest)); "
        + seeSlots(visit.role))
  }

  static func beyondHorizon(
    _ visit: ProposedVisit, lastDate: CivilDate, schedule: Schedule
  ) -> Refusal {
    Refusal(
      .beyondHorizon,
      "\(schedule.zone.rfc3339(visit.start)) is too far ahead: this practice books "
        + "\(schedule.rules.horizonDays) days ahead, up to \(lastDate); "
        + seeSlots(visit.role, until: lastDate))
  }

  /// A role without any hours on file.
  public static func noSchedule(_ role: RoleID) -> Refusal {
    Refusal(
      .noSchedule,
      "\(role) has no hours on file, so it cannot be booked online; call the practice, or find "
        + "another with `nearcare search`")
  }

  static func outsideSchedule(
    _ visit: ProposedVisit, date: CivilDate, hours: [Window], zone: Zone
  ) -> Refusal {
    let spans = hours.map { "\(clock($0.startMinute))–\(clock($0.endMinute))" }
    let offered =
      spans.isEmpty ? "there are none on \(date)" : "which are \(spans.joined(separator: ", "))"
    return Refusal(
      .outsideSchedule,
      "\(zone.rfc3339(visit.start)) to \(zone.rfc3339(visit.end)) is not within the hours of that "
        + "day, \(offered); \(seeSlots(visit.role))")
  }

  static func timeOff(_ visit: ProposedVisit, away: Busy, zone: Zone) -> Refusal {
    Refusal(
      .timeOff,
      "\(zone.rfc3339(visit.start)) falls into time off from \(zone.rfc3339(away.start)) to "
        + "\(zone.rfc3339(away.end)); \(seeSlots(visit.role))")
  }

  static func wrongVisitType(_ visit: ProposedVisit, offered: Window, zone: Zone) -> Refusal {
    Refusal(
      .wrongVisitType,
      "visits at \(zone.rfc3339(visit.start)) are \(offered.visitType.rawValue), not "
        + "\(visit.visitType.rawValue); \(seeSlots(visit.role, visitType: visit.visitType))")
  }

  static func wrongDuration(_ visit: ProposedVisit, offered: Window, zone: Zone) -> Refusal {
    let seconds = visit.end.secondsSinceEpoch - visit.start.secondsSinceEpoch
    return Refusal(
      .wrongDuration,
      "visits at \(zone.rfc3339(visit.start)) last \(offered.slotMinutes) minutes, not "
        + "\(seconds / 60); \(seeSlots(visit.role))")
  }

  static func offGrid(_ visit: ProposedVisit, offered: Window, zone: Zone) -> Refusal {
    Refusal(
      .offGrid,
      "no visit starts at \(zone.rfc3339(visit.start)): from \(clock(offered.startMinute)) on, one "
        + "starts every \(offered.slotMinutes) minutes; \(seeSlots(visit.role))")
  }

  /// The practitioner has a live claim then, at this site or at another.
  public static func slotTaken(_ visit: ProposedVisit, zone: Zone) -> Refusal {
    Refusal(
      .slotTaken,
      "\(zone.rfc3339(visit.start)) to \(zone.rfc3339(visit.end)) is no longer free; "
        + seeSlots(visit.role))
  }

  /// The patient has another visit booked then.
  public static func patientBusy(_ visit: ProposedVisit, zone: Zone) -> Refusal {
    Refusal(
      .patientBusy,
      "you have another visit between \(zone.rfc3339(visit.start)) and \(zone.rfc3339(visit.end)); "
        + "see `nearcare appointments`, and cancel that one or choose another time")
  }

  private static func seeSlots(
    _ role: RoleID, until: CivilDate? = nil, visitType: VisitType? = nil
  ) -> String {
    let type = visitType.map { " --visit \($0.rawValue)" } ?? ""
    let limit = until.map { " --to \($0)" } ?? ""
    return "open times: nearcare slots \(role)\(limit)\(type)"
  }

  /// `13:30` for 810, and for 810 + 1440, which is 13:30 on the next day.
  private static func clock(_ minute: Int) -> String {
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let shown = minute > 1440 ? minute - 1440 : minute
    return "\(padded(shown / 60)):\(padded(shown % 60))"
  }
}
