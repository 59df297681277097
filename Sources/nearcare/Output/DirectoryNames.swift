import ProviderDirectory

/// Names for the codes in a role, from the reference tables.
struct DirectoryNames {
  let taxonomy: TaxonomyCatalog
  let insurers: InsurerCatalog
  let languages: LanguageCatalog

  /// The NUCC display name; the code itself where the table does not have it.
  func specialty(_ code: TaxonomyCode) -> String { taxonomy.name(of: code) ?? code.text }

  func specialty(code: String) -> String { TaxonomyCode(code).map(specialty) ?? code }
  func insurer(id: String) -> String { insurers.insurer(id: id)?.name ?? id }
  func language(code: String) -> String { languages.language(code: code)?.name ?? code }

  /// Whether a specialty is one of persons or of organizations; nil for codes not in the table.
  func kind(of code: TaxonomyCode) -> TaxonomyEntry.Kind? { taxonomy.entry(code)?.kind }

  /// The insurers behind a role's plans, each once, in the order of the plans.
  func insurers(of role: PractitionerRole) -> [Insurer] {
    var seen = Set<String>()
    return role.plans.compactMap { plan in
      guard let id = plan.insurerID, seen.insert(id).inserted else { return nil }
      return insurers.insurer(id: id)
    }
  }
}
