import ProviderDirectory

/// Names for the codes in a role, from the reference tables.
struct DirectoryNames {
  let taxonomy: TaxonomyCatalog
  let insurers: InsurerCatalog

  /// The NUCC display name; the code itself where the table does not have it.
  func specialty(_ code: TaxonomyCode) -> String { taxonomy.name(of: code) ?? code.text }

  /// The insurers behind a role's plans, each once, in the order of the plans.
  func insurers(of role: PractitionerRole) -> [Insurer] {
    var seen = Set<String>()
    return role.plans.compactMap { plan in
      guard let id = plan.insurerID, seen.insert(id).inserted else { return nil }
      return insurers.insurer(id: id)
    }
  }
}
