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
  /// The `RoleRecord`, for the column of records.
  private(set) var record: [UInt8] = []
  /// How much of the record is the role's own; the ordinals of its texts follow.
  private(set) var ownRecordCount = 0
  /// What the role has in common with others, without the feed that it was read from.
  private(set) var texts: [String] = []
  /// The distinct words of the name, for the spelling dictionary.
  private(set) var nameWords: [[UInt8]] = []
  private var numbers: KnownNumbers

  static let valueSlot: UInt32 = 0
  static let placeWidth = 24
  static let facetSlot: UInt32 = 1
  static let valueWidth = placeWidth + RoleTraits.width

  init(numbers: IndexNumbers) { self.numbers = KnownNumbers(numbers) }

  mutating func fill(with role: PractitionerRole, insurerIDs: [String]) {
    fillFilters(role, insurerIDs: insurerIDs)
    let name = WordsOfName(role.name)
    fillWords(name)
    var place = RecordWriter(bytes: value)
    value = []
    place.bytes.removeAll(keepingCapacity: true)
    place.fixed(role.id.rawValue)
    place.fixed(role.site.coordinate.latitude.bitPattern)
    place.fixed(role.site.coordinate.longitude.bitPattern)
    RoleTraits(role, name).write(to: &place)
    value = place.bytes
    numbers.listFacets(of: role, insurerIDs: insurerIDs, into: &facets)
    fillRecord(role)
  }

  private mutating func fillRecord(_ role: PractitionerRole) {
    record.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    RoleRecord.encode(role, into: &record, texts: &texts)
    ownRecordCount = record.count
    var ordinals = RecordWriter(bytes: record)
    record = []
    for text in texts { ordinals.count(Int(numbers.ordinal(of: text))) }
    if let source = role.source { ordinals.count(Int(numbers.ordinal(of: source.feed))) }
    record = ordinals.bytes
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

  private mutating func fillWords(_ name: WordsOfName) {
    words.removeAll()
    nameWords.removeAll(keepingCapacity: true)
    for part in [name.first, name.middle, name.last] {
      for word in part {
        for term in word.terms {
          words.append(.nameWord, term)
          if term.count > 1, !nameWords.contains(term) { nameWords.append(term) }
        }
      }
    }
  }
}
