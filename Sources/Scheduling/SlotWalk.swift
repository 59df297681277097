public import CivilTime
import ProviderDirectory

/// The slots of a schedule that `request` wants and that can be booked now: exactly those that
/// `refusals` accepts, sorted, none twice.
///
/// `busy` and `rooms` hold the live claims as for `refusals`; it is fastest when they are sorted
/// and do not overlap, as the database returns them. The walk goes day by day from the earliest
/// bookable moment and ends at the limit.
public func slots(
  in schedule: Schedule, matching request: SlotRequest = SlotRequest(), busy: [Busy],
  rooms: [RoomUse] = [], now: Instant
) -> [Slot] {
  guard !schedule.isEmpty, request.limit != 0 else { return [] }
  let bounds = BookingBounds(schedule, now: now)
  var first = schedule.zone.local(at: bounds.earliest).date
  var last = bounds.lastDate
  if let dates = request.dates {
    first = max(first, dates.lowerBound)
    last = min(last, dates.upperBound)
  }
  guard first <= last else { return [] }
  var walk = SlotWalk(
    schedule, request, taken: TakenPlaces(schedule, busy, rooms), earliest: bounds.earliest,
    from: first)
  return walk.slots(from: first, through: last)
}

/// The moments between which a visit may start.
struct BookingBounds {
  /// The first moment that leaves enough notice and lies after now.
  let earliest: Instant
  let lastDate: CivilDate

  init(_ schedule: Schedule, now: Instant) {
    earliest = now.adding(seconds: max(1, schedule.rules.minimumNoticeSeconds))
    lastDate = schedule.zone.local(at: now).date.adding(days: schedule.rules.horizonDays)
  }
}

private struct SlotWalk {
  private let schedule: Schedule
  private let visitType: VisitType?
  private let kind: ShortName?
  private let limit: Int
  private let earliest: Int64
  /// Seconds after midnight by the wall clock.
  private let times: Range<Int64>
  private var offsets: OffsetTimeline
  private var taken: TakenPlaces
  private var found: [Slot] = []
  /// How many more are wanted from the day that is being laid, by each window of it, since any of
  /// them may hold the day's first.
  private var room = 0

  init(
    _ schedule: Schedule, _ request: SlotRequest, taken: TakenPlaces, earliest: Instant,
    from first: CivilDate
  ) {
    self.schedule = schedule
    visitType = request.visitType
    kind = request.kind
    limit = request.limit ?? .max
    self.earliest = earliest.secondsSinceEpoch
    let times = request.times.map { Int64($0.lowerBound.minutes)..<Int64($0.upperBound.minutes) }
    self.times = times.map { $0.lowerBound * 60..<$0.upperBound * 60 } ?? 0..<86_400
    offsets = OffsetTimeline(zone: schedule.zone, from: OffsetTimeline.start(of: first))
    self.taken = taken
  }

  mutating func slots(from first: CivilDate, through last: CivilDate) -> [Slot] {
    found.reserveCapacity(min(limit, 16))
    var date = first
    while date <= last, found.count < limit {
      let count = found.count
      room = limit - count
      if taken.mayHoldMore(on: date) { layWindows(touching: date) }
      sortNewest(from: count)
      date = date.adding(days: 1)
    }
    if found.count > limit { found.removeLast(found.count - limit) }
    return found
  }

  private mutating func layWindows(touching date: CivilDate) {
    layBlocks(of: date, on: date)
    if schedule.passesMidnight { layBlocks(of: date.adding(days: -1), on: date) }
    for window in schedule.extraHours { lay(window, on: date) }
  }

  private mutating func layBlocks(of start: CivilDate, on date: CivilDate) {
    guard !schedule.isClosed(on: start) else { return }
    let weekday = start.weekday
    for index in schedule.blocks.indices
    where schedule.blocks[index].weekday == weekday && schedule.blocks[index].isValid(on: start) {
      let block = schedule.blocks[index]
      if block.offers.kinds.isEmpty {
        lay(Window(block, on: start), on: date)
      } else {
        for window in schedule.windows(of: block, on: start) { lay(window, on: date) }
      }
    }
  }

  /// Adds the slots of `window` whose start the wall clock shows on `date`, in order.
  private mutating func lay(_ window: Window, on date: CivilDate) {
    if let visitType, window.visitType != visitType { return }
    if let kind, window.kind != kind { return }
    let midnight = Int64(date.daysSinceEpoch) * 86_400
    let wallFrom = max(window.wallStart, midnight + times.lowerBound)
    let wallTo = min(window.wallEnd, midnight + times.upperBound)
    guard wallFrom < wallTo else { return }
    offsets.extend(pastWall: window.wallEnd)
    let length = window.slotSeconds
    let step = window.stepSeconds
    var wanted = room
    for index in offsets.spans.indices {
      let span = offsets.spans[index]
      guard let piece = window.piece(in: span) else { continue }
      let origin = window.wallStart - span.offsetSeconds
      let from = max(piece.lowerBound, earliest, wallFrom - span.offsetSeconds)
      let to = min(piece.upperBound, wallTo - span.offsetSeconds)
      let lastStart = window.end(of: piece, at: index, in: offsets.spans) - length
      var start = origin + (from - origin + step - 1) / step * step
      while start < to, start <= lastStart, wanted > 0 {
        if taken.isFree(start, start + length, of: window), let slot = slot(window, at: start),
          taken.isPlain || taken.admits(slot, in: window, on: date)
        {
          found.append(slot)
          wanted -= 1
        }
        start += step
      }
    }
  }

  private func slot(_ window: Window, at start: Int64) -> Slot? {
    SlotID(
      role: schedule.role, start: Instant(secondsSinceEpoch: start), minutes: window.slotMinutes,
      visitType: window.visitType, kind: window.kind
    ).map(Slot.init)
  }

  /// Windows of one day may overlap or be written in any order; days follow one another.
  private mutating func sortNewest(from start: Int) {
    var index = start + 1
    while index < found.count, found[index - 1] < found[index] { index += 1 }
    guard index < found.count else { return }
    let newest = Set(found[start...]).sorted()
    found.replaceSubrange(start..., with: newest)
  }
}
