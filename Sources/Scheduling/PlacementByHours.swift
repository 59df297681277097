import CivilTime
import ProviderDirectory

/// How near a visit comes to being one of a window's slots.
private enum Fit: Int, Comparable {
  case outside, wrongVisitType, wrongDuration, offGrid, fits

  static func < (a: Fit, b: Fit) -> Bool { a.rawValue < b.rawValue }
}

/// By the hours of the day: of all its windows, the one that the visit comes nearest to fitting
/// speaks. Hours that a holiday suspends speak too, and then the holiday is a reason of its own.
func refusalsByHours(_ visit: ProposedVisit, _ schedule: Schedule) -> [Refusal] {
  let zone = schedule.zone
  let date = zone.local(at: visit.start).date
  let windows = schedule.windows(around: date)
  var offsets = OffsetTimeline(
    zone: zone, from: OffsetTimeline.start(of: date.adding(days: -1)))
  var best: (fit: Fit, window: Window)?
  var otherTypes: [Window] = []
  for window in windows {
    offsets.extend(pastWall: window.wallEnd)
    let fit = fit(of: visit, in: window, spans: offsets.spans)
    if fit == .wrongVisitType { otherTypes.append(window) }
    let isBetter = best.map {
      fit > $0.fit || (fit == $0.fit && $0.window.isSuspended && !window.isSuspended)
    }
    if isBetter ?? true { best = (fit, window) }
  }
  var found: [Refusal] = []
  switch best {
  case .some((.fits, _)): break
  case .some((.wrongVisitType, _)):
    found.append(.wrongVisitType(visit, offered: otherTypes, zone: zone))
  case .some((.wrongDuration, let window)):
    found.append(.wrongDuration(visit, offered: window, zone: zone))
  case .some((.offGrid, let window)):
    found.append(.offGrid(visit, offered: window, zone: zone))
  case .some((.outside, _)), nil:
    found.append(.outsideSchedule(visit, date: date, hours: windows, zone: zone))
  }
  if let window = best?.window, window.isSuspended,
    let holiday = schedule.practice.holiday(on: window.date)
  {
    found.append(.holiday(visit, holiday, zone: zone))
  }
  return found
}

/// Why a booked visit could no longer take place: the practitioner is away or not there for it.
/// Another length, kind or grid of slots does not strand a visit that lies within hours.
public func strandings(of visit: ProposedVisit, in schedule: Schedule) -> [Refusal] {
  let zone = schedule.zone
  let date = zone.local(at: visit.start).date
  var found: [Refusal] = []
  let windows = schedule.windows(around: date)
  var offsets = OffsetTimeline(
    zone: zone, from: OffsetTimeline.start(of: date.adding(days: -1)))
  var covering: [Window] = []
  for window in windows where window.visitType == visit.visitType {
    offsets.extend(pastWall: window.wallEnd)
    if holds(window, visit, spans: offsets.spans) { covering.append(window) }
  }
  if let first = covering.first {
    if covering.allSatisfy(\.isSuspended), let holiday = schedule.practice.holiday(on: first.date) {
      found.append(.holiday(visit, holiday, zone: zone))
    }
  } else {
    let byHours = refusalsByHours(visit, schedule).filter { $0.code == .wrongVisitType }
    found +=
      byHours.isEmpty
      ? [.outsideSchedule(visit, date: date, hours: windows, zone: zone)] : byHours
  }
  if let away = schedule.timeOff.first(where: { $0.overlaps(visit.start, visit.end) }) {
    found.append(.timeOff(visit, away: away, zone: zone))
  }
  return found.sorted()
}

extension Schedule {
  /// The hours that have a part on `date`, a window for each kind of visit: its own, and those that
  /// began the day before and pass midnight.
  func windows(around date: CivilDate) -> [Window] {
    var found: [Window] = []
    for start in [date.adding(days: -1), date] where !replacedDates.contains(start) {
      let weekday = start.weekday
      for block in blocks where block.weekday == weekday && block.isValid(on: start) {
        found += windows(of: block, on: start)
      }
    }
    found += extraHours.filter { $0.date == date || $0.date == date.adding(days: -1) }
    return found.filter { $0.date == date || $0.endMinute > 1440 }
  }

  func windows(of block: ScheduleBlock, on date: CivilDate) -> [Window] {
    let isSuspended = practice.holiday(on: date) != nil
    if block.offers.kinds.isEmpty { return [Window(block, on: date, isSuspended: isSuspended)] }
    return block.offers.kinds.compactMap(practice.kind).map {
      Window(block, on: date, kind: $0, isSuspended: isSuspended)
    }
  }
}

private func fit(of visit: ProposedVisit, in window: Window, spans: [OffsetSpan]) -> Fit {
  let start = visit.start.secondsSinceEpoch
  let end = visit.end.secondsSinceEpoch
  for index in spans.indices {
    guard let piece = window.piece(in: spans[index]), piece.contains(start) else { continue }
    guard visit.visitType == window.visitType, visit.kind == window.kind else {
      return .wrongVisitType
    }
    guard end - start == window.slotSeconds else { return .wrongDuration }
    let sinceOrigin = start - (window.wallStart - spans[index].offsetSeconds)
    guard sinceOrigin % window.stepSeconds == 0, start % 60 == 0, SlotID.starts.contains(start)
    else { return .offGrid }
    guard end <= window.end(of: piece, at: index, in: spans) else { return .outside }
    return .fits
  }
  return .outside
}

/// Whether the whole visit lies in one unbroken stretch of the window.
private func holds(_ window: Window, _ visit: ProposedVisit, spans: [OffsetSpan]) -> Bool {
  let start = visit.start.secondsSinceEpoch
  for index in spans.indices {
    guard let piece = window.piece(in: spans[index]), piece.contains(start) else { continue }
    return visit.end.secondsSinceEpoch <= window.end(of: piece, at: index, in: spans)
  }
  return false
}
