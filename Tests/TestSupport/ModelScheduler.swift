public import CivilTime
import ProviderDirectory
public import Scheduling

/// What a site's clock shows at each minute of a stretch.
public struct WallClock: Sendable {
  let first: Int64
  /// Minutes since 1970 of a clock that shows the same.
  let shown: [Int]

  public init(zone: Zone, from start: Instant, days: Int) {
    let first = start.secondsSinceEpoch / 60
    self.first = first
    shown = (0..<Int64(days) * 1440).map { minute in
      let local = zone.local(at: Instant(secondsSinceEpoch: (first + minute) * 60))
      return Int(local.date.daysSinceEpoch) * 1440 + local.time.minutes
    }
  }
}

/// The rule of placement as a slow walk over minutes: what the clock shows at each of them is
/// written down first, and every question counts through them. It shares no code with the rule but
/// the types.
public struct ModelScheduler {
  let schedule: Schedule
  let busy: [Busy]
  let rooms: [RoomUse]
  let patientBusy: [Busy]
  let now: Instant
  private let clock: WallClock

  public init(
    schedule: Schedule, busy: [Busy], rooms: [RoomUse] = [], patientBusy: [Busy] = [],
    now: Instant, clock: WallClock? = nil
  ) {
    self.schedule = schedule
    self.busy = busy
    self.rooms = rooms
    self.patientBusy = patientBusy
    self.now = now
    self.clock =
      clock
      ?? WallClock(
        zone: schedule.zone, from: now.adding(seconds: -4 * 86_400),
        days: schedule.rules.horizonDays + 9)
  }

  /// Hours of one day for one kind of visit.
  private struct Hours {
    var day: CivilDate
    /// Minutes of a clock that counts on from 1970-01-01, as the wall shows them.
    var from: Int
    var to: Int
    var step: Int
    var minutes: Int
    var visitType: VisitType
    var kind: ShortName?
    var isHoliday = false
  }

  /// Every code that applies, in no order.
  public func codes(_ visit: ProposedVisit) -> Set<Refusal.Code> {
    byTime(visit).union(byHours(visit)).union(byClaims(visit))
  }

  private func wall(_ minute: Int64) -> Int { clock.shown[Int(minute - clock.first)] }

  private func date(_ instant: Instant) -> CivilDate { schedule.zone.local(at: instant).date }

  /// The minutes that have a part between `start` and `end`.
  private func minutes(_ start: Instant, _ end: Instant) -> [Int64] {
    Array(start.secondsSinceEpoch / 60..<(end.secondsSinceEpoch + 59) / 60)
  }

  private func byTime(_ visit: ProposedVisit) -> Set<Refusal.Code> {
    var found: Set<Refusal.Code> = []
    let wait = visit.start.secondsSinceEpoch - now.secondsSinceEpoch
    if wait <= 0 {
      found.insert(.slotInPast)
    } else if wait < schedule.rules.minimumNoticeSeconds {
      found.insert(.notice)
    }
    if date(now).distance(to: date(visit.start)) > schedule.rules.horizonDays {
      found.insert(.beyondHorizon)
    }
    return found
  }

  // MARK: Hours

  private func byHours(_ visit: ProposedVisit) -> Set<Refusal.Code> {
    var found: Set<Refusal.Code> = []
    let away = schedule.exceptions.filter { $0.hours == nil }
    if minutes(visit.start, visit.end).contains(where: { minute in
      away.contains { isAway($0, minute) }
    }) {
      found.insert(.timeOff)
    }
    let hasExtra = schedule.exceptions.contains { exception in
      exception.hours.map { !kinds($0).isEmpty } ?? false
    }
    guard !schedule.blocks.isEmpty || hasExtra else { return found.union([.noSchedule]) }
    // The nearer a miss, the higher; of equal ones those on a working day.
    let order: [Refusal.Code?] = [
      .outsideSchedule, .wrongVisitType, .wrongDuration, .offGrid, nil,
    ]
    var best = (miss: 0, isHoliday: false)
    var isFirst = true
    for hours in allHours(around: date(visit.start)) {
      let miss = order.firstIndex(of: code(visit, hours))!
      if isFirst || miss > best.miss
        || (miss == best.miss && best.isHoliday && !hours.isHoliday)
      {
        best = (miss, hours.isHoliday)
        isFirst = false
      }
    }
    if let code = order[best.miss] { found.insert(code) }
    if best.isHoliday { found.insert(.holiday) }
    return found
  }

  private func code(_ visit: ProposedVisit, _ hours: Hours) -> Refusal.Code? {
    let all = minutes(visit.start, visit.end)
    let first = Int64((Double(visit.start.secondsSinceEpoch) / 60).rounded(.down))
    guard hours.from <= wall(first), wall(first) < hours.to else { return .outsideSchedule }
    guard visit.visitType == hours.visitType, visit.kind == hours.kind else {
      return .wrongVisitType
    }
    let length = visit.end.secondsSinceEpoch - visit.start.secondsSinceEpoch
    guard length == Int64(hours.minutes) * 60 else { return .wrongDuration }
    guard visit.start.secondsSinceEpoch % 60 == 0, (wall(first) - hours.from) % hours.step == 0
    else { return .offGrid }
    let isWithin = all.allSatisfy { hours.from <= wall($0) && wall($0) < hours.to }
    return isWithin ? nil : .outsideSchedule
  }

  private func kinds(_ offers: OfferedVisits) -> [(Int, VisitType, ShortName?)] {
    if offers.kinds.isEmpty { return [(offers.slotMinutes, offers.visitType, nil)] }
    return schedule.practice.kinds.filter { offers.kinds.contains($0.id) }
      .map { ($0.minutes, $0.visitType, $0.id) }
  }

