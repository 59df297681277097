import Console
import ProviderDirectory

/// Made-up plans of real insurers: ids of an issuer number that HIOS has not given out (99901…),
/// names that say that they are made up.
struct SamplePlans {
  struct Plan {
    var id: String
    var name: String
    var insurerID: String
  }

  /// Which percentage of practitioners is in an insurer's networks, and of which products.
  private struct Brand {
    var id: String
    var percent: Int
    var products: [String]
  }

  private struct Offer {
    var percent: Int
    var plans: [Plan]
  }

  private let offers: [String: [Offer]]
  /// By state, in the order in which they are written.
  let all: [Plan]

  /// - Parameter states: two-letter codes.
  /// - Throws: `Failure` when the insurers' table lacks one that is named here.
  init(states: [String], insurers: InsurerCatalog) throws {
    var offers: [String: [Offer]] = [:]
    var all: [Plan] = []
    for state in states.sorted() {
      var number = 0
      for brand in Self.brands(of: state) {
        guard let insurer = insurers.insurer(id: brand.id) else {
          throw Failure(.internalFault, "the insurers' table has no \(brand.id)")
        }
        let plans = brand.products.map { product in
          number += 1
          let digits = String(10_000 + number).dropFirst()
          return Plan(
            id: "99901\(state)001\(digits)", name: "\(insurer.name) \(product) (made-up)",
            insurerID: brand.id)
        }
        offers[state, default: []].append(Offer(percent: brand.percent, plans: plans))
        all += plans
      }
    }
    self.offers = offers
    self.all = all
  }

  /// The plans of one practitioner; empty for some 1 in 20.
  func pick(state: String, _ generator: inout SplitMix64) -> [Plan] {
    guard let offers = offers[state], !generator.chance(4) else { return [] }
    var picked: [Plan] = []
    for offer in offers where generator.chance(offer.percent) {
      let first = generator.below(offer.plans.count)
      picked.append(offer.plans[first])
      for place in offer.plans.indices where place != first && generator.chance(25) {
        picked.append(offer.plans[place])
      }
    }
    return picked
  }

  private static func brands(of state: String) -> [Brand] {
    let metals = ["Bronze PPO", "Silver PPO", "Gold HMO"]
    let blues = Self.blues[state] ?? ["bcbs"]
    return blues.map { Brand(id: $0, percent: 60 / blues.count + 15, products: metals) } + [
      Brand(id: "aetna", percent: 42, products: ["Open Access", "Choice POS"]),
      Brand(id: "unitedhealthcare", percent: 48, products: ["Choice Plus", "Navigate"]),
      Brand(id: "cigna", percent: 34, products: ["Open Access Plus", "Connect"]),
      Brand(id: "humana", percent: 22, products: ["Gold Plus HMO"]),
      Brand(id: "medicare", percent: 62, products: ["Part B"]),
      Brand(id: "medicaid", percent: 44, products: ["State Program"]),
    ] + (regional[state] ?? []).map { Brand(id: $0, percent: 28, products: ["Standard", "Plus"]) }
  }

  /// The Blue Cross and Blue Shield licensees of each state.
  private static let blues: [String: [String]] = [
    "AK": ["premera"], "AL": ["bcbs-alabama"], "AR": ["arkansas-bcbs"], "AZ": ["bcbs-arizona"],
    "CA": ["anthem", "blue-shield-california"], "CO": ["anthem"], "CT": ["anthem"],
    "DC": ["carefirst"], "DE": ["highmark"], "FL": ["florida-blue"], "GA": ["anthem"],
    "HI": ["hmsa"], "IA": ["wellmark"], "ID": ["blue-cross-idaho", "regence"],
    "IL": ["bcbs-illinois"], "IN": ["anthem"], "KS": ["bcbs-kansas"], "KY": ["anthem"],
    "LA": ["bcbs-louisiana"], "MA": ["bcbs-massachusetts"], "MD": ["carefirst"], "ME": ["anthem"],
    "MI": ["bcbs-michigan"], "MN": ["bcbs-minnesota"], "MO": ["anthem", "bcbs-kansas-city"],
    "MS": ["bcbs-mississippi"], "MT": ["bcbs-montana"], "NC": ["bcbs-north-carolina"],
    "ND": ["bcbs-north-dakota"], "NE": ["bcbs-nebraska"], "NH": ["anthem"],
    "NJ": ["horizon-bcbs-nj"], "NM": ["bcbs-new-mexico"], "NV": ["anthem"],
    "NY": ["empire", "excellus"], "OH": ["anthem"], "OK": ["bcbs-oklahoma"], "OR": ["regence"],
    "PA": ["highmark", "independence-blue-cross", "capital-blue-cross"], "PR": ["triple-s"],
    "RI": ["bcbs-rhode-island"], "SC": ["bcbs-south-carolina"], "SD": ["wellmark"],
    "TN": ["bcbs-tennessee"], "TX": ["bcbs-texas"], "UT": ["regence"], "VA": ["anthem"],
    "VT": ["bcbs-vermont"], "WA": ["premera", "regence"], "WI": ["anthem"], "WV": ["highmark"],
    "WY": ["bcbs-wyoming"],
  ]

  private static let regional: [String: [String]] = [
    "CA": ["kaiser", "health-net"], "CO": ["kaiser"], "WA": ["kaiser", "molina"],
    "OR": ["kaiser"], "HI": ["kaiser"], "GA": ["kaiser", "ambetter"], "MD": ["kaiser"],
    "VA": ["kaiser"], "NY": ["oscar", "fidelis", "emblemhealth", "healthfirst"],
    "NJ": ["oscar"], "TX": ["ambetter", "molina", "oscar"], "FL": ["ambetter", "oscar", "avmed"],
    "OH": ["caresource", "molina"], "MI": ["hap", "molina"], "PA": ["geisinger"],
    "MA": ["harvard-pilgrim", "fallon"], "MN": ["healthpartners"], "AZ": ["banner"],
  ]
}
