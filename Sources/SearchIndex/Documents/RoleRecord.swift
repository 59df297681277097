import CivilTime
import Geospatial
import ProviderDirectory

/// A role as bytes, so that results are read from the index alone.
///
/// Version 3: the fields in declaration order; integers and doubles little-endian, text as UTF-8
/// after its length, lengths and counts as LEB128, choices as one byte. Last comes the day of the
/// role's source and the ordinal of its feed in the index's notes, counted from 1; 0 for none.
enum RoleRecord {
  static let version: UInt8 = 3

  /// - Parameter feed: the ordinal of the source's feed.
  /// - Returns: how many bytes are about the role itself, whatever file it was read from.
  @discardableResult
  static func encode(_ role: PractitionerRole, feed: UInt32, into bytes: inout [UInt8]) -> Int {
    var writer = RecordWriter(bytes: bytes)
    bytes = []
    writer.byte(version)
    writer.fixed(UInt64(bitPattern: role.id.rawValue))
    writer.name(role.name)
    writer.byte(code(role.gender))
    writer.count(role.taxonomies.count)
    for taxonomy in role.taxonomies { writer.text(taxonomy.text) }
    writer.count(role.licenceStates.count)
    for state in role.licenceStates { writer.text(state) }
    writer.count(role.languages.count)
    for language in role.languages { writer.text(language) }
    writer.count(role.plans.count)
    for plan in role.plans { writer.plan(plan) }
    writer.byte(code(role.newPatients))
    writer.site(role.site)
    writer.byte(
      (role.hasSchedule ? 1 : 0) | (role.visitTypes.contains(.inPerson) ? 2 : 0)
        | (role.visitTypes.contains(.telehealth) ? 4 : 0) | (role.source == nil ? 0 : 8))
    if let source = role.source {
      writer.fixed(UInt32(bitPattern: source.updated.daysSinceEpoch))
    }
    let own = writer.bytes.count
    writer.count(role.source == nil ? 0 : Int(feed) + 1)
    bytes = writer.bytes
    return own
  }

  /// - Parameter feed: the name of a feed by its ordinal.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, feed: (UInt32) throws(RecordError) -> String
  ) throws(RecordError) -> PractitionerRole {
    var reader = RecordReader(bytes: bytes)
    let version = try reader.byte()
    guard version == self.version else { throw .unknownVersion(version) }
    guard let id = RoleID(rawValue: Int64(bitPattern: try reader.fixed())) else {
      throw .malformed("role id")
    }
    let name = try reader.name()
    let gender = try gender(try reader.byte())
    let taxonomies = try reader.list { (reader) throws(RecordError) in
      guard let code = TaxonomyCode(try reader.text()) else { throw .malformed("taxonomy code") }
      return code
    }
    let licences = try reader.list { (reader) throws(RecordError) in try reader.text() }
    let languages = try reader.list { (reader) throws(RecordError) in try reader.text() }
    let plans = try reader.list { (reader) throws(RecordError) in try reader.plan() }
    let newPatients = try newPatients(try reader.byte())
    let site = try reader.site()
    let flags = try reader.byte()
    guard flags < 16 else { throw .malformed("flags") }
    let day: UInt32? = flags & 8 == 0 ? nil : try reader.fixed()
    let ordinal = try reader.count()
    guard (ordinal > 0) == (day != nil), reader.isAtEnd else { throw .malformed("end of record") }
    var source: RoleSource?
    if let day {
      source = RoleSource(
        feed: try feed(UInt32(clamping: ordinal - 1)),
        updated: CivilDate(daysSinceEpoch: Int32(bitPattern: day)))
    }
    var visitTypes: Set<VisitType> = []
    if flags & 2 != 0 { visitTypes.insert(.inPerson) }
    if flags & 4 != 0 { visitTypes.insert(.telehealth) }
    return PractitionerRole(
      id: id, name: name, gender: gender, taxonomies: taxonomies, licenceStates: licences,
      languages: languages, plans: plans, newPatients: newPatients, site: site,
      hasSchedule: flags & 1 != 0,
      visitTypes: visitTypes, source: source)
  }

  private static func code(_ gender: Gender?) -> UInt8 {
    switch gender {
    case nil: 0
    case .female: 1
    case .male: 2
    }
  }

  private static func gender(_ code: UInt8) throws(RecordError) -> Gender? {
    switch code {
    case 0: nil
    case 1: .female
    case 2: .male
    default: throw .malformed("gender")
    }
  }

  private static func code(_ newPatients: NewPatients) -> UInt8 {
    switch newPatients {
    case .unknown: 0
    case .accepting: 1
    case .notAccepting: 2
    case .someLocations: 3
    }
  }

  private static func newPatients(_ code: UInt8) throws(RecordError) -> NewPatients {
    switch code {
    case 0: .unknown
    case 1: .accepting
    case 2: .notAccepting
    case 3: .someLocations
    default: throw .malformed("new patients")
    }
  }
}

/// Why the bytes of a record are not a role.
enum RecordError: Error, Hashable {
  case unknownVersion(UInt8)
  case truncated
  case malformed(String)
}

extension RecordWriter {
  fileprivate mutating func name(_ name: ProviderName) {
    switch name {
    case .person(let first, let middle, let last, let suffix, let credential):
      byte(1)
      for part in [first, middle, last, suffix, credential] { text(part) }
    case .organization(let name):
      byte(2)
      text(name)
    }
  }

  fileprivate mutating func plan(_ plan: PlanMembership) {
    text(plan.planID)
    text(plan.planName)
    byte((plan.insurerID == nil ? 0 : 1) | (plan.asOf == nil ? 0 : 2))
    if let insurer = plan.insurerID { text(insurer) }
    if let day = plan.asOf { fixed(UInt32(bitPattern: day.daysSinceEpoch)) }
  }

  fileprivate mutating func site(_ site: PracticeSite) {
    for part in [
      site.addressLine1, site.addressLine2, site.city, site.state, site.zip, site.phone,
    ] { text(part) }
    fixed(site.coordinate.latitude.bitPattern)
    fixed(site.coordinate.longitude.bitPattern)
    text(site.timeZone)
  }
}

extension RecordReader {
  fileprivate mutating func name() throws(RecordError) -> ProviderName {
    switch try byte() {
    case 1:
      .person(
        first: try text(), middle: try text(), last: try text(), suffix: try text(),
        credential: try text())
    case 2: .organization(try text())
    default: throw .malformed("kind of name")
    }
  }

  fileprivate mutating func plan() throws(RecordError) -> PlanMembership {
    let id = try text()
    let name = try text()
    let present = try byte()
    guard present < 4 else { throw .malformed("plan") }
    let insurer = present & 1 == 0 ? nil : try text()
    let day: CivilDate? =
      present & 2 == 0
      ? nil : CivilDate(daysSinceEpoch: Int32(bitPattern: try fixed() as UInt32))
    return PlanMembership(planID: id, planName: name, insurerID: insurer, asOf: day)
  }

  fileprivate mutating func site() throws(RecordError) -> PracticeSite {
    let line1 = try text()
    let line2 = try text()
    let city = try text()
    let state = try text()
    let zip = try text()
    let phone = try text()
    let latitude = Double(bitPattern: try fixed())
    let longitude = Double(bitPattern: try fixed())
    guard let coordinate = Coordinate(latitude: latitude, longitude: longitude) else {
      throw .malformed("coordinate")
    }
    return PracticeSite(
      addressLine1: line1, addressLine2: line2, city: city, state: state, zip: zip, phone: phone,
      coordinate: coordinate, timeZone: try text())
  }
}
