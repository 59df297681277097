/// Where the columns of one NPPES main file stand. Older files say `Provider Gender Code`.
struct NPPESLayout {
  struct TaxonomySlot {
    var code: Int
    var primarySwitch: Int?
  }

  let npi: Int
  let entityType: Int
  let organizationName: Int?
  let lastName: Int
  let firstName: Int?
  let middleName: Int?
  let suffix: Int?
  let credential: Int?
  let gender: Int?
  let enumeration: Int?
  let lastUpdate: Int?
  let deactivation: Int?
  let reactivation: Int?
  let address: AddressColumns
  let taxonomies: [TaxonomySlot]
  /// Of the states of whose licences the practitioner told.
  let licenceStates: [Int]

  init(_ reader: CSVReader) throws(FileFault) {
    var columns = CSVColumns(reader)
    npi = columns.require("NPI")
    entityType = columns.require("Entity Type Code")
    lastName = columns.require(
      "Provider Last Name (Legal Name)", "Provider Last Name")
    let firstCode = columns.require("Healthcare Provider Taxonomy Code_1")
    let practice = "Provider Business Practice Location Address"
    address = AddressColumns(
      line1: columns.require("Provider First Line Business Practice Location Address"),
      line2: columns.find("Provider Second Line Business Practice Location Address"),
      city: columns.require("\(practice) City Name"),
      state: columns.require("\(practice) State Name"),
      zip: columns.require("\(practice) Postal Code"),
      country: columns.find("\(practice) Country Code (If outside U.S.)"),
      phone: columns.find("\(practice) Telephone Number"))
    try columns.check()
    organizationName = columns.find(
      "Provider Organization Name (Legal Business Name)", "Provider Organization Name")
    firstName = columns.find("Provider First Name")
    middleName = columns.find("Provider Middle Name")
    suffix = columns.find("Provider Name Suffix Text")
    credential = columns.find("Provider Credential Text")
    gender = columns.find("Provider Sex Code", "Provider Gender Code")
    enumeration = columns.find("Provider Enumeration Date")
    lastUpdate = columns.find("Last Update Date")
    deactivation = columns.find("NPI Deactivation Date")
    reactivation = columns.find("NPI Reactivation Date")
    licenceStates = (1...15).compactMap {
      columns.find("Provider License Number State Code_\($0)")
    }
    taxonomies = (1...15).compactMap { number in
      let code =
        number == 1 ? firstCode : columns.find("Healthcare Provider Taxonomy Code_\(number)")
      return code.map {
        TaxonomySlot(
          code: $0,
          primarySwitch: columns.find("Healthcare Provider Primary Taxonomy Switch_\(number)"))
      }
    }
  }
}

/// The columns of a practice address, in the main file or in that of the secondary sites.
struct AddressColumns {
  struct Fault: Error {
    var column: Int
    var reason: String
  }

  let line1: Int
  let line2: Int?
  let city: Int
  let state: Int
  let zip: Int
  let country: Int?
  let phone: Int?

  func site(
    _ record: RawRecord, _ locator: SiteLocator, _ repairs: inout Int
  ) throws(Fault) -> PracticeSite {
    let street = record[line1].text(repairs: &repairs)
    guard !street.isEmpty else { throw Fault(column: line1, reason: "no practice address") }
    let cityName = record[city].text(repairs: &repairs)
    let location: SiteLocator.Location
    do {
      location = try locator.locate(
        zip: record[zip], city: cityName, state: record[state].text,
        country: country.map { record[$0] })
    } catch {
      let column =
        switch error.part {
        case .country: country ?? state
        case .state: state
        case .zip: zip
        }
      throw Fault(column: column, reason: error.reason)
    }
    return PracticeSite(
      addressLine1: street, addressLine2: line2.map { record[$0].text(repairs: &repairs) } ?? "",
      city: cityName, state: location.state, zip: location.zip,
      phone: phone.map { record[$0].digits } ?? "", coordinate: location.coordinate,
      timeZone: location.timeZone)
  }
}
