public import CivilTime
public import ProviderDirectory

/// Every reason why `visit` may not be placed in `schedule` now, in the order of precedence; empty
/// when it may. This is the one rule: `slots` lists what it accepts, and a hold or a booking asks
/// it again inside its transaction.
///
/// - Parameters:
///   - busy: the practitioner's live claims at any site, in any order, as far as
///     `Schedule.claimsThatMatter` says; without the hold that is to become this visit.
///   - rooms: the live claims on the site's rooms, as far.
///   - patientBusy: the patient's booked visits.
public func refusals(
  of visit: ProposedVisit, in schedule: Schedule, busy: [Busy], rooms: [RoomUse] = [],
  patientBusy: [Busy] = [], now: Instant
) -> [Refusal] {
  guard visit.role == schedule.role else { return [.unknownRole(visit.role)] }
  var found = refusalsByTime(visit, schedule, now: now)
  if schedule.isEmpty {
    found.append(.noSchedule(visit.role))
  } else {
    found += refusalsByHours(visit, schedule)
  }
  let zone = schedule.zone
  if let away = schedule.timeOff.first(where: { $0.overlaps(visit.start, visit.end) }) {
    found.append(.timeOff(visit, away: away, zone: zone))
  }
  found += refusalsByClaims(visit, schedule, busy)
  found += refusalsByCount(visit, schedule, busy)
  if let needed = schedule.kind(of: visit)?.roomKind,
    freeRoom(for: visit, in: schedule, uses: rooms) == nil
  {
    let count = schedule.practice.rooms.count { $0.kind == needed }
    found.append(.noRoom(visit, kind: needed, rooms: count, zone: zone))
  }
  if patientBusy.contains(where: { $0.overlaps(visit.start, visit.end) }) {
    found.append(.patientBusy(visit, zone: zone))
  }
  return found.sorted()
}

/// The same for a bare start, as a person asks "why not at nine?": of the lengths and visit types
/// that the schedule offers, the answer is for the one that comes nearest to being possible.
public func refusals(
  ofStart start: Instant, visitType: VisitType? = nil, kind: ShortName? = nil,
  in schedule: Schedule, busy: [Busy], rooms: [RoomUse] = [], patientBusy: [Busy] = [],
  now: Instant
) -> [Refusal] {
  let windows = schedule.windows(around: schedule.zone.local(at: start).date)
  var shapes =
    windows.isEmpty
    ? schedule.blocks.flatMap { schedule.windows(of: $0, on: .init(daysSinceEpoch: 0)) } : windows
  shapes += schedule.extraHours
  if let kind, shapes.contains(where: { $0.kind == kind }) {
    shapes.removeAll { $0.kind != kind }
  }
  var best: [Refusal]?
  for window in shapes {
    let visit = ProposedVisit(
      role: schedule.role, start: start, end: start.adding(seconds: window.slotSeconds),
      visitType: visitType ?? window.visitType, kind: kind ?? window.kind)
    let found = refusals(
      of: visit, in: schedule, busy: busy, rooms: rooms, patientBusy: patientBusy, now: now)
    // Of as many reasons, the later ones in the order of precedence are the nearer miss.
    let isNearer = best.map {
      found.count < $0.count || (found.count == $0.count && $0.lexicographicallyPrecedes(found))
    }
    if isNearer ?? true { best = found }
  }
  return best ?? [.noSchedule(schedule.role)]
}

