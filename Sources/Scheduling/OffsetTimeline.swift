import CivilTime

/// A stretch of the time line in which a zone's offset does not change; seconds since the epoch.
struct OffsetSpan {
  let lower: Int64
  let upper: Int64
  /// East of UTC.
  let offsetSeconds: Int64
}

/// The offsets of a zone from one moment on, looked up as far as they are asked for.
///
/// Within a span, wall time and UTC differ by a constant, so slots are laid by addition alone; the
/// zone is asked once a span instead of once a slot.
struct OffsetTimeline {
  private(set) var spans: [OffsetSpan]
  private let zone: Zone

  init(zone: Zone, from start: Int64) {
    self.zone = zone
    spans = [Self.span(of: zone, from: start)]
  }

  /// A moment before any zone's clock shows `date`. The easternmost offset ever was 15 hours and 13
  /// minutes (America/Metlakatla before 1867, in tzdata).
  static func start(of date: CivilDate) -> Int64 {
    Int64(date.daysSinceEpoch) * 86_400 - 16 * 3600
  }

  /// Makes sure that `spans` reach the moment when a UTC clock shows `wallSeconds` and a day more,
  /// by which time every zone's clock has shown it.
  mutating func extend(pastWall wallSeconds: Int64) {
    while spans[spans.count - 1].upper < wallSeconds + 86_400 {
      spans.append(Self.span(of: zone, from: spans[spans.count - 1].upper))
    }
  }

  private static func span(of zone: Zone, from start: Int64) -> OffsetSpan {
    let instant = Instant(secondsSinceEpoch: start)
    let offset = zone.local(at: instant).offsetSeconds
    let end = zone.nextTransition(after: instant)?.instant.secondsSinceEpoch
    return OffsetSpan(lower: start, upper: end ?? .max, offsetSeconds: Int64(offset))
  }
}
