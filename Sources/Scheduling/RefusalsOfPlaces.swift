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
    var spans: [String] = []
    for hours in hours where !hours.isSuspended {
      let span = "\(clock(hours.startMinute))–\(clock(hours.endMinute))"
      if !spans.contains(span) { spans.append(span) }
    }
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

  static func holiday(_ visit: ProposedVisit, _ holiday: Holiday, zone: Zone) -> Refusal {
    Refusal(
      .holiday,
      "\(zone.rfc3339(visit.start)) falls on \(holiday.date), \(holiday.name), when this site is "
        + "closed; \(seeSlots(visit.role))")
  }

  static func wrongVisitType(_ visit: ProposedVisit, offered: [Window], zone: Zone) -> Refusal {
    var types: [String] = []
    for window in offered where !types.contains(type(window.visitType, window.kind)) {
      types.append(type(window.visitType, window.kind))
    }
    let asked = type(visit.visitType, visit.kind)
    return Refusal(
      .wrongVisitType,
      "visits at \(zone.rfc3339(visit.start)) are \(types.joined(separator: " or ")), "
        + "not \(asked); "
        + seeSlots(visit.role, visitType: asked))
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
        + "starts every \(offered.stepMinutes) minutes; \(seeSlots(visit.role))")
  }

  /// The practitioner has a live claim then, at this site or at another.
  public static func slotTaken(_ visit: ProposedVisit, zone: Zone) -> Refusal {
    Refusal(
      .slotTaken,
      "\(zone.rfc3339(visit.start)) to \(zone.rfc3339(visit.end)) is no longer free; "
        + seeSlots(visit.role))
  }

  /// Free by itself, but not with the time that is needed around it or around a visit beside it.
  static func buffer(_ visit: ProposedVisit, beside claim: Busy, zone: Zone) -> Refusal {
    let stretch = claim.stretch()
    return Refusal(
      .buffer,
      "\(zone.rfc3339(visit.start)) to \(zone.rfc3339(visit.end)) leaves too little time beside "
        + "the visit next to it, which with its buffers takes \(zone.rfc3339(stretch.start)) to "
        + "\(zone.rfc3339(stretch.end)); \(seeSlots(visit.role))")
  }

  static func travelTime(
    _ visit: ProposedVisit, from claim: Busy, seconds: Int64, zone: Zone
  ) -> Refusal {
    Refusal(
      .travelTime,
      "\(zone.rfc3339(visit.start)) is too close to a visit at another site: the way takes "
        + "\(seconds / 60) minutes, and the practitioner is there from "
        + "\(zone.rfc3339(claim.stretch().start)) to \(zone.rfc3339(claim.stretch().end)); "
        + seeSlots(visit.role))
  }

  static func dayFull(_ visit: ProposedVisit, date: CivilDate, limit: Int) -> Refusal {
    Refusal(
      .dayFull,
      "\(date) has \(visits(limit)) there already, the most for one day; "
        + seeSlots(visit.role, from: date.adding(days: 1)))
  }

  static func weekFull(_ visit: ProposedVisit, monday: CivilDate, limit: Int) -> Refusal {
    Refusal(
      .weekFull,
      "the week from \(monday) has \(visits(limit)) there already, the most for one week; "
        + seeSlots(visit.role, from: monday.adding(days: 7)))
  }

  static func noRoom(_ visit: ProposedVisit, kind: ShortName, rooms: Int, zone: Zone) -> Refusal {
    let state =
      switch rooms {
      case 0: "this site has none"
      case 1: "the only one is taken"
      default: "all \(rooms) are taken"
      }
    return Refusal(
      .noRoom,
      "\(zone.rfc3339(visit.start)) to \(zone.rfc3339(visit.end)) needs a room of kind \(kind), "
        + "and \(state); \(seeSlots(visit.role))")
  }

  /// The room that a booked visit takes is in use no more.
  public static func roomGone(_ visit: ProposedVisit, room: Room, zone: Zone) -> Refusal {
    Refusal(
      .noRoom,
      "\(zone.rfc3339(visit.start)) is to be in \(room.kind) \(room.number), which is no longer "
        + "in use; give the visit another time, or add the room again")
  }

  /// The patient has another visit booked then.
  public static func patientBusy(_ visit: ProposedVisit, zone: Zone) -> Refusal {
    Refusal(
      .patientBusy,
      "you have another visit between \(zone.rfc3339(visit.start)) and \(zone.rfc3339(visit.end)); "
        + "see `nearcare appointments`, and cancel that one or choose another time")
  }

  private static func seeSlots(
    _ role: RoleID, from: CivilDate? = nil, until: CivilDate? = nil, visitType: String? = nil
  ) -> String {
    let type = visitType.map { " --visit \($0)" } ?? ""
    let first = from.map { " --from \($0)" } ?? ""
    let limit = until.map { " --to \($0)" } ?? ""
    return "open times: nearcare slots \(role)\(first)\(limit)\(type)"
  }

  private static func type(_ type: VisitType, _ kind: ShortName?) -> String {
    kind?.description ?? type.rawValue
  }

  private static func visits(_ count: Int) -> String { count == 1 ? "1 visit" : "\(count) visits" }

  /// `13:30` for 810, and for 810 + 1440, which is 13:30 on the next day.
  private static func clock(_ minute: Int) -> String {
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let shown = minute > 1440 ? minute - 1440 : minute
    return "\(padded(shown / 60)):\(padded(shown % 60))"
  }
}
