public import CivilTime
public import ProviderDirectory

/// Every reason why `visit` may not be placed in `schedule` now, in the order of precedence; empty
/// when it may. This is the one rule: `slots` lists what it accepts, and a hold or a booking asks
/// it again inside its transaction.
///
/// `busy` holds the practitioner's live claims at any site (without the asker's own hold on this
/// very slot), `patientBusy` the patient's booked visits; neither need be sorted.
public func refusals(
  of visit: ProposedVisit, in schedule: Schedule, busy: [Busy], patientBusy: [Busy] = [],
  now: Instant
) -> [Refusal] {
  guard visit.role == schedule.role else { return [.unknownRole(visit.role)] }
  var found = refusalsByTime(visit, schedule, now: now)
  if schedule.isEmpty {
    found.append(.noSchedule(visit.role))
  } else if let refusal = refusalByHours(visit, schedule) {
    found.append(refusal)
  }
  let zone = schedule.zone
  if let away = schedule.timeOff.first(where: { $0.overlaps(visit.start, visit.end) }) {
    found.append(.timeOff(visit, away: away, zone: zone))
  }
  if busy.contains(where: { $0.overlaps(visit.start, visit.end) }) {
    found.append(.slotTaken(visit, zone: zone))
  }
  if patientBusy.contains(where: { $0.overlaps(visit.start, visit.end) }) {
    found.append(.patientBusy(visit, zone: zone))
  }
  return found.sorted()
}

/// The same for a bare start, as a person asks "why not at nine?": of the lengths and visit types
/// that the schedule offers, the answer is for the one that comes nearest to being possible.
public func refusals(
  ofStart start: Instant, visitType: VisitType? = nil, in schedule: Schedule, busy: [Busy],
  patientBusy: [Busy] = [], now: Instant
) -> [Refusal] {
  let windows = windows(of: schedule, around: schedule.zone.local(at: start).date)
  let shapes =
    (windows.isEmpty ? schedule.blocks.map { Window($0, on: .init(daysSinceEpoch: 0)) } : windows)
    + schedule.extraHours
  var best: [Refusal]?
  for window in shapes {
    let visit = ProposedVisit(
      role: schedule.role, start: start, end: start.adding(seconds: window.slotSeconds),
      visitType: visitType ?? window.visitType)
    let found = refusals(
      of: visit, in: schedule, busy: busy, patientBusy: patientBusy, now: now)
    // Of as many reasons, the later ones in the order of precedence are the nearer miss.
    let isNearer = best.map {
      found.count < $0.count || (found.count == $0.count && $0.lexicographicallyPrecedes(found))
    }
    if isNearer ?? true { best = found }
  }
  return best ?? [.noSchedule(schedule.role)]
}

private func refusalsByTime(
  _ visit: ProposedVisit, _ schedule: Schedule, now: Instant
) -> [Refusal] {
  let bounds = BookingBounds(schedule, now: now)
  let zone = schedule.zone
  var found: [Refusal] = []
  if visit.start <= now {
    found.append(.slotInPast(visit, now: now, zone: zone))
  } else if visit.start < bounds.earliest {
    found.append(.notice(visit, earliest: bounds.earliest, schedule: schedule))
  }
  if zone.local(at: visit.start).date > bounds.lastDate {
    found.append(.beyondHorizon(visit, lastDate: bounds.lastDate, schedule: schedule))
  }
  return found
}

/// How near a visit comes to being one of a window's slots.
private enum Fit: Int, Comparable {
  case outside, wrongVisitType, wrongDuration, offGrid, fits

  static func < (a: Fit, b: Fit) -> Bool { a.rawValue < b.rawValue }
}

private func refusalByHours(_ visit: ProposedVisit, _ schedule: Schedule) -> Refusal? {
  let zone = schedule.zone
  let date = zone.local(at: visit.start).date
  let windows = windows(of: schedule, around: date)
  var offsets = OffsetTimeline(
    zone: zone, from: OffsetTimeline.start(of: date.adding(days: -1)))
  var best: (fit: Fit, window: Window)?
  for window in windows {
    offsets.extend(pastWall: window.wallEnd)
    let fit = fit(of: visit, in: window, spans: offsets.spans)
    if best.map({ fit > $0.fit }) ?? true { best = (fit, window) }
  }
  switch best {
  case .some((.fits, _)): return nil
  case .some((.wrongVisitType, let window)):
    return .wrongVisitType(visit, offered: window, zone: zone)
  case .some((.wrongDuration, let window)):
    return .wrongDuration(visit, offered: window, zone: zone)
  case .some((.offGrid, let window)): return .offGrid(visit, offered: window, zone: zone)
  case .some((.outside, _)), nil:
    return .outsideSchedule(visit, date: date, hours: windows, zone: zone)
  }
}

/// The hours that have a part on `date`: its own, and those that began the day before and pass
/// midnight.
private func windows(of schedule: Schedule, around date: CivilDate) -> [Window] {
  var found: [Window] = []
  for start in [date.adding(days: -1), date] {
    let weekday = start.weekday
    for block in schedule.blocks where block.weekday == weekday && block.isValid(on: start) {
      found.append(Window(block, on: start))
    }
    found += schedule.extraHours.filter { $0.date == start }
  }
  return found.filter { $0.date == date || $0.endMinute > 1440 }
}

private func fit(of visit: ProposedVisit, in window: Window, spans: [OffsetSpan]) -> Fit {
  let start = visit.start.secondsSinceEpoch
  let end = visit.end.secondsSinceEpoch
  for index in spans.indices {
    guard let piece = window.piece(in: spans[index]), piece.contains(start) else { continue }
    guard visit.visitType == window.visitType else { return .wrongVisitType }
    guard end - start == window.slotSeconds else { return .wrongDuration }
    let sinceOrigin = start - (window.wallStart - spans[index].offsetSeconds)
    guard sinceOrigin % window.slotSeconds == 0, start % 60 == 0, SlotID.starts.contains(start)
    else { return .offGrid }
    return end <= window.end(of: piece, at: index, in: spans) ? .fits : .outside
  }
  return .outside
}
