import CivilTime
import Geospatial
import ProviderDirectory

/// A role as bytes, so that results are read from the index alone; which role it is and where it
/// is say the columns of places.
///
/// Version 4: first what is the role's own, in declaration order: text as UTF-8 after its length,
/// lengths, counts and days as LEB128, choices as one byte, ZIP and phone as numbers; of lists the
/// lengths. Then the ordinals of the texts that roles have in common, which the index's notes
/// have: codes, licences and languages, what is said of plans, the state, the time zone, and the
/// feed that it comes from.
enum RoleRecord {
  static let version: UInt8 = 4

  /// Appends what is the role's own, and to `texts` what it has in common with others, without the
  /// feed.
  static func encode(_ role: PractitionerRole, into bytes: inout [UInt8], texts: inout [String]) {
    var writer = RecordWriter(bytes: bytes)
    bytes = []
    writer.byte(version)
    writer.name(role.name)
    writer.byte(code(role.gender))
    writer.count(role.taxonomies.count)
    for taxonomy in role.taxonomies { texts.append(taxonomy.text) }
    writer.count(role.licenceStates.count)
    texts += role.licenceStates
    writer.count(role.languages.count)
    texts += role.languages
    writer.count(role.plans.count)
    for plan in role.plans {
      writer.byte((plan.insurerID == nil ? 0 : 1) | (plan.asOf == nil ? 0 : 2))
      if let day = plan.asOf { writer.day(day) }
      texts += [plan.planID, plan.planName]
      if let insurer = plan.insurerID { texts.append(insurer) }
    }
    writer.byte(code(role.newPatients))
    writer.text(role.site.addressLine1)
    writer.text(role.site.addressLine2)
    writer.text(role.site.city)
    writer.digits(role.site.zip)
    writer.digits(role.site.phone)
    texts += [role.site.state, role.site.timeZone]
    writer.byte(
      (role.hasSchedule ? 1 : 0) | (role.visitTypes.contains(.inPerson) ? 2 : 0)
        | (role.visitTypes.contains(.telehealth) ? 4 : 0) | (role.source == nil ? 0 : 8))
    if let source = role.source { writer.day(source.updated) }
    bytes = writer.bytes
  }

  /// - Parameter text: the text of an ordinal.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, _ id: RoleID, at coordinate: Coordinate,
    text: (UInt32) throws(RecordError) -> String
  ) throws(RecordError) -> PractitionerRole {
    var reader = RecordReader(bytes: bytes)
    let version = try reader.byte()
    guard version == self.version else { throw .unknownVersion(version) }
    let name = try reader.name()
    let gender = try gender(try reader.byte())
    let taxonomyCount = try reader.length()
    let licenceCount = try reader.length()
    let languageCount = try reader.length()
    let plans = try reader.list { (reader) throws(RecordError) in
      let present = try reader.byte()
      guard present < 4 else { throw .malformed("plan") }
      let day = present & 2 == 0 ? nil : try reader.day()
      return (hasInsurer: present & 1 == 1, asOf: day)
    }
    let newPatients = try newPatients(try reader.byte())
    let line1 = try reader.text()
    let line2 = try reader.text()
    let city = try reader.text()
    let zip = try reader.digits()
    let phone = try reader.digits()
    let flags = try reader.byte()
    guard flags < 16 else { throw .malformed("flags") }
    let updated: CivilDate? = flags & 8 == 0 ? nil : try reader.day()
    func shared() throws(RecordError) -> String {
      try text(UInt32(clamping: try reader.count()))
    }
    func shared(_ count: Int) throws(RecordError) -> [String] {
      var texts: [String] = []
      texts.reserveCapacity(count)
      for _ in 0..<count { texts.append(try shared()) }
      return texts
    }
    var taxonomies: [TaxonomyCode] = []
    taxonomies.reserveCapacity(taxonomyCount)
    for _ in 0..<taxonomyCount {
      guard let code = TaxonomyCode(try shared()) else { throw .malformed("taxonomy code") }
      taxonomies.append(code)
    }
    let licences = try shared(licenceCount)
    let languages = try shared(languageCount)
    var memberships: [PlanMembership] = []
    memberships.reserveCapacity(plans.count)
    for plan in plans {
      memberships.append(
        PlanMembership(
          planID: try shared(), planName: try shared(),
          insurerID: plan.hasInsurer ? try shared() : nil, asOf: plan.asOf))
    }
    let state = try shared()
    let timeZone = try shared()
    var source: RoleSource?
    if let updated { source = RoleSource(feed: try shared(), updated: updated) }
    guard reader.isAtEnd else { throw .malformed("end of record") }
    return PractitionerRole(
      id: id, name: name, gender: gender, taxonomies: taxonomies, licenceStates: licences,
      languages: languages, plans: memberships, newPatients: newPatients,
      site: PracticeSite(
        addressLine1: line1, addressLine2: line2, city: city, state: state, zip: zip,
        phone: phone, coordinate: coordinate, timeZone: timeZone),
      hasSchedule: flags & 1 != 0, visitTypes: visitTypes[Int(flags >> 1 & 3)], source: source)
  }

  /// By two bits: in person, and by video.
  private static let visitTypes: [Set<VisitType>] = [
    [], [.inPerson], [.telehealth], [.inPerson, .telehealth],
  ]

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
}
