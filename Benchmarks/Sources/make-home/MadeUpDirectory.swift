import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import Store

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// Made-up practitioners at real places: cities drawn by population, a ZIP code of the city's, its
/// coordinate, as a provider file without coordinates is placed; specialties and insurers with the
/// long tails that real ones have. Role i is the same whenever it is asked for.
struct MadeUpDirectory {
  let seed: UInt64
  let today: CivilDate
  let cities: [CityEntry]
  private let zips: [[ZipEntry]]
  private let cityChoice: WeightedChoice
  let specialties: [TaxonomyCode]
  private let specialtyChoice: WeightedChoice
  private let insurerChoice: WeightedChoice
  private let surnameChoice = WeightedChoice.zipf(surnames, exponent: 0.9, shift: 20)

  static let insurers = 60
  static let surnames = 200_000
  static let plansOfAnInsurer = 6

  init(seed: UInt64, today: CivilDate) throws {
    self.seed = seed
    self.today = today
    let gazetteer = try Gazetteer()
    var byCity: [String: [ZipEntry]] = [:]
    for zip in gazetteer.allZips { byCity["\(zip.city), \(zip.state)", default: []].append(zip) }
    cities = gazetteer.allCities.filter {
      $0.kind == .city && $0.population > 500 && byCity["\($0.city), \($0.state)"] != nil
    }
    zips = cities.map { byCity["\($0.city), \($0.state)"]! }
    cityChoice = WeightedChoice(cities.map { Double($0.population) })
    var generator = SplitMix(seed: seed)
    specialties = try Self.individualCodes().shuffled(using: &generator)
    specialtyChoice = .zipf(specialties.count, exponent: 1.1, shift: 3)
    insurerChoice = .zipf(Self.insurers, exponent: 0.9, shift: 2)
  }

  private static func individualCodes() throws -> [TaxonomyCode] {
    try TaxonomyCatalog().allEntries.filter { $0.kind == .individual }.map(\.code).sorted()
  }

  func city(_ generator: inout SplitMix) -> CityEntry { cities[cityChoice.draw(&generator)] }

  func specialty(_ generator: inout SplitMix) -> TaxonomyCode {
    specialties[specialtyChoice.draw(&generator)]
  }

  func insurer(_ generator: inout SplitMix) -> String {
    "insurer-\(insurerChoice.draw(&generator))"
  }

  func role(_ index: Int) -> PractitionerRole {
    var generator = SplitMix(seed: seed &+ UInt64(index) &* 0x2545_F491_4F6C_DD1D)
    let cityIndex = cityChoice.draw(&generator)
    let zip = zips[cityIndex].randomElement(using: &generator)!
    let site = PracticeSite(
      addressLine1: "\(Int.random(in: 1...9999, using: &generator)) \(word(&generator)) Street",
      addressLine2: Int.random(in: 0..<3, using: &generator) == 0 ? "Suite \(index % 400)" : "",
      city: zip.city, state: zip.state, zip: zip.zip,
      phone: "555\(Int.random(in: 1_000_000...9_999_999, using: &generator))",
      coordinate: zip.coordinate, timeZone: zip.zoneName)
    var taxonomies = [specialty(&generator)]
    if Int.random(in: 0..<4, using: &generator) == 0 {
      let second = specialty(&generator)
      if second != taxonomies[0] { taxonomies.append(second) }
    }
    let isFemale = Bool.random(using: &generator)
    let hasSchedule = Int.random(in: 0..<5, using: &generator) > 0
    let isSpanish = Int.random(in: 0..<6, using: &generator) == 0
    return PractitionerRole(
      id: RoleID(npi: npi(index), site: site.key),
      name: .person(
        first: word(&generator), middle: "", last: surname(&generator),
        suffix: "", credential: "MD"),
      gender: isFemale ? .female : .male, taxonomies: taxonomies,
      languages: isSpanish ? ["en", "es"] : ["en"], plans: plans(&generator),
      newPatients: index % 4 == 0 ? .notAccepting : .accepting, site: site,
      hasSchedule: hasSchedule,
      visitTypes: !hasSchedule ? [] : index % 3 == 0 ? [.inPerson, .telehealth] : [.inPerson])
  }

  /// The insurers of the role's plans.
  static func insurers(of role: PractitionerRole) -> [String] {
    Set(role.plans.compactMap(\.insurerID)).sorted()
  }

  private func plans(_ generator: inout SplitMix) -> [PlanMembership] {
    var plans: [PlanMembership] = []
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
      let insurer = insurer(&generator)
      let plan = "\(insurer)-\(Int.random(in: 0..<Self.plansOfAnInsurer, using: &generator))"
      if plans.contains(where: { $0.planID == plan }) { continue }
      plans.append(
        PlanMembership(
          planID: plan, planName: "Made-up plan \(plan)", insurerID: insurer,
          asOf: today))
    }
    return plans
  }

  /// Every plan that a role may have.
  var allPlans: [PlanRecord] {
    (0..<Self.insurers).flatMap { insurer in
      (0..<Self.plansOfAnInsurer).map { plan in
        PlanRecord(
          id: "insurer-\(insurer)-\(plan)", name: "Made-up plan insurer-\(insurer)-\(plan)",
          insurerID: "insurer-\(insurer)")
      }
    }
  }

  /// The index-th number with a right check digit.
  private func npi(_ index: Int) -> NPI {
    let stem = Int64(100_000_000 + index)
    return (0..<10).lazy.compactMap { NPI(stem * 10 + $0) }.first!
  }

  private static let syllables = [
    "ba", "cor", "den", "el", "fa", "gri", "han", "is", "jo", "ka", "lin", "mar", "nel", "or", "pe",
    "ron", "sa", "ti", "ur", "vel", "wes", "yo", "zan", "ler", "ton", "man", "son", "ber",
  ]

  /// A few names are common and most are rare, as surnames are.
  private func surname(_ generator: inout SplitMix) -> String {
    var name = SplitMix(seed: UInt64(surnameChoice.draw(&generator)))
    return word(&name) + word(&name)
  }

  private func word(_ generator: inout SplitMix) -> String {
    (0..<2).map { _ in Self.syllables.randomElement(using: &generator)! }.joined().uppercased()
  }
}
