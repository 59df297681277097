import CivilTime
import TestSupport
import Testing

@testable import ProviderDirectory

/// The columns that a test row may set; every other column stays empty.
private let columns: [String] =
  [
    "NPI", "Entity Type Code", "Provider Organization Name (Legal Business Name)",
    "Provider Last Name (Legal Name)", "Provider First Name", "Provider Middle Name",
    "Provider Name Suffix Text", "Provider Credential Text",
    "Provider First Line Business Mailing Address",
    "Provider First Line Business Practice Location Address",
    "Provider Second Line Business Practice Location Address",
    "Provider Business Practice Location Address City Name",
    "Provider Business Practice Location Address State Name",
    "Provider Business Practice Location Address Postal Code",
    "Provider Business Practice Location Address Country Code (If outside U.S.)",
    "Provider Business Practice Location Address Telephone Number", "Provider Enumeration Date",
    "Last Update Date", "NPI Deactivation Date", "NPI Reactivation Date", "Provider Sex Code",
  ]
  + (1...15).flatMap {
    [
      "Healthcare Provider Taxonomy Code_\($0)",
      "Provider License Number State Code_\($0)",
      "Healthcare Provider Primary Taxonomy Switch_\($0)",
    ]
  }

private let address = "Provider Business Practice Location Address"
private let line1 = "Provider First Line Business Practice Location Address"
private let code = "Healthcare Provider Taxonomy Code_"
private let primary = "Healthcare Provider Primary Taxonomy Switch_"

private let cardiologist = [
  "NPI": "1234567893", "Entity Type Code": "1", "Provider Last Name (Legal Name)": "O'Madeup",
  "Provider First Name": "Ana", "Provider Credential Text": "M.D.", line1: "1 Example Plaza",
  "\(address) City Name": "NEW YORK", "\(address) State Name": "NY",
  "\(address) Postal Code": "100011234",
  "\(address) Country Code (If outside U.S.)": "US",
  "\(address) Telephone Number": "2125550100", "Last Update Date": "01/05/2024",
  "Provider Sex Code": "F", "\(code)1": "207RC0000X", "\(primary)1": "Y",
]

private func csv(_ rows: [[String: String]], header: [String] = columns) -> String {
  let lines = [header] + rows.map { row in header.map { row[$0] ?? "" } }
  return lines.map { $0.map { "\"\($0)\"" }.joined(separator: ",") + "\n" }.joined()
}

private func read(_ text: String) throws -> [NPPESReader.Row] {
  let scratch = try ScratchDirectory()
  let reader = try NPPESReader(
    path: scratch.file("npidata.csv", text), locator: SiteLocator(Gazetteer()),
    taxonomies: KnownTaxonomies(TaxonomyCatalog().allEntries.map(\.code)))
  var rows: [NPPESReader.Row] = []
  while let row = try reader.next() { rows.append(row) }
  #expect(reader.rows == rows.count)
  return rows
}

private func readOne(_ changes: [String: String]) throws -> NPPESReader.Row {
  try #require(
    try read(csv([cardiologist.merging(changes) { $1 }])).first)
}

private func role(_ changes: [String: String]) throws -> PractitionerRole {
  guard case .practitioner(let practitioner) = try readOne(changes) else {
    throw UnexpectedFate()
  }
  return practitioner.role
}

private func rejection(_ changes: [String: String]) throws -> Rejection {
  guard case .rejected(let rejection) = try readOne(changes) else { throw UnexpectedFate() }
  return rejection
}

private struct UnexpectedFate: Error {}

