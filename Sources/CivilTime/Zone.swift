import CCivilTime
import Synchronization

/// Why a time zone could not be had.
public enum ZoneError: Error, Equatable, Sendable {
  /// The operating system's database has no zone of that name.
  case unknownZone(String)
  /// The time-zone library failed for a reason of its own.
  case unavailable(String)
}

extension ZoneError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownZone(let name):
      "\"\(name)\" is not a time zone: use an IANA name such as America/New_York "
        + "(listed in \(TimeZoneDatabase.directory)/tzdata.zi; package tzdata)"
    case .unavailable(let name):
      "the time zone \"\(name)\" could not be read from \(TimeZoneDatabase.directory): "
        + "check that the package tzdata is installed and readable"
    }
  }
}

/// A time zone of the IANA database, as the operating system's tzdata has it.
public struct Zone: Sendable {
  public let name: String
  private let handle: ncc_zone

  private static let loaded = Mutex<[String: Zone]>([:])

  /// Zones are read from the disk once a process.
  public init(_ name: String) throws(ZoneError) {
    self = try Zone.loaded.withLock { (zones) throws(ZoneError) -> Zone in
      if let zone = zones[name] { return zone }
      let zone = try Zone(loading: name)
      zones[name] = zone
      return zone
    }
  }

  private init(loading name: String) throws(ZoneError) {
    guard Zone.isWellFormed(name) else { throw .unknownZone(name) }
    var handle = ncc_zone()
    let status = ncc_load(name, &handle)
    guard status != NCC_UNKNOWN_ZONE else { throw .unknownZone(name) }
    guard status == NCC_OK else { throw .unavailable(name) }
    self.name = name
    self.handle = handle
  }

  /// IANA names are words of letters, digits, `_`, `+` and `-`, joined by slashes. What else lies
  /// in the database's folder is refused: the machine's own zone, copies that count leap seconds
  /// (`right/`), cctz's fixed offsets, and any path out of the folder.
  private static func isWellFormed(_ name: String) -> Bool {
    let words = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard let first = words.first, name.utf8.count <= 64 else { return false }
    let foreign = ["right", "posix", "posixrules", "localtime", "Factory", "Fixed"]
    if foreign.contains(where: { first.elementsEqual($0.utf8) }) { return false }
    return words.allSatisfy { word in
      !word.isEmpty
        && word.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"),
            UInt8(ascii: "-"):
            true
          default: false
          }
        }
    }
  }

  /// What the wall clocks of this zone show at an instant.
  public func local(at instant: Instant) -> LocalTime {
    var found = ncc_local()
    let status = ncc_local_at(handle, instant.secondsSinceEpoch, &found)
    precondition(status == NCC_OK, "cctz failed to look up \(instant) in \(name)")
    let civil = CivilDateTime(instant, offsetSeconds: Int(found.offset_seconds))
    return LocalTime(
      date: civil.date, time: civil.time, second: civil.second,
      offsetSeconds: Int(found.offset_seconds), isDST: found.is_dst,
      abbreviation: String(cString: found.abbreviation))
  }

  /// The instants at which the wall clocks of this zone show `time` on `date`.
  public func resolve(_ date: CivilDate, _ time: TimeOfDay) -> Resolution {
    var found = ncc_resolution()
    let status = ncc_resolve(handle, date.daysSinceEpoch, Int32(time.minutes * 60), &found)
    precondition(status == NCC_OK, "cctz failed to resolve \(date) \(time) in \(name)")
    let before = Instant(secondsSinceEpoch: found.before)
    let transition = Instant(secondsSinceEpoch: found.transition)
    let after = Instant(secondsSinceEpoch: found.after)
    return switch found.kind {
    case NCC_SKIPPED: .skipped(before: before, transition: transition, after: after)
    case NCC_REPEATED: .repeated(first: before, transition: transition, second: after)
    default: .unique(before)
    }
  }

  /// From the first instant of a day to the first of the next: 23, 24 or 25 hours as a rule. Empty
  /// for a day that the zone left out (Pacific/Apia, 2011-12-30).
  public func dayBounds(of date: CivilDate) -> Range<Instant> {
    firstInstant(of: date)..<firstInstant(of: date.adding(days: 1))
  }

  private func firstInstant(of date: CivilDate) -> Instant {
    switch resolve(date, .startOfDay) {
    case .unique(let instant): instant
    case .skipped(_, let transition, _): transition
    case .repeated(let first, _, _): first
    }
  }

  /// The next change of offset, daylight flag or abbreviation; nil if the rules foresee none.
  public func nextTransition(after instant: Instant) -> Transition? {
    var found: Int64 = 0
    let status = ncc_next_transition(handle, instant.secondsSinceEpoch, &found)
    return transition(status, at: found)
  }

  /// The latest change strictly before `instant`; nil if there was none.
  public func previousTransition(before instant: Instant) -> Transition? {
    var found: Int64 = 0
    let status = ncc_previous_transition(handle, instant.secondsSinceEpoch, &found)
    return transition(status, at: found)
  }

  private func transition(_ status: ncc_status, at seconds: Int64) -> Transition? {
    guard status != NCC_NO_TRANSITION else { return nil }
    precondition(status == NCC_OK, "cctz failed to find a transition of \(name)")
    let instant = Instant(secondsSinceEpoch: seconds)
    let after = local(at: instant)
    return Transition(
      instant: instant, offsetSecondsBefore: local(at: instant.adding(seconds: -1)).offsetSeconds,
      offsetSecondsAfter: after.offsetSeconds, isDSTAfter: after.isDST)
  }

  /// RFC 3339 with this zone's offset at that instant: `2026-12-01T09:30:00-05:00`.
  public func rfc3339(_ instant: Instant) -> String {
    instant.rfc3339(offsetSeconds: local(at: instant).offsetSeconds)
  }
}

/// Two zones are the same if their names are; a link (`US/Eastern`) differs from its target.
extension Zone: Hashable, CustomStringConvertible {
  public static func == (a: Zone, b: Zone) -> Bool { a.name == b.name }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  public var description: String { name }
}

/// The reading of a zone's wall clock.
public struct LocalTime: Hashable, Sendable {
  public let date: CivilDate
  /// 00:00…23:59.
  public let time: TimeOfDay
  /// 0…59.
  public let second: Int
  /// East of UTC.
  public let offsetSeconds: Int
  /// tzdata's flag: Ireland's summer is its standard time, and its winter the exception.
  public let isDST: Bool
  /// As tzdata writes it: `EST`, or `-03` where there are no letters.
  public let abbreviation: String
}

/// What a wall time on a day means in a zone.
public enum Resolution: Hashable, Sendable {
  case unique(Instant)
  /// The clocks jumped over it. `before` reads it by the offset in force before the jump (and so
  /// lies after `transition`), `after` by the one in force after the jump.
  case skipped(before: Instant, transition: Instant, after: Instant)
  /// The clocks showed it twice, before and after they were set back at `transition`.
  case repeated(first: Instant, transition: Instant, second: Instant)
}

/// A change of a zone's offset, daylight flag or abbreviation.
public struct Transition: Hashable, Sendable {
  /// The first instant under the new rule.
  public let instant: Instant
  public let offsetSecondsBefore: Int
  public let offsetSecondsAfter: Int
  public let isDSTAfter: Bool
}
