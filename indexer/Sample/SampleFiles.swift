import ProviderDirectory

/// The main file and the file of secondary sites, with CMS's column names.
struct SampleDirectoryFiles {
  private let main: OutputFile
  private let secondary: OutputFile

  private static let address = "Provider Business Practice Location Address"
  private static let secondaryAddress = "Provider Secondary Practice Location Address"

  init(folder: String) throws {
    main = try OutputFile(path: folder + "/npidata_pfile.csv")
    secondary = try OutputFile(path: folder + "/pl_pfile.csv")
    try main.append(Self.line(Self.mainColumns))
    try secondary.append(Self.line(Self.secondaryColumns))
  }

  func finish() throws {
    try main.finish()
    try secondary.finish()
  }

  func append(_ practitioner: SamplePractitioner) throws {
    let person = practitioner.person
    let site = practitioner.sites[0]
    var row: [String] = [
      practitioner.npi.description, person == nil ? "2" : "1", practitioner.organization,
      person?.last ?? "", person?.first ?? "", "", "", person?.credential ?? "",
      site.street, "", site.place.city.uppercased(), site.place.state, site.zip, "US", site.phone,
      practitioner.enumerated, practitioner.updated, "", "", person?.gender ?? "",
    ]
    let licences = practitioner.licences
    for slot in 0..<15 {
      let licence = slot < licences.count ? licences[slot] : ""
      // As CMS has it, a further licence repeats the specialty that it is for.
      let codes = practitioner.taxonomies
      let code = slot < codes.count ? codes[slot] : licence.isEmpty ? "" : codes[0]
      row += [
        code, licence.isEmpty ? "" : "X\(practitioner.npi.number % 1_000_000)", licence,
        code.isEmpty ? "" : slot == 0 ? "Y" : "N",
      ]
    }
    try main.append(Self.line(row))
    for site in practitioner.sites.dropFirst() {
      try secondary.append(
        Self.line([
          practitioner.npi.description, site.street, "", site.place.city.uppercased(),
          site.place.state, site.zip, "US", site.phone,
        ]))
    }
  }

  private static let mainColumns =
    [
      "NPI", "Entity Type Code", "Provider Organization Name (Legal Business Name)",
      "Provider Last Name (Legal Name)", "Provider First Name", "Provider Middle Name",
      "Provider Name Suffix Text", "Provider Credential Text",
      "Provider First Line Business Practice Location Address",
      "Provider Second Line Business Practice Location Address", "\(address) City Name",
      "\(address) State Name", "\(address) Postal Code",
      "\(address) Country Code (If outside U.S.)", "\(address) Telephone Number",
      "Provider Enumeration Date", "Last Update Date", "NPI Deactivation Date",
      "NPI Reactivation Date", "Provider Sex Code",
    ]
    + (1...15).flatMap {
      [
        "Healthcare Provider Taxonomy Code_\($0)", "Provider License Number_\($0)",
        "Provider License Number State Code_\($0)",
        "Healthcare Provider Primary Taxonomy Switch_\($0)",
      ]
    }

  private static let secondaryColumns = [
    "NPI", "\(secondaryAddress)- Address Line 1", "\(secondaryAddress)-  Address Line 2",
    "\(secondaryAddress) - City Name", "\(secondaryAddress) - State Name",
    "\(secondaryAddress) - Postal Code",
    "\(secondaryAddress) - Country Code (If outside U.S.)",
    "\(secondaryAddress) - Telephone Number",
  ]

  /// Every field quoted, as CMS does; none of them holds a quote.
  private static func line(_ fields: [String]) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(600)
    for field in fields {
      line.append(UInt8(ascii: line.isEmpty ? "\"" : ","))
      if line.count > 1 { line.append(UInt8(ascii: "\"")) }
      line.append(contentsOf: field.utf8)
      line.append(UInt8(ascii: "\""))
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }
}

/// `plans.json` and `providers.json` in the format of the QHP machine-readable files.
struct SampleNetworkFiles {
  private let providers: OutputFile
  private let plans: SamplePlans
  private var isFirst = true

  init(folder: String, plans: SamplePlans) throws {
    self.plans = plans
    let file = try OutputFile(path: folder + "/plans.json")
    try file.append("[\n")
    for (place, plan) in plans.all.enumerated() {
      try file.append(
        """
        \(place == 0 ? "" : ",\n"){"plan_id_type":"HIOS-PLAN-ID","plan_id":"\(plan.id)",\
        "marketing_name":"\(plan.name)","network":[{"network_tier":"PREFERRED"}],\
        "last_updated_on":"2026-01-05"}
        """)
    }
    try file.append("\n]\n")
    try file.finish()
    providers = try OutputFile(path: folder + "/providers.json")
    try providers.append("[\n")
  }

  func finish() throws {
    try providers.append("\n]\n")
    try providers.finish()
  }

  /// - Parameter name: nil where the names are real people's: a made-up network does not repeat
  ///   them.
  mutating func append(
    _ npi: NPI, isPerson: Bool, name: (first: String, last: String)?, organization: String?,
    places: [(city: String, state: String, zip: String)], _ generator: inout SplitMix64
  ) throws {
    let picked = plans.pick(state: places[0].state, &generator)
    guard !picked.isEmpty else { return }
    var text = isFirst ? "" : ",\n"
    isFirst = false
    text += "{\"npi\":\"\(npi)\",\"type\":\"\(isPerson ? "INDIVIDUAL" : "FACILITY")\""
    if let name { text += ",\"name\":{\"first\":\"\(name.first)\",\"last\":\"\(name.last)\"}" }
    if let organization { text += ",\"facility_name\":\"\(organization)\"" }
    text += ",\"addresses\":["
    for (place, address) in places.enumerated() {
      text += place == 0 ? "{" : ",{"
      text += "\"city\":\"\(address.city)\",\"state\":\"\(address.state)\","
      text += "\"zip\":\"\(address.zip)\"}"
    }
    text += "]"
    if isPerson {
      text += ",\"accepting\":\"\(generator.pick(Self.accepting))\",\"languages\":["
      text += languages(state: places[0].state, &generator).map { "\"\($0)\"" }
        .joined(separator: ",")
      text += "]"
    }
    text += ",\"last_updated_on\":\"2026-01-\(10 + generator.below(18))\",\"plans\":["
    for (place, plan) in picked.enumerated() {
      text += place == 0 ? "{" : ",{"
      text += "\"plan_id_type\":\"HIOS-PLAN-ID\",\"plan_id\":\"\(plan.id)\","
      text += "\"network_tier\":\"PREFERRED\"}"
    }
    try providers.append(text + "]}")
  }

  private static let accepting =
    Array(repeating: "accepting", count: 14) + Array(repeating: "not accepting", count: 4)
    + Array(repeating: "accepting in some locations", count: 2)

  private static let others: [(String, Int)] = [
    ("Chinese", 3), ("Hindi", 3), ("Vietnamese", 1), ("Arabic", 2), ("French", 2), ("Korean", 1),
    ("Russian", 2), ("Tagalog", 2), ("Portuguese", 1), ("Polish", 1), ("German", 1),
  ]
  private static let spanish: [String: Int] = [
    "PR": 96, "TX": 24, "CA": 24, "NM": 26, "FL": 22, "AZ": 20, "NV": 18, "NY": 14, "NJ": 14,
  ]

  private func languages(state: String, _ generator: inout SplitMix64) -> [String] {
    var languages = ["English"]
    if generator.chance(Self.spanish[state] ?? 7) { languages.append("Spanish") }
    for (language, percent) in Self.others where generator.chance(percent) {
      languages.append(language)
    }
    return languages
  }
}