struct NPPESReaderTests {
  @Test func aPersonIsReadAsFiled() throws {
    guard case .practitioner(let practitioner) = try readOne([:]) else { throw UnexpectedFate() }
    let role = practitioner.role
    #expect(
      role.name
        == .person(first: "Ana", middle: "", last: "O'Madeup", suffix: "", credential: "M.D."))
    #expect(role.gender == .female)
    #expect(role.taxonomies.map(\.text) == ["207RC0000X"])
    #expect(role.site.zip == "100011234")
    #expect(role.site.state == "NY")
    #expect(role.site.timeZone == "America/New_York")
    #expect(role.site.coordinate == (try Gazetteer().zip("10001")?.coordinate))
    #expect(role.id == RoleID(npi: NPI(1_234_567_893)!, site: role.site.key))
    #expect(practitioner.lastUpdate.description == "2024-01-05")
  }

  @Test func licencesAreOfStates() throws {
    let state = "Provider License Number State Code_"
    let licensed = try role([
      "\(state)1": "NY", "\(state)2": " nj ", "\(state)3": "NY", "\(state)4": "ZZZ",
      "\(state)5": "1A", "\(state)15": "ct",
    ])
    #expect(licensed.licenceStates == ["CT", "NJ", "NY"])
    #expect(try role([:]).licenceStates == [])
  }

  @Test func anOrganizationHasItsLegalName() throws {
    let role = try role([
      "Entity Type Code": "2", "Provider Organization Name (Legal Business Name)": "MADE-UP CLINIC",
      "Provider Sex Code": "",
    ])
    #expect(role.name == .organization("MADE-UP CLINIC"))
    #expect(role.gender == nil)
  }

  @Test func floatsFromSpreadsheetsCount() throws {
    let role = try role([
      "NPI": "1234567893.0", "Entity Type Code": "1.0", "\(address) Postal Code": "10001.0",
      "\(address) Telephone Number": "2125550100.0", "Last Update Date": "1/5/24",
    ])
    #expect(role.id.npi.number == 1_234_567_893)
    #expect(role.site.zip == "10001")
    #expect(role.site.phone == "2125550100")
  }

  @Test func theOlderHeaderNameOfTheGenderIsKnown() throws {
    let header = columns.map { $0 == "Provider Sex Code" ? "Provider Gender Code" : $0 }
    var row = cardiologist
    row["Provider Gender Code"] = "M"
    guard case .practitioner(let one) = try read(csv([row], header: header)).first else {
      throw UnexpectedFate()
    }
    #expect(one.role.gender == .male)
  }

  @Test func columnsAreFoundByNameWhateverTheirOrder() throws {
    let text = csv([cardiologist], header: columns.reversed())
    guard case .practitioner(let one) = try read(text).first else { throw UnexpectedFate() }
    #expect(one.role.site.city == "NEW YORK")
  }

  private static let taxonomyCases: [([String: String], [String])] = [
    (["\(code)2": "208D00000X", "\(primary)2": "N"], ["207RC0000X", "208D00000X"]),
    (
      ["\(primary)1": "N", "\(code)2": "208D00000X", "\(primary)2": "Y"],
      ["208D00000X", "207RC0000X"]
    ),
    (
      ["\(primary)1": "N", "\(code)15": "208D00000X", "\(primary)15": "Y"],
      ["208D00000X", "207RC0000X"]
    ),
    (["\(code)2": "207RC0000X", "\(primary)2": "N"], ["207RC0000X"]),
    (["\(primary)1": "X", "\(code)3": "208D00000X"], ["207RC0000X", "208D00000X"]),
    // well formed but not listed: left out while another code stands
    (["\(code)2": "999999999X", "\(primary)2": "Y"], ["207RC0000X"]),
  ]

  @Test(arguments: taxonomyCases)
  func thePrimaryTaxonomyComesFirst(_ changes: [String: String], _ expected: [String]) throws {
    #expect(try role(changes).taxonomies.map(\.text) == expected)
  }

  private static let zipCases: [([String: String], String, String)] = [
    // five digits that lost their zero, and nine
    (
      [
        "\(address) City Name": "BOSTON", "\(address) State Name": "MA",
        "\(address) Postal Code": "2116",
      ],
      "02116", "America/New_York"
    ),
    (
      [
        "\(address) City Name": "BOSTON", "\(address) State Name": "MA",
        "\(address) Postal Code": "21161234",
      ], "021161234", "America/New_York"
    ),
    (
      [
        "\(address) City Name": "SAN JUAN", "\(address) State Name": "PR",
        "\(address) Postal Code": "907",
      ], "00907", "America/Puerto_Rico"
    ),
    (["\(address) Postal Code": "10001-1234"], "100011234", "America/New_York"),
    // a ZIP in no table: the city and state decide
    (
      [
        "\(address) City Name": "Chicago", "\(address) State Name": "IL",
        "\(address) Postal Code": "60699",
      ], "60699", "America/Chicago"
    ),
    (
      [
        "\(address) City Name": "HONOLULU", "\(address) State Name": "Hawaii",
        "\(address) Postal Code": "96813",
      ], "96813", "Pacific/Honolulu"
    ),
    (
      [
        "\(address) City Name": "GUAYNABO", "\(address) State Name": "PR",
        "\(address) Country Code (If outside U.S.)": "PR", "\(address) Postal Code": "00968",
      ],
      "00968", "America/Puerto_Rico"
    ),
  ]

  @Test(arguments: zipCases)
  func sitesAreFound(_ changes: [String: String], _ zip: String, _ zone: String) throws {
    let site = try role(changes).site
    #expect(site.zip == zip)
    #expect(site.timeZone == zone)
  }

  private static let rejections: [([String: String], String, String)] = [
    (["NPI": "1234567890"], "NPI", "\"1234567890\": the check digit does not agree"),
    (["NPI": ""], "NPI", "\"\": empty; every row needs an NPI"),
    (["NPI": "1.23E+09"], "NPI", "\"1.23E+09\": not a whole number"),
    (
      ["Entity Type Code": ""], "Entity Type Code",
      "\"\" is neither 1 (person) nor 2 (organization)"
    ),
    (["Provider Last Name (Legal Name)": " "], "Provider Last Name (Legal Name)", "no last name"),
    (["Entity Type Code": "2"], "Provider Organization Name (Legal Business Name)", "no name"),
    (["Last Update Date": "yesterday"], "Last Update Date", "\"yesterday\" is no date"),
    (["Last Update Date": ""], "Last Update Date", "no date of the last update"),
    (["NPI Deactivation Date": "02/30/2024"], "NPI Deactivation Date", "\"02/30/2024\" is no date"),
    (["\(code)1": ""], "\(code)1", "no taxonomy code that NUCC lists"),
    (["\(code)1": "999999999X"], "\(code)1", "no taxonomy code that NUCC lists"),
    (["\(code)2": "12345"], "\(code)2", "\"12345\" is no taxonomy code"),
    ([line1: ""], line1, "no practice address"),
    (
      ["\(address) Country Code (If outside U.S.)": "CA", "\(address) State Name": "ON"],
      "\(address) Country Code (If outside U.S.)", "CA: the site is outside the United States"
    ),
    (
      ["\(address) State Name": "QUEBEC"], "\(address) State Name",
      "\"QUEBEC\" is no state or territory of the US"
    ),
    (
      ["\(address) Postal Code": "H4A3M2"], "\(address) Postal Code",
      "\"H4A3M2\" is neither five nor nine digits"
    ),
    (
      ["\(address) Postal Code": "123456"], "\(address) Postal Code",
      "\"123456\" is neither five nor nine digits"
    ),
    (
      ["\(address) Postal Code": "2116"], "\(address) Postal Code",
      "\"2116\" lost a digit, and 02116 is not in NY"
    ),
    (
      ["\(address) Postal Code": "02116", "\(address) City Name": "NOWHERE"],
      "\(address) Postal Code", "02116 lies in MA, not in NY, and NOWHERE, NY is not known either"
    ),
    (
      ["\(address) Postal Code": "00001", "\(address) City Name": "NOWHERE"],
      "\(address) Postal Code", "00001 is in no table, and NOWHERE, NY is not known either"
    ),
  ]

  @Test(arguments: rejections)
  func everyRejectionNamesFieldAndReason(
    _ changes: [String: String], _ field: String, _ reason: String
  ) throws {
    let rejection = try rejection(changes)
    #expect(rejection.field == field)
    #expect(rejection.reason == reason)
    #expect(rejection.line == 2)
    #expect(rejection.file.hasSuffix("npidata.csv"))
  }

  @Test func deactivatedRecordsCarryOnlyTheirDate() throws {
    let rows = try read(
      csv([["NPI": "1234567893", "NPI Deactivation Date": "6/15/26"]]))
    guard case .deactivated(let deactivation) = try #require(rows.first) else {
      throw UnexpectedFate()
    }
    #expect(deactivation.npi.number == 1_234_567_893)
    #expect(deactivation.date.description == "2026-06-15")
  }

  @Test(arguments: [("01/02/2023", true), ("01/01/2023", true), ("12/31/2022", false)])
  func aReactivationBringsThePractitionerBack(_ date: String, _ isBack: Bool) throws {
    let row = try readOne([
      "NPI Deactivation Date": "01/01/2023", "NPI Reactivation Date": date,
    ])
    if case .practitioner = row { #expect(isBack) } else { #expect(!isBack) }
  }

  @Test func aHeaderWithoutTheColumnsIsRefusedWithWhatWasFound() throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.file("other.csv", "name,city\nx,y\n")
    let fault = #expect(throws: FileFault.self) {
      try NPPESReader(
        path: path, locator: SiteLocator(Gazetteer()), taxonomies: KnownTaxonomies([]))
    }
    let text = try #require(fault?.description)
    #expect(text.contains("has no column \"NPI\""))
    #expect(text.contains("its first line has \"name\", \"city\""))
  }

  @Test func damageInTheMiddleCostsItsOwnLineOnly() throws {
    let good = csv([cardiologist, cardiologist, cardiologist])
    var lines = good.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[2] = String(lines[2].dropFirst(7))
    let rows = try read(lines.joined(separator: "\n"))
    #expect(rows.count == 3)
    guard case .rejected(let rejection) = rows[1] else { throw UnexpectedFate() }
    #expect(rejection.line == 3)
  }
}

