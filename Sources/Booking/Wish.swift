public import CivilTime
import Foundation
public import Geospatial
public import ProviderDirectory
import Scheduling
import Store

/// What somebody on the waitlist would take.
public struct Wish: Hashable, Sendable {
  public enum Whom: Hashable, Sendable {
    /// This person, at any site.
    case practitioner(NPI)
    /// This person at this site.
    case role(RoleID)
    /// Anybody with one of these specialties within so many metres.
    case specialty([TaxonomyCode], around: Coordinate, radiusMeters: Double)
  }

  public var whom: Whom
  /// By the site's date at the start of the slot, both ends included.
  public var dates: ClosedRange<CivilDate>
  /// By the site's wall clock at the start of the slot.
  public var times: Range<TimeOfDay>?
  public var visitType: VisitType?

  public init(
    whom: Whom, dates: ClosedRange<CivilDate>, times: Range<TimeOfDay>? = nil,
    visitType: VisitType? = nil
  ) {
    self.whom = whom
    self.dates = dates
    self.times = times
    self.visitType = visitType
  }

  func wants(_ slot: Slot, at site: ListedSite, zone: Zone) -> Bool {
    let local = zone.local(at: slot.start)
    guard dates.contains(local.date), times?.contains(local.time) ?? true,
      visitType == nil || visitType == slot.visitType
    else { return false }
    switch whom {
    case .practitioner(let npi): return slot.role.npi == npi
    case .role(let role): return slot.role == role
    case .specialty(let codes, let center, let radiusMeters):
      return codes.contains(where: site.taxonomies.contains)
        && Geodesic.distanceMeters(center, site.coordinate) <= radiusMeters
    }
  }

  /// The last moment before which a slot it wants may begin: the end of its last date in the zone
  /// where that comes latest, twelve hours behind UTC.
  var closesAt: Instant {
    Instant(
      secondsSinceEpoch: (Int64(dates.upperBound.daysSinceEpoch) + 1) * 86_400 + 12 * 3600)
  }
}

/// The texts whose hashes lead from a slot to the wishes for it. Whatever a wish and a slot's site
/// have in common, they have a key in common too; the rest, `Wish.wants` decides.
extension Wish {
  /// A cover of more cells would follow the circle better and tell more.
  private static let cells = 12
  /// Five characters of geohash, some 5 km: finer cells are widened to it.
  private static let finestCell = 5

  func keys() throws -> [String] {
    switch whom {
    case .practitioner(let npi): return [Self.key(npi)]
    case .role(let role): return [Self.key(role.npi)]
    case .specialty(let codes, let center, let radiusMeters):
      let area = try Area.circle(center: center, radiusMeters: radiusMeters)
      let cells = try PreparedArea(area).cover(maxCells: Self.cells).cells.map {
        $0.geohash.truncated(to: min($0.geohash.precision, Self.finestCell))
      }
      return Set(cells).sorted().flatMap { cell in codes.map { Self.key($0, cell) } }
    }
  }

  /// The keys of a wish as it was sealed; none for what `encoded` does not write.
  public static func keys(ofEncoded text: String) throws -> [String] {
    try Wish(encoded: text)?.keys() ?? []
  }

  static func keys(of site: ListedSite) -> [String] {
    let cells = (1...finestCell).map { Geohash(site.coordinate, precision: $0) }
    return [key(site.role.npi)]
      + cells.flatMap { cell in site.taxonomies.map { key($0, cell) } }
  }

  private static func key(_ npi: NPI) -> String { "npi \(npi)" }
  private static func key(_ code: TaxonomyCode, _ cell: Geohash) -> String { "\(code) \(cell)" }
}

/// As it is sealed: JSON with a few short names.
extension Wish {
  private struct Stored: Codable {
    var npi: Int64?
    var role: Int64?
    var codes: [String]?
    var latitude: Double?
    var longitude: Double?
    var radiusMeters: Double?
    var from: Int32
    var to: Int32
    var fromMinute: Int?
    var toMinute: Int?
    var visitType: String?
  }

  func encoded() throws -> String {
    var stored = Stored(
      from: dates.lowerBound.daysSinceEpoch, to: dates.upperBound.daysSinceEpoch,
      fromMinute: times?.lowerBound.minutes, toMinute: times?.upperBound.minutes,
      visitType: visitType?.rawValue)
    switch whom {
    case .practitioner(let npi): stored.npi = npi.number
    case .role(let role): stored.role = role.rawValue
    case .specialty(let codes, let center, let radiusMeters):
      stored.codes = codes.map(\.text)
      stored.latitude = center.latitude
      stored.longitude = center.longitude
      stored.radiusMeters = radiusMeters
    }
    return String(decoding: try JSONEncoder().encode(stored), as: UTF8.self)
  }

  /// Nil for what `encoded` does not write.
  init?(encoded text: String) throws {
    let stored = try JSONDecoder().decode(Stored.self, from: Data(text.utf8))
    if let npi = stored.npi.flatMap({ NPI($0) }) {
      whom = .practitioner(npi)
    } else if let role = stored.role.flatMap({ RoleID(rawValue: $0) }) {
      whom = .role(role)
    } else if let codes = stored.codes, let latitude = stored.latitude,
      let longitude = stored.longitude, let radiusMeters = stored.radiusMeters,
      let center = Coordinate(latitude: latitude, longitude: longitude)
    {
      whom = .specialty(
        codes.compactMap { TaxonomyCode($0) }, around: center, radiusMeters: radiusMeters)
    } else {
      return nil
    }
    guard stored.from <= stored.to else { return nil }
    dates =
      CivilDate(daysSinceEpoch: stored.from)...CivilDate(daysSinceEpoch: stored.to)
    times = nil
    if let from = stored.fromMinute.flatMap({ TimeOfDay(minutes: $0) }),
      let to = stored.toMinute.flatMap({ TimeOfDay(minutes: $0) }), from < to
    {
      times = from..<to
    }
    visitType = stored.visitType.flatMap { VisitType(rawValue: $0) }
  }
}
