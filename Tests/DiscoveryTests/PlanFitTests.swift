import CivilTime
import Discovery
import ProviderDirectory
import SearchIndex
import StoreTestSupport
import Testing

/// Which plan of a role answers the insurance asked for.
@Suite struct PlanFitTests {
  static func plan(_ id: String, _ insurer: String?, asOf: String? = nil) -> PlanMembership {
    PlanMembership(
      planID: id, planName: "Plan \(id)", insurerID: insurer,
      asOf: asOf.map { CivilDate(iso: $0)! })
  }

  static func role(_ plans: [PlanMembership]) throws -> PractitionerRole {
    let site = PracticeSite(
      addressLine1: "1 Main St", addressLine2: "", city: "New York", state: "NY", zip: "10001",
      phone: "", coordinate: DiscoveryWorld.center, timeZone: TestClinic.zone)
    return PractitionerRole(
      id: TestClinic.role(person: 1, site: 1), name: .organization("Made Up"),
      taxonomies: [DiscoveryWorld.specialty], plans: plans, site: site)
  }

  /// `anthem` is a brand of `bcbs`, and `empire` one of `anthem`.
  @Test(
    arguments: [
      ([.insurer("bcbs")], ["E2", "E1", "A"]), ([.insurer("anthem")], ["E2", "E1", "A"]),
      ([.insurer("empire")], ["E2", "E1"]), ([.insurer("aetna")], ["T"]), ([.plan("E1")], ["E1"]),
      ([.plan("E1"), .insurer("aetna")], ["E1", "T"]), ([.insurer("cigna")], []), ([], []),
      ([.plan("e1")], []),
    ] as [([InsuranceFilter], [String])])
  func thePlansThatFitAreNamedTheNewestFirst(asked: [InsuranceFilter], expected: [String]) throws {
    let insurers = try InsurerCatalog()
    #expect(insurers.lineage(of: "empire") == ["empire", "anthem", "bcbs"])
    let role = try Self.role([
      Self.plan("A", "anthem"), Self.plan("E1", "empire", asOf: "2026-01-10"),
      Self.plan("E2", "empire", asOf: "2026-02-01"), Self.plan("N", nil, asOf: "2026-03-01"),
      Self.plan("T", "aetna"),
    ])
    #expect(role.plansMatching(asked, insurers: insurers).map(\.planID) == expected)
  }
}
