import Geospatial
import ProviderDirectory

/// One role as an index document: its terms, its value and its record. Kept and refilled, so that
/// a million of them allocate little.
struct RoleDocument {
  private(set) var filters = TermList()
  private(set) var words = TermList()
  /// Slot 0: which role it is, where, and its `RoleTraits`; the columns are made of these.
  private(set) var value: [UInt8] = []
  /// Slot 1: which facet values the role has.
  private(set) var facets: [UInt8] = []
  private(set) var record: [UInt8] = []
  /// How much of the record is about the role itself, and not about the file it was read from.
  private(set) var ownRecordCount = 0
  /// The distinct words of the name, for the spelling dictionary.
  private(set) var nameWords: [[UInt8]] = []

  static let valueSlot: UInt32 = 0
  static let placeWidth = 24
  static let facetSlot: UInt32 = 1
  static let valueWidth = placeWidth + RoleTraits.width

  mutating func fill(with role: PractitionerRole, insurerIDs: [String], numbers: IndexNumbers) {
    fillFilters(role, insurerIDs: insurerIDs)
    fillWords(role.name)
    var place = RecordWriter(bytes: value)
    place.bytes.removeAll(keepingCapacity: true)
    place.fixed(role.id.rawValue)
    place.fixed(role.site.coordinate.latitude.bitPattern)
    place.fixed(role.site.coordinate.longitude.bitPattern)
    RoleTraits(role).write(to: &place)
    value = place.bytes
    let feed = numbers.number(role, insurerIDs: insurerIDs, facets: &facets)
    record.removeAll(keepingCapacity: true)
    ownRecordCount = RoleRecord.encode(role, feed: feed, into: &record)
  }

  private mutating func fillFilters(_ role: PractitionerRole, insurerIDs: [String]) {
    filters.removeAll()
    for taxonomy in role.taxonomies { filters.append(.specialty, taxonomy.text) }
    for insurer in insurerIDs { filters.append(.insurer, insurer) }
    for plan in role.plans { filters.append(.plan, plan.planID) }
    let geohash = Geohash(role.site.coordinate, precision: TermPrefix.geohashPrecisions.upperBound)
    let text = geohash.text.utf8
    for precision in TermPrefix.geohashPrecisions {
      filters.append(.geohash, text.prefix(precision))
    }
    filters.append(.state, role.site.state)
    for state in role.licenceStates { filters.append(.licence, state) }
    if role.licenceStates.isEmpty { filters.append(.licence, TermPrefix.noLicence) }
    for type in VisitType.allCases where role.visitTypes.contains(type) {
      filters.append(.visitType, type.rawValue)
    }
    for language in role.languages { filters.append(.language, language) }
    if let gender = role.gender { filters.append(.gender, gender.rawValue) }
    filters.append(.newPatients, role.newPatients.rawValue)
    if role.hasSchedule { filters.append(.bookable, TermPrefix.bookableTerm) }
  }

  private mutating func fillWords(_ name: ProviderName) {
    words.removeAll()
    nameWords.removeAll(keepingCapacity: true)
    switch name {
    case .person(let first, let middle, let last, _, _):
      for part in [first, middle, last] { appendWords(of: part) }
    case .organization(let name):
      appendWords(of: name)
    }
  }

  private mutating func appendWords(of text: String) {
    for word in NameWords.words(of: text) {
      for term in word.terms {
        words.append(.nameWord, term)
        if term.count > 1, !nameWords.contains(term) { nameWords.append(term) }
      }
    }
  }
}
