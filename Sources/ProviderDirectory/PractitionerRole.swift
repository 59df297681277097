public import CivilTime
public import Geospatial

/// One practitioner (or organization) at one practice site: what is indexed, shown and booked.
public struct PractitionerRole: Hashable, Sendable {
  public var id: RoleID
  public var name: ProviderName
  /// As the person reported it to NPPES; nil for organizations and where not given.
  public var gender: Gender?
  /// NUCC codes, the primary one first, no repeats.
  public var taxonomies: [TaxonomyCode]
  /// USPS codes of the states of whose licences the registry knows, in their order; empty where it
  /// lists none, as of most organizations.
  public var licenceStates: [String]
  /// ISO 639-1 codes.
  public var languages: [String]
  public var plans: [PlanMembership]
  public var newPatients: NewPatients
  public var site: PracticeSite
  /// Whether any weekly schedule is on file, so that online booking can be offered.
  public var hasSchedule: Bool
  /// The visit types its schedule offers.
  public var visitTypes: Set<VisitType>
  /// Nil for a role that no file is known for.
  public var source: RoleSource?

  public init(
    id: RoleID, name: ProviderName, gender: Gender? = nil, taxonomies: [TaxonomyCode],
    licenceStates: [String] = [], languages: [String] = [], plans: [PlanMembership] = [],
    newPatients: NewPatients = .unknown, site: PracticeSite, hasSchedule: Bool = false,
    visitTypes: Set<VisitType> = [],
    source: RoleSource? = nil
  ) {
    self.id = id
    self.name = name
    self.gender = gender
    self.taxonomies = taxonomies
    self.licenceStates = licenceStates
    self.languages = languages
    self.plans = plans
    self.newPatients = newPatients
    self.site = site
    self.hasSchedule = hasSchedule
    self.visitTypes = visitTypes
    self.source = source
  }
}

/// Who says that somebody practises somewhere, and when.
public struct RoleSource: Hashable, Sendable {
  /// The name of the file that names the site.
  public var feed: String
  /// The day of the practitioner's last update in that registry.
  public var updated: CivilDate

  public init(feed: String, updated: CivilDate) {
    self.feed = feed
    self.updated = updated
  }
}

/// A person's or an organization's legal name as filed, in the file's own case.
public enum ProviderName: Hashable, Sendable {
  case person(first: String, middle: String, last: String, suffix: String, credential: String)
  case organization(String)
}

public enum Gender: String, Hashable, Sendable { case female, male }

/// Whether a network file says the practitioner takes new patients.
public enum NewPatients: String, Hashable, Sendable, CaseIterable {
  case accepting
  case notAccepting = "not-accepting"
  case someLocations = "some-locations"
  case unknown

  /// What answers a wish for someone who takes new patients. Silence does not: a patient who calls
  /// in vain has been told wrong.
  public static let welcoming: [NewPatients] = [.accepting, .someLocations]
}

public enum VisitType: String, Hashable, Sendable, CaseIterable {
  case inPerson = "in-person"
  case telehealth
}

/// A ten-character NUCC Health Care Provider Taxonomy code such as `207RC0000X`.
public struct TaxonomyCode: Hashable, Comparable, Sendable {
  public let text: String

  /// Nil unless nine ASCII digits or capital letters followed by `X`.
  public init?(_ text: some StringProtocol) {
    guard Self.isCode(text.utf8) else { return nil }
    self.text = String(text)
  }

  /// The same of a whole text, which every result of a search has some of.
  public init?(_ text: String) {
    var text = text
    guard text.withUTF8(Self.isCode) else { return nil }
    self.text = text
  }

  /// The same of a stretch of bytes.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard Self.isCode(bytes) else { return nil }
    text = String(decoding: bytes, as: UTF8.self)
  }

  private static func isCode(_ bytes: some Sequence<UInt8>) -> Bool {
    var count = 0
    var last: UInt8 = 0
    for byte in bytes {
      guard 0x30...0x39 ~= byte || 0x41...0x5A ~= byte, count < 10 else { return false }
      (count, last) = (count + 1, byte)
    }
    return count == 10 && last == UInt8(ascii: "X")
  }

  public static func < (a: TaxonomyCode, b: TaxonomyCode) -> Bool { a.text < b.text }
}

extension TaxonomyCode: CustomStringConvertible {
  public var description: String { text }
}

/// A plan whose network a practitioner is said to be in.
public struct PlanMembership: Hashable, Sendable {
  /// The plan's own id as filed, for example a 14-character HIOS plan id.
  public var planID: String
  /// The marketing name; the id where no plan file named it.
  public var planName: String
  /// The id of the insurer or brand in `data/tables/insurers.tsv`; nil when none claims the plan.
  public var insurerID: String?
  /// The day the network file says it was true.
  public var asOf: CivilDate?

  /// After so many days a claim is stale: issuers have to look at theirs every month
  /// (45 CFR 156.230), and half a year later practitioners have moved and networks have changed.
  public static let daysFresh: Int32 = 180

  /// Whether the claim is too old to be relied on; one without a date never says so.
  public func isStale(on day: CivilDate) -> Bool {
    asOf.map { day.daysSinceEpoch - $0.daysSinceEpoch > Self.daysFresh } ?? false
  }

  public init(planID: String, planName: String, insurerID: String?, asOf: CivilDate?) {
    self.planID = planID
    self.planName = planName
    self.insurerID = insurerID
    self.asOf = asOf
  }
}

/// Where a role practises.
public struct PracticeSite: Hashable, Sendable {
  public var addressLine1: String
  public var addressLine2: String
  public var city: String
  /// Two-letter USPS code.
  public var state: String
  /// Five or nine digits, leading zeros kept.
  public var zip: String
  /// Digits only; empty where not given.
  public var phone: String
  public var coordinate: Coordinate
  /// IANA name, for example `America/New_York`.
  public var timeZone: String

  public init(
    addressLine1: String, addressLine2: String, city: String, state: String, zip: String,
    phone: String, coordinate: Coordinate, timeZone: String
  ) {
    self.addressLine1 = addressLine1
    self.addressLine2 = addressLine2
    self.city = city
    self.state = state
    self.zip = zip
    self.phone = phone
    self.coordinate = coordinate
    self.timeZone = timeZone
  }

  public var key: SiteKey {
    SiteKey(addressLine1: addressLine1, addressLine2: addressLine2, zip5: String(zip.prefix(5)))
  }
}
