import CivilTime
import ProviderDirectory

/// One day's stretch of hours by the wall clock: a weekly block on a date, or extra hours.
struct Window: Hashable, Sendable {
  let date: CivilDate
  /// Minutes after midnight of `date`; the end may lie on the next day, past 1440.
  let startMinute: Int
  let endMinute: Int
  let slotMinutes: Int
  let visitType: VisitType

  init(_ block: ScheduleBlock, on date: CivilDate) {
    self.date = date
    startMinute = block.start.minutes
    endMinute = block.endMinute
    slotMinutes = block.slotMinutes
    visitType = block.visitType
  }

  init(_ exception: ScheduleException, slotMinutes: Int, visitType: VisitType) {
    date = exception.from.date
    startMinute = exception.from.time.minutes
    endMinute = date.distance(to: exception.to.date) * 1440 + exception.to.time.minutes
    self.slotMinutes = slotMinutes
    self.visitType = visitType
  }

  /// Seconds after the epoch of a clock set to UTC that shows what the site's clock does.
  var wallStart: Int64 { wallMidnight + Int64(startMinute) * 60 }
  var wallEnd: Int64 { wallMidnight + Int64(endMinute) * 60 }
  var wallMidnight: Int64 { Int64(date.daysSinceEpoch) * 86_400 }
  var slotSeconds: Int64 { Int64(slotMinutes) * 60 }

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