  private func allHours(around day: CivilDate) -> [Hours] {
    var all: [Hours] = []
    for start in [day.adding(days: -1), day] {
      let midnight = Int(start.daysSinceEpoch) * 1440
      let isReplaced = schedule.exceptions.contains {
        if case .replacementHours = $0.kind { $0.from.date == start } else { false }
      }
      let isHoliday = schedule.practice.holidays.contains { $0.date == start }
      for block in schedule.blocks where !isReplaced && isIn(block, start) {
        let end = block.end.minutes + (block.end < block.start ? 1440 : 0)
        for (minutes, type, kind) in kinds(block.offers) {
          all.append(
            Hours(
              day: start, from: midnight + block.start.minutes, to: midnight + end,
              step: block.offers.stepMinutes, minutes: minutes, visitType: type, kind: kind,
              isHoliday: isHoliday))
        }
      }
      for exception in schedule.exceptions where exception.from.date == start {
        guard let offers = exception.hours else { continue }
        let end = Int(exception.to.date.daysSinceEpoch) * 1440 + exception.to.time.minutes
        for (minutes, type, kind) in kinds(offers) {
          all.append(
            Hours(
              day: start, from: midnight + exception.from.time.minutes, to: end,
              step: offers.stepMinutes, minutes: minutes, visitType: type, kind: kind))
        }
      }
    }
    return all.filter { $0.day == day || $0.to > Int(day.daysSinceEpoch) * 1440 }
  }

  /// Week by week from that of the first day, counting.
  private func isIn(_ block: ScheduleBlock, _ day: CivilDate) -> Bool {
    if let from = block.validFrom, day < from { return false }
    if let until = block.validUntil, day > until { return false }
    guard block.weekday == day.weekday else { return false }
    guard block.everyWeeks > 1, var monday = block.validFrom else { return true }
    while monday.weekday != .monday { monday = monday.adding(days: -1) }
    var week = 0
    while monday.adding(days: 7) <= day {
      monday = monday.adding(days: 7)
      week += 1
    }
    return week % block.everyWeeks == 0
  }

  /// From the first moment the clock shows the start, until the last moment before it shows the
  /// end.
  private func isAway(_ exception: ScheduleException, _ minute: Int64) -> Bool {
    func shown(_ time: CivilDateTime) -> Int {
      Int(time.date.daysSinceEpoch) * 1440 + time.time.minutes
    }
    // Clocks go back by an hour or less, in our days.
    let hasBegun = (minute - 120...minute).contains { wall($0) >= shown(exception.from) }
    let willBeOn = (minute...minute + 120).contains { wall($0) < shown(exception.to) }
    return hasBegun && willBeOn
  }

  // MARK: Claims

  private func isOwn(_ claim: Busy, _ visit: ProposedVisit) -> Bool {
    guard let hold = claim.ownHold else { return false }
    return hold.role == visit.role && hold.start == visit.start && hold.end == visit.end
      && hold.visitType == visit.visitType && hold.kind == visit.kind
  }

  private func overlap(
    _ claim: Busy, _ visit: ProposedVisit, around: (Int64, Int64) = (0, 0), buffered: Bool
  ) -> Bool {
    let before = buffered ? claim.beforeSeconds : 0
    let after = buffered ? claim.afterSeconds : 0
    return claim.start.secondsSinceEpoch - before < visit.end.secondsSinceEpoch + around.1
      && visit.start.secondsSinceEpoch - around.0 < claim.end.secondsSinceEpoch + after
  }

  private func byClaims(_ visit: ProposedVisit) -> Set<Refusal.Code> {
    var found: Set<Refusal.Code> = []
    let kind = schedule.practice.kinds.first { $0.id == visit.kind }
    let before = Int64(kind?.bufferBeforeMinutes ?? 0) * 60
    let after = Int64(kind?.bufferAfterMinutes ?? 0) * 60
    let others = busy.filter { !isOwn($0, visit) }
    for claim in others {
      var way: Int64 = 0
      if let role = claim.role, role != schedule.role {
        way = Int64(schedule.practice.travelMinutes[role] ?? 0) * 60
      }
      if overlap(claim, visit, buffered: false) {
        found.insert(.slotTaken)
      } else if overlap(claim, visit, around: (before, after), buffered: true) {
        found.insert(.buffer)
      } else if overlap(claim, visit, around: (before + way, after + way), buffered: true) {
        found.insert(.travelTime)
      }
    }
    let here = others.filter { $0.role == nil || $0.role == schedule.role }
    let day = date(visit.start)
    let sameDay = here.filter { date($0.start) == day }
    let sameWeek = here.filter { monday(date($0.start)) == monday(day) }
    if let limit = schedule.rules.visitsPerDay, sameDay.count >= limit { found.insert(.dayFull) }
    if let limit = schedule.rules.visitsPerWeek, sameWeek.count >= limit { found.insert(.weekFull) }
    if let needed = kind?.roomKind {
      let isOneFree = schedule.practice.rooms.contains { room in
        room.kind == needed
          && !rooms.contains {
            $0.room == room.id && !isOwn($0.claim, visit)
              && overlap($0.claim, visit, around: (before, after), buffered: true)
          }
      }
      if !isOneFree { found.insert(.noRoom) }
    }
    if patientBusy.contains(where: { overlap($0, visit, buffered: false) }) {
      found.insert(.patientBusy)
    }
    return found
  }

  private func monday(_ day: CivilDate) -> CivilDate {
    var day = day
    while day.weekday != .monday { day = day.adding(days: -1) }
    return day
  }
}
