public import CivilTime
public import ProviderDirectory

/// What may be booked, as a practice names it: a new patient's visit, a follow-up, a video call.
///
/// Buffers are time the practitioner and the room need around the visit. They are kept free of
/// other visits and of their buffers, and may reach beyond the hours and into time off.
public struct VisitKind: Hashable, Sendable {
  public static let longestBufferMinutes = 240
  public static let longestName = 60

  public let id: ShortName
  public let name: String
  public let visitType: VisitType
  /// 1…1440; apart from the distance between starts, which is the block's.
  public let minutes: Int
  public let bufferBeforeMinutes: Int
  public let bufferAfterMinutes: Int
  /// The kind of room it takes at the site; nil for none.
  public let roomKind: ShortName?

  public init(
    id: ShortName, name: String, visitType: VisitType, minutes: Int, bufferBeforeMinutes: Int = 0,
    bufferAfterMinutes: Int = 0, roomKind: ShortName? = nil
  ) throws(ScheduleError) {
    guard VisitType(rawValue: "\(id)") == nil else { throw .reservedKind(id) }
    guard (1...Self.longestName).contains(name.count) else { throw .kindName(name) }
    guard (1...1440).contains(minutes) else { throw .slotMinutes(minutes) }
    for buffer in [bufferBeforeMinutes, bufferAfterMinutes] {
      guard (0...Self.longestBufferMinutes).contains(buffer) else { throw .buffer(minutes: buffer) }
    }
    self.id = id
    self.name = name
    self.visitType = visitType
    self.minutes = minutes
    self.bufferBeforeMinutes = bufferBeforeMinutes
    self.bufferAfterMinutes = bufferAfterMinutes
    self.roomKind = roomKind
  }
}

/// A day on which a site is closed: weekly hours that begin on it do not apply. Extra and
/// replacement hours given for the very day do.
public struct Holiday: Hashable, Sendable {
  public let date: CivilDate
  public let name: String

  public init(date: CivilDate, name: String) {
    self.date = date
    self.name = name
  }
}

/// A room of a site, shared by all who practise there.
public struct Room: Hashable, Sendable {
  /// The database's number for it.
  public let id: Int64
  public let kind: ShortName
  /// As on the door: unique among the rooms of its kind at the site.
  public let number: Int

  public init(id: Int64, kind: ShortName, number: Int) {
    self.id = id
    self.kind = kind
    self.number = number
  }
}

/// A room that a live claim takes, its buffers included.
public struct RoomUse: Hashable, Sendable {
  public let room: Int64
  public let claim: Busy

  public init(room: Int64, claim: Busy) {
    self.room = room
    self.claim = claim
  }
}

/// What a practice sets beside hours; nothing of it is needed to be booked.
public struct Practice: Hashable, Sendable {
  public static let longestTravelMinutes = 720

  public let kinds: [VisitKind]
  public let holidays: [Holiday]
  /// Those of the site, by number.
  public let rooms: [Room]
  /// Minutes to the practitioner's other sites, or from them; between a visit at one and a visit at
  /// the other at least as much time passes, buffers not counted.
  public let travelMinutes: [RoleID: Int]

  public init(
    kinds: [VisitKind] = [], holidays: [Holiday] = [], rooms: [Room] = [],
    travelMinutes: [RoleID: Int] = [:]
  ) {
    self.kinds = kinds
    self.holidays = holidays
    self.rooms = rooms.sorted { ($0.number, $0.id) < ($1.number, $1.id) }
    self.travelMinutes = travelMinutes
  }

  /// Weekly hours, exceptions and rules are all there is.
  public static let plain = Practice()

  public func kind(_ id: ShortName) -> VisitKind? { kinds.first { $0.id == id } }

  func holiday(on date: CivilDate) -> Holiday? { holidays.first { $0.date == date } }
}
