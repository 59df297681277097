import CivilTime
import ProviderDirectory

/// What stands in the way of new visits at one schedule, asked about slot by slot in mostly
/// ascending order: the same answers as `refusals` gives, prepared once for many slots.
struct TakenPlaces {
  /// Whether claims and time off, which `isFree` knows, are all there is to ask.
  let isPlain: Bool

  private let schedule: Schedule
  private var claims: TakenTimes
  private var timeOff: TakenTimes
  private let ownHolds: [Busy]
  private let rooms: [RoomUse]
  /// Without the asker's own holds.
  private let counts: VisitCounts?

  init(_ schedule: Schedule, _ busy: [Busy], _ rooms: [RoomUse]) {
    self.schedule = schedule
    self.rooms = rooms
    let hasWays = !schedule.practice.travelMinutes.isEmpty
    let isSimple = { (claim: Busy) in
      claim.beforeSeconds == 0 && claim.afterSeconds == 0 && claim.ownHold == nil
    }
    if !hasWays, busy.allSatisfy(isSimple) {
      claims = TakenTimes(busy)
      ownHolds = []
    } else {
      let others = busy.filter { $0.ownHold == nil }
      claims = TakenTimes(
        others.map { $0.stretch(margin: schedule.travelSeconds(to: $0.role)) })
      ownHolds = busy.filter { $0.ownHold != nil }
    }
    timeOff = TakenTimes(schedule.timeOff)
    counts =
      schedule.rules.limitsVisits
      ? VisitCounts(schedule, busy.filter { $0.ownHold == nil }) : nil
    isPlain =
      ownHolds.isEmpty && counts == nil
      && !schedule.practice.kinds.contains { $0.roomKind != nil }
  }

  /// False when the others' visits fill the date's day or week.
  func mayHoldMore(on date: CivilDate) -> Bool { counts.map { !$0.isFull(date) } ?? true }

  /// Whether the practitioner is there and taken by nobody else from `start` to `end`, the window's
  /// buffers included.
  mutating func isFree(_ start: Int64, _ end: Int64, of window: Window) -> Bool {
    !claims.overlap(start - window.beforeSeconds, end + window.afterSeconds)
      && !timeOff.overlap(start, end)
  }

  /// Whether a slot that is free goes with the asker's own holds, and leaves room.
  func admits(_ slot: Slot, in window: Window, on date: CivilDate) -> Bool {
    let visit = ProposedVisit(slot.id)
    let others = ownHolds.filter { $0.ownHold != slot.id }
    let stretch = Busy(
      start: slot.start.adding(seconds: -window.beforeSeconds),
      end: slot.end.adding(seconds: window.afterSeconds))
    for hold in others
    where hold.stretch(margin: schedule.travelSeconds(to: hold.role))
      .overlaps(stretch.start, stretch.end)
    {
      return false
    }
    if var counts {
      for hold in others { counts.add(hold, in: schedule) }
      if counts.isFull(date) { return false }
    }
    return window.roomKind == nil || freeRoom(for: visit, in: schedule, uses: rooms) != nil
  }
}

/// Sorted stretches of time that do not touch, asked about in mostly ascending order.
private struct TakenTimes {
  private let stretches: [Busy]
  private var next = 0

  init(_ busy: [Busy]) {
    for index in busy.indices.dropFirst() where busy[index].start < busy[index - 1].end {
      stretches = Self.merged(busy)
      return
    }
    stretches = busy
  }

  /// Whether anything taken overlaps `start..<end`.
  mutating func overlap(_ start: Int64, _ end: Int64) -> Bool {
    if next > 0, stretches[next - 1].end.secondsSinceEpoch > start { next = 0 }
    while next < stretches.count, stretches[next].end.secondsSinceEpoch <= start { next += 1 }
    return next < stretches.count && stretches[next].start.secondsSinceEpoch < end
  }

  private static func merged(_ busy: [Busy]) -> [Busy] {
    var merged: [Busy] = []
    for stretch in busy.sorted(by: { $0.start < $1.start }) {
      if let last = merged.last, stretch.start <= last.end {
        merged[merged.count - 1] = Busy(start: last.start, end: max(last.end, stretch.end))
      } else {
        merged.append(stretch)
      }
    }
    return merged
  }
}
