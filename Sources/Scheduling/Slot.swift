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
}

extension Slot: Comparable {
  /// By time, then length, then in person before telehealth.
  public static func < (a: Slot, b: Slot) -> Bool {
    if a.id.start != b.id.start { return a.id.start < b.id.start }
    if a.id.minutes != b.id.minutes { return a.id.minutes < b.id.minutes }
    if a.id.visitType != b.id.visitType { return a.id.visitType == .inPerson }
    return a.id.role < b.id.role
  }
}

/// A stretch of time, `end` not included, in which a person is taken: a live hold or a booked
/// visit.
public struct Busy: Hashable, Sendable {
  public let start: Instant
  public let end: Instant

  public init(start: Instant, end: Instant) {
    self.start = start
    self.end = end
  }

  func overlaps(_ otherStart: Instant, _ otherEnd: Instant) -> Bool {
    start < otherEnd && otherStart < end
  }
}

/// Which of a schedule's slots are wanted. The default is all of them.
public struct SlotRequest: Hashable, Sendable {
  /// By the site's date at the start of the slot, both ends included.
  public var dates: ClosedRange<CivilDate>?
  /// By the site's wall clock at the start of the slot: afternoon is 12:00..<17:00.
  public var times: Range<TimeOfDay>?
  public var visitType: VisitType?
  /// The first so many; nil is all.
  public var limit: Int?

  public init(
    dates: ClosedRange<CivilDate>? = nil, times: Range<TimeOfDay>? = nil,
    visitType: VisitType? = nil, limit: Int? = nil
  ) {
    self.dates = dates
    self.times = times
    self.visitType = visitType
    self.limit = limit
  }
}

/// A visit that somebody would like to place.
public struct ProposedVisit: Hashable, Sendable {
  public var role: RoleID
  public var start: Instant
  public var end: Instant
  public var visitType: VisitType

  public init(role: RoleID, start: Instant, end: Instant, visitType: VisitType) {
    self.role = role
    self.start = start
    self.end = end
    self.visitType = visitType
  }

  public init(_ id: SlotID) {
    self.init(role: id.role, start: id.start, end: id.end, visitType: id.visitType)
  }
}
