import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import SearchIndex
import TestSupport

/// A directory of its own that goes away with the test.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("\(NSTemporaryDirectory())/nearcare-index-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw CocoaError(.fileWriteUnknown) }
    path = String(cString: made)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Made-up roles with few distinct values, so that random filters meet them, and many to a place.
struct MadeUpRoles {
  var generator: SeededGenerator
  let places: [Coordinate]

  static let specialties = ["207RC0000X", "207Q00000X", "1223G0001X", "363L00000X", "2084P0800X"]
    .map { TaxonomyCode($0)! }
  static let insurers = ["blue", "blue-ny", "aetna", "cigna"]
  static let plans = ["12345NY0010001", "12345NY0010002", "54321MA0020001"]
  static let surnames = [
    "Smith", "O'Brien", "Núñez", "Smith-Jones", "OBRIEN", "DE LA CRUZ", "Müller", "Li", "Łukasz",
  ]
  static let firstNames = ["Ann", "José", "Mary Lou", "John", "Zoë"]

  init(seed: UInt64, places count: Int = 40, around: [Coordinate] = []) {
    generator = SeededGenerator(seed: seed)
    var places = around
    while places.count < count {
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: places.append(.random(in: -90...90, -180...180, using: &generator))
      case 1: places.append(.random(in: 88...90, -180...180, using: &generator))
      case 2: places.append(.random(in: -20 ... -15, 178...180, using: &generator))
      case 3: places.append(.random(in: -20 ... -15, -180 ... -178, using: &generator))
      default: places.append(.random(in: 40.5...41, -74.3...(-73.6), using: &generator))
      }
    }
    self.places = places
  }

  /// In the order of the index.
  mutating func roles(_ count: Int) -> [PractitionerRole] {
    var byID: [RoleID: PractitionerRole] = [:]
    while byID.count < count {
      let role = role()
      byID[role.id] = role
    }
    return byID.values.sorted {
      (IndexWriter.orderKey(of: $0.site.coordinate), $0.id)
        < (IndexWriter.orderKey(of: $1.site.coordinate), $1.id)
    }
  }

  mutating func npi() -> NPI {
    let stem = Int64.random(in: 100_000_000...299_999_999, using: &generator)
    return (0..<10).lazy.compactMap { NPI(stem * 10 + $0) }.first!
  }

  mutating func role() -> PractitionerRole {
    let place = places.randomElement(using: &generator)!
    let scattered = Bool.random(using: &generator)
    let coordinate =
      scattered
      ? Coordinate(
        latitude: min(90, max(-90, place.latitude + .random(in: -0.2...0.2, using: &generator))),
        longitude: min(180, max(-180, place.longitude + .random(in: -0.2...0.2, using: &generator)))
      )! : place
    let number = Int.random(in: 1...9999, using: &generator)
    let site = PracticeSite(
      addressLine1: "\(number) Main St",
      addressLine2: Bool.random(using: &generator) ? "" : "Apt é",
      city: "Springfield", state: ["NY", "NJ", "VT"].randomElement(using: &generator)!,
      zip: "10001", phone: "2125550100", coordinate: coordinate,
      timeZone: "America/New_York")
    let plans = subset(Self.plans).map { plan in
      PlanMembership(
        planID: plan, planName: "Plan \(plan)",
        insurerID: Bool.random(using: &generator)
          ? Self.insurers.randomElement(using: &generator) : nil,
        asOf: Bool.random(using: &generator)
          ? CivilDate(daysSinceEpoch: .random(in: -100_000...100_000, using: &generator)) : nil)
    }
    let isPerson = Int.random(in: 0..<5, using: &generator) > 0
    return PractitionerRole(
      id: RoleID(npi: npi(), site: site.key),
      name: isPerson
        ? .person(
          first: Self.firstNames.randomElement(using: &generator)!,
          middle: Bool.random(using: &generator) ? "Q" : "",
          last: Self.surnames.randomElement(using: &generator)!, suffix: "", credential: "M.D.")
        : .organization("\(Self.surnames.randomElement(using: &generator)!) Clinic, Inc."),
      gender: [nil, .female, .male].randomElement(using: &generator)!,
      taxonomies: subset(Self.specialties), licenceStates: subset(["NJ", "NY", "VT"]),
      languages: subset(["en", "es", "zh"]), plans: plans,
      newPatients: [.accepting, .notAccepting, .someLocations, .unknown]
        .randomElement(using: &generator)!,
      site: site, hasSchedule: Bool.random(using: &generator),
      visitTypes: Set(subset(VisitType.allCases)),
      source: Bool.random(using: &generator)
        ? RoleSource(
          feed: "week\(Int.random(in: 0..<3, using: &generator)).csv",
          updated: CivilDate(daysSinceEpoch: .random(in: 0...20_000, using: &generator))) : nil)
  }

  mutating func subset<Element>(_ all: [Element]) -> [Element] {
    all.filter { _ in Int.random(in: 0..<3, using: &generator) == 0 }
  }
}

/// The insurers a role is found under in these tests: those of its plans, and the parent of one.
func indexedInsurers(_ role: PractitionerRole) -> [String] {
  let own = Set(role.plans.compactMap(\.insurerID))
  return (own.contains("blue-ny") ? own.union(["blue"]) : own).sorted()
}

/// Builds and publishes an index of roles that are in its order.
@discardableResult
func publish(
  _ roles: [PractitionerRole], to generations: IndexGenerations, at seconds: Int64 = 0
) throws -> Generation {
  let building = try generations.begin()
  let writer = try IndexWriter(into: building, today: CivilDate(daysSinceEpoch: 0))
  for role in roles { try writer.add(role, insurerIDs: indexedInsurers(role)) }
  try writer.commit()
  return try generations.publish(
    building, created: Instant(secondsSinceEpoch: seconds), feeds: ["nppes": "a\tb\n100%"])
}
