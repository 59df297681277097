public import CivilTime
public import ProviderDirectory

/// A time that can be booked.
public struct Slot: Hashable, Sendable, Identifiable {
  public let id: SlotID

  public init(id: SlotID) { self.id = id }

  public var role: RoleID { id.role }
  public var start: Instant { id.start }
  public var end: Instant { id.end }
  public var visitType: VisitType { id.visitType }
  public var kind: ShortName? { id.kind }
}

extension Slot: Comparable {
  /// By time, then length, then in person before telehealth, then the name of the kind.
  public static func < (a: Slot, b: Slot) -> Bool {
    if a.id.start != b.id.start { return a.id.start < b.id.start }
    if a.id.minutes != b.id.minutes { return a.id.minutes < b.id.minutes }
    if a.id.visitType != b.id.visitType { return a.id.visitType == .inPerson }
    guard a.id.kind == b.id.kind else {
      guard let left = a.id.kind, let right = b.id.kind else { return a.id.kind == nil }
      return left < right
    }
    return a.id.role < b.id.role
  }
}

/// A stretch of time, `end` not included, in which a person is taken: a live hold or a booked
/// visit.
public struct Busy: Hashable, Sendable {
  public let start: Instant
  public let end: Instant
  /// Kept free of other visits, and of their buffers, before `start` and after `end`.
  public let beforeSeconds: Int64
  public let afterSeconds: Int64
  /// Where the visit is; nil for the site that is asked about.
  public let role: RoleID?
  /// The slot that a hold of the asker's own keeps: it is free for the asker, and as taken as any
  /// other for every other place.
  public let ownHold: SlotID?

  public init(
    start: Instant, end: Instant, beforeSeconds: Int64 = 0, afterSeconds: Int64 = 0,
    role: RoleID? = nil, ownHold: SlotID? = nil
  ) {
    self.start = start
    self.end = end
    self.beforeSeconds = beforeSeconds
    self.afterSeconds = afterSeconds
    self.role = role
    self.ownHold = ownHold
  }

  func overlaps(_ otherStart: Instant, _ otherEnd: Instant) -> Bool {
    start < otherEnd && otherStart < end
  }

  /// With its buffers, and `margin` seconds more on both sides.
  func stretch(margin: Int64 = 0) -> Busy {
    Busy(
      start: start.adding(seconds: -beforeSeconds - margin),
      end: end.adding(seconds: afterSeconds + margin))
  }
}

/// Which of a schedule's slots are wanted. The default is all of them.
public struct SlotRequest: Hashable, Sendable {
  /// By the site's date at the start of the slot, both ends included.
  public var dates: ClosedRange<CivilDate>?
  /// By the site's wall clock at the start of the slot: afternoon is 12:00..<17:00.
  public var times: Range<TimeOfDay>?
  public var visitType: VisitType?
  public var kind: ShortName?
  /// The first so many; nil is all.
  public var limit: Int?

  public init(
    dates: ClosedRange<CivilDate>? = nil, times: Range<TimeOfDay>? = nil,
    visitType: VisitType? = nil, kind: ShortName? = nil, limit: Int? = nil
  ) {
    self.dates = dates
    self.times = times
    self.visitType = visitType
    self.kind = kind
    self.limit = limit
  }
}

/// A visit that somebody would like to place.
public struct ProposedVisit: Hashable, Sendable {
  public var role: RoleID
  public var start: Instant
  public var end: Instant
  public var visitType: VisitType
  /// Nil in plain hours.
  public var kind: ShortName?

  public init(
    role: RoleID, start: Instant, end: Instant, visitType: VisitType, kind: ShortName? = nil
  ) {
    self.role = role
    self.start = start
    self.end = end
    self.visitType = visitType
    self.kind = kind
  }

  public init(_ id: SlotID) {
    self.init(
      role: id.role, start: id.start, end: id.end, visitType: id.visitType, kind: id.kind)
  }

  func isKept(by hold: SlotID) -> Bool { self == ProposedVisit(hold) }
}