/// The room that a visit takes: of those of its kind that are free, buffers included, `preferred`
/// or else the lowest number. Nil when none is free, or none is needed.
public func freeRoom(
  for visit: ProposedVisit, in schedule: Schedule, uses: [RoomUse],
  preferring preferred: Int64? = nil
) -> Room? {
  guard let kind = schedule.kind(of: visit), let needed = kind.roomKind else { return nil }
  let stretch = kind.stretch(of: visit)
  let free = schedule.practice.rooms.filter { room in
    room.kind == needed
      && !uses.contains {
        $0.room == room.id && $0.claim.ownHold.map(visit.isKept) != true
          && $0.claim.stretch().overlaps(stretch.start, stretch.end)
      }
  }
  return free.first { $0.id == preferred } ?? free.first
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

/// By the practitioner's other claims: what overlaps, what comes too close with the buffers, and
/// what is too far away to come from.
private func refusalsByClaims(
  _ visit: ProposedVisit, _ schedule: Schedule, _ busy: [Busy]
) -> [Refusal] {
  let stretch = schedule.kind(of: visit)?.stretch(of: visit)
  let (start, end) = (stretch?.start ?? visit.start, stretch?.end ?? visit.end)
  var taken: Refusal?
  var buffer: Refusal?
  var travel: Refusal?
  for claim in busy where claim.ownHold.map(visit.isKept) != true {
    let away = schedule.travelSeconds(to: claim.role)
    if claim.overlaps(visit.start, visit.end) {
      taken = taken ?? .slotTaken(visit, zone: schedule.zone)
    } else if claim.stretch().overlaps(start, end) {
      buffer = buffer ?? .buffer(visit, beside: claim, zone: schedule.zone)
    } else if away > 0, claim.stretch(margin: away).overlaps(start, end) {
      travel = travel ?? .travelTime(visit, from: claim, seconds: away, zone: schedule.zone)
    }
  }
  return [taken, buffer, travel].compactMap(\.self)
}

private func refusalsByCount(
  _ visit: ProposedVisit, _ schedule: Schedule, _ busy: [Busy]
) -> [Refusal] {
  guard schedule.rules.limitsVisits else { return [] }
  let counts = VisitCounts(schedule, busy.filter { $0.ownHold.map(visit.isKept) != true })
  let date = schedule.zone.local(at: visit.start).date
  var found: [Refusal] = []
  if let limit = schedule.rules.visitsPerDay, counts.isDayFull(date) {
    found.append(.dayFull(visit, date: date, limit: limit))
  }
  if let limit = schedule.rules.visitsPerWeek, counts.isWeekFull(date) {
    found.append(.weekFull(visit, monday: date.monday, limit: limit))
  }
  return found
}

/// How many visits a site's dates and weeks hold, against the most that they may.
struct VisitCounts {
  private let rules: BookingRules
  private var days: [CivilDate: Int] = [:]
  private var weeks: [CivilDate: Int] = [:]

  init(_ schedule: Schedule, _ busy: [Busy]) {
    rules = schedule.rules
    for claim in busy { add(claim, in: schedule) }
  }

  mutating func add(_ claim: Busy, in schedule: Schedule) {
    guard claim.role == nil || claim.role == schedule.role else { return }
    let date = schedule.zone.local(at: claim.start).date
    days[date, default: 0] += 1
    weeks[date.monday, default: 0] += 1
  }

  func isDayFull(_ date: CivilDate) -> Bool {
    rules.visitsPerDay.map { days[date, default: 0] >= $0 } ?? false
  }

  func isWeekFull(_ date: CivilDate) -> Bool {
    rules.visitsPerWeek.map { weeks[date.monday, default: 0] >= $0 } ?? false
  }

  func isFull(_ date: CivilDate) -> Bool { isDayFull(date) || isWeekFull(date) }
}

extension VisitKind {
  /// What a visit takes of the practitioner and the room.
  func stretch(of visit: ProposedVisit) -> Busy {
    Busy(
      start: visit.start.adding(seconds: -Int64(bufferBeforeMinutes) * 60),
      end: visit.end.adding(seconds: Int64(bufferAfterMinutes) * 60))
  }
}

extension Schedule {
  /// Nil for a plain visit, and for one of a kind that the practice does not have.
  public func kind(of visit: ProposedVisit) -> VisitKind? { visit.kind.flatMap(practice.kind) }

  /// The moments within which claims bear on visits between `range`'s ends: by the ways there are,
  /// by whole weeks where visits are counted and, if claims have buffers, by the longest ones.
  public func claimsThatMatter(
    to range: Range<Instant>, withBuffers: Bool
  ) -> Range<Instant> {
    let buffers = withBuffers ? Int64(VisitKind.longestBufferMinutes) * 60 * 2 : 0
    let way = Int64(practice.travelMinutes.values.max() ?? 0) * 60
    // A week, and a day for where on earth its Monday begins.
    let count: Int64 = rules.limitsVisits ? 8 * 86_400 : 0
    let margin = max(buffers + way, count)
    return range.lowerBound.adding(seconds: -margin)..<range.upperBound.adding(seconds: margin)
  }
}
