import ProviderDirectory

/// Writes a sample's files.
struct SampleRun {
  var practitioners = 0
  var files: [String]

  static func fictional(_ count: Int, seed: UInt64, folder: String) throws -> SampleRun {
    let gazetteer = try Gazetteer()
    let source = SampleSource(gazetteer, seed: seed)
    let plans = try SamplePlans(states: states(gazetteer), insurers: InsurerCatalog())
    let directory = try SampleDirectoryFiles(folder: folder)
    var networks = try SampleNetworkFiles(folder: folder, plans: plans)
    let hours = try SampleHours(folder: folder)
    var generator = SplitMix64(seed: seed)
    for number in 0..<count {
      let one = source.practitioner(number, &generator)
      try directory.append(one)
      try networks.append(
        one.npi, isPerson: one.person != nil, name: one.person.map { ($0.first, $0.last) },
        organization: one.person == nil ? one.organization : nil,
        places: one.sites.map { ($0.place.city, $0.place.state, $0.place.zip) }, &generator)
      try hours.append(one.npi, visits: one.visits, &generator)
    }
    try directory.finish()
    try networks.finish()
    try hours.finish()
    try writeNotice(
      folder,
      """
      Everyone in these files is made up: names, addresses, telephone numbers, plans and hours.
      The NPIs begin with 2, which CMS has not given out. Only the ZIP codes, cities and insurers'
      names are real. Made with --providers \(count) --seed \(seed).
      """)
    return SampleRun(
      practitioners: count,
      files: [
        "npidata_pfile.csv", "pl_pfile.csv", "plans.json", "providers.json", "schedules.csv",
      ])
  }

  /// Plans and hours for the practitioners of real files: the first record of each NPI that `run`
  /// would accept. Names and streets are not repeated.
  static func forRealFiles(_ paths: [String], seed: UInt64, folder: String) throws -> SampleRun {
    let gazetteer = try Gazetteer()
    let locator = SiteLocator(gazetteer)
    let taxonomies = KnownTaxonomies(try TaxonomyCatalog().allEntries.map(\.code))
    let plans = try SamplePlans(states: states(gazetteer), insurers: InsurerCatalog())
    let readers = try paths.map { path in
      try NPPESReader(path: path, locator: locator, taxonomies: taxonomies)
    }
    var networks = try SampleNetworkFiles(folder: folder, plans: plans)
    let hours = try SampleHours(folder: folder)
    var generator = SplitMix64(seed: seed)
    var seen = Set<NPI>()
    for reader in readers {
      while let row = try reader.next() {
        guard case .practitioner(let practitioner) = row,
          seen.insert(practitioner.role.id.npi).inserted
        else { continue }
        let role = practitioner.role
        var isPerson = false
        if case .person = role.name { isPerson = true }
        try networks.append(
          role.id.npi, isPerson: isPerson, name: nil, organization: nil,
          places: [("", role.site.state, String(role.site.zip.prefix(5)))], &generator)
        try hours.append(
          role.id.npi, visits: isPerson ? visits(role.taxonomies[0]) : .none, &generator)
      }
    }
    try networks.finish()
    try hours.finish()
    try writeNotice(
      folder,
      """
      The plans and the hours in these files are made up, for NPIs that are real. They say nothing
      about what anybody accepts or when anybody works. Plan names end in "(made-up)", and their ids
      begin with 99901, an issuer number that is not in use. Made with --seed \(seed).
      """)
    return SampleRun(
      practitioners: seen.count, files: ["plans.json", "providers.json", "schedules.csv"])
  }

  private static func visits(_ code: TaxonomyCode) -> SampleSpecialty.Visits {
    if let known = SampleSpecialty.persons.first(where: { $0.code == code.text }) {
      return known.visits
    }
    return code.text.hasPrefix("122") ? .dental : code.text.hasPrefix("10") ? .therapy : .medical
  }

  private static func states(_ gazetteer: Gazetteer) -> [String] {
    Array(Set(gazetteer.allStates.map(\.code)))
  }

  private static func writeNotice(_ folder: String, _ text: String) throws {
    let notice = try OutputFile(path: folder + "/README.txt")
    try notice.append(text + "\n")
    try notice.finish()
  }
}
