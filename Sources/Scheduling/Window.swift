import CivilTime
import ProviderDirectory

/// One day's stretch of hours by the wall clock, for one kind of visit: a weekly block on a date,
/// or hours given for that date.
struct Window: Hashable, Sendable {
  let date: CivilDate
  /// Minutes after midnight of `date`; the end may lie on the next day, past 1440.
  let startMinute: Int
  let endMinute: Int
  let stepMinutes: Int
  /// How long a visit is.
  let slotMinutes: Int
  let visitType: VisitType
  /// Nil in plain hours, whose visits have neither buffers nor a room.
  let kind: ShortName?
  let roomKind: ShortName?
  let beforeSeconds: Int64
  let afterSeconds: Int64
  /// Weekly hours that a holiday suspends.
  let isSuspended: Bool

  init(
    _ block: ScheduleBlock, on date: CivilDate, kind: VisitKind? = nil, isSuspended: Bool = false
  ) {
    self.init(
      date, block.start.minutes, block.endMinute, block.offers, kind, isSuspended: isSuspended)
  }

  init(_ exception: ScheduleException, _ hours: OfferedVisits, kind: VisitKind? = nil) {
    let date = exception.from.date
    self.init(
      date, exception.from.time.minutes,
      date.distance(to: exception.to.date) * 1440 + exception.to.time.minutes, hours, kind,
      isSuspended: false)
  }

  private init(
    _ date: CivilDate, _ startMinute: Int, _ endMinute: Int, _ offers: OfferedVisits,
    _ kind: VisitKind?, isSuspended: Bool
  ) {
    self.date = date
    self.startMinute = startMinute
    self.endMinute = endMinute
    self.isSuspended = isSuspended
    stepMinutes = offers.stepMinutes
    slotMinutes = kind?.minutes ?? offers.slotMinutes
    visitType = kind?.visitType ?? offers.visitType
    self.kind = kind?.id
    roomKind = kind?.roomKind
    beforeSeconds = Int64(kind?.bufferBeforeMinutes ?? 0) * 60
    afterSeconds = Int64(kind?.bufferAfterMinutes ?? 0) * 60
  }

  /// Seconds after the epoch of a clock set to UTC that shows what the site's clock does.
  var wallStart: Int64 { wallMidnight + Int64(startMinute) * 60 }
  var wallEnd: Int64 { wallMidnight + Int64(endMinute) * 60 }
  var wallMidnight: Int64 { Int64(date.daysSinceEpoch) * 86_400 }
  var slotSeconds: Int64 { Int64(slotMinutes) * 60 }
  var stepSeconds: Int64 { Int64(stepMinutes) * 60 }

  /// The part of the window that lies in `span`, on the time line; the start of a slot grid that
  /// covers it is `wallStart - span.offsetSeconds`.
  func piece(in span: OffsetSpan) -> Range<Int64>? {
    let lower = max(span.lower, wallStart - span.offsetSeconds)
    let upper = min(span.upper, wallEnd - span.offsetSeconds)
    return lower < upper ? lower..<upper : nil
  }

  /// The end of the unbroken stretch of the window that `piece`, the part in `spans[index]`,
  /// belongs to: a slot that starts in the piece ends there at the latest.
  func end(of piece: Range<Int64>, at index: Int, in spans: [OffsetSpan]) -> Int64 {
    var end = piece.upperBound
    var next = index + 1
    while next < spans.count, end == spans[next].lower, let more = self.piece(in: spans[next]),
      more.lowerBound == end
    {
      end = more.upperBound
      next += 1
    }
    return end
  }
}