struct SecondarySitesReaderTests {
  private static let header = """
    NPI,Provider Secondary Practice Location Address- Address Line 1,\
    Provider Secondary Practice Location Address-  Address Line 2,\
    Provider Secondary Practice Location Address - City Name,\
    Provider Secondary Practice Location Address - State Name,\
    Provider Secondary Practice Location Address - Postal Code,\
    Provider Secondary Practice Location Address - Country Code (If outside U.S.),\
    Provider Secondary Practice Location Address - Telephone Number

    """

  @Test func sitesAndTheirRejections() throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.file(
      "pl_pfile.csv",
      Self.header + "1234567893,2 Example Way,Suite 9,Boston,MA,02116,US,6175550100\n"
        + "1234567893,3 Example Way,,Toronto,ON,M5V1A1,CA,\n")
    let reader = try SecondarySitesReader(path: path, locator: SiteLocator(Gazetteer()))
    guard case .site(let npi, let line, let site) = try reader.next() else {
      throw UnexpectedFate()
    }
    #expect(npi.number == 1_234_567_893)
    #expect(line == 2)
    #expect(site.addressLine2 == "Suite 9")
    #expect(site.zip == "02116")
    guard case .rejected(let rejection) = try reader.next() else { throw UnexpectedFate() }
    #expect(rejection.reason == "CA: the site is outside the United States")
    #expect(try reader.next() == nil)
    #expect(reader.rows == 2)
  }
}

struct DeactivationReaderTests {
  @Test func bothHeaders() throws {
    let scratch = try ScratchDirectory()
    for (name, text) in [
      ("report.csv", "npi,deact_date\n1234567893,2024-01-02\nx,2024-01-02\n1234567893,soon\n"),
      (
        "cms.csv",
        "NPI,NPPES Deactivation Date\n1234567893,01/02/2024\nx,01/02/2024\n1234567893,soon\n"
      ),
    ] {
      let reader = try DeactivationReader(path: scratch.file(name, text))
      guard case .deactivated(let one) = try reader.next() else { throw UnexpectedFate() }
      #expect(one.date.description == "2024-01-02")
      guard case .rejected(let bad) = try reader.next() else { throw UnexpectedFate() }
      #expect(bad.reason == "\"x\": not a whole number")
      guard case .rejected(let soon) = try reader.next() else { throw UnexpectedFate() }
      #expect(soon.reason == "\"soon\" is no date")
    }
  }
}
