public import ProviderDirectory
public import SearchIndex

extension PractitionerRole {
  /// The plans of the role that answer what was asked, by the rule that the index finds it: those
  /// said most recently first, those without a date last; empty when nothing was asked.
  public func plansMatching(
    _ asked: [InsuranceFilter], insurers: InsurerCatalog
  ) -> [PlanMembership] {
    plans.filter { plan in asked.contains { $0.isAnswered(by: plan, insurers: insurers) } }
      .sorted { a, b in
        a.asOf != b.asOf
          ? b.asOf == nil || a.asOf != nil && a.asOf! > b.asOf!
          : (a.planName, a.planID) < (b.planName, b.planID)
      }
  }
}

extension InsuranceFilter {
  fileprivate func isAnswered(by plan: PlanMembership, insurers: InsurerCatalog) -> Bool {
    switch self {
    case .plan(let id): plan.planID == id
    case .insurer(let id):
      plan.insurerID.map { $0 == id || insurers.lineage(of: $0).contains(id) } ?? false
    }
  }
}
