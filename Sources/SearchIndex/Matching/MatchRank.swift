import ProviderDirectory

/// How well a role is what was asked for, before distance and time are looked at: the first part of
/// the order `best`, the lesser first. Who only mentions the specialty comes last; then `name`
/// decides, then `isOtherKind`, then how exact the specialty is, then `isStale`.
public struct MatchRank: Hashable, Comparable, Sendable {
  /// The part that the specialty asked for has in the role's work.
  public enum Specialty: UInt8, Hashable, Sendable {
    /// The primary taxonomy is the first code asked for; also where no specialty is asked for.
    case exact
    /// The primary taxonomy is another one of the codes asked for.
    case related
    /// It is one, but of another NUCC grouping than the first: a nurse where a physician is asked
    /// for.
    case otherProfession
    /// A code asked for is listed, and is not the primary one.
    case mentioned
  }

  /// How much of the role's name was asked for.
  public enum Name: UInt8, Hashable, Sendable {
    /// The surname, with or without the given name, or an organization's name but for its legal
    /// form; also where no name is asked for.
    case whole
    /// Words of a person's name.
    case part
    /// Words of an organization's name.
    case organizationPart
  }

  public let specialty: Specialty
  public let name: Name
  /// A person where the specialty is one of organizations, or the other way round.
  public let isOtherKind: Bool
  /// Insurance is asked for, and what was said last of the role's plans is too old to be relied on.
  public let isStale: Bool

  init(specialty: Specialty, name: Name, isOtherKind: Bool, isStale: Bool = false) {
    self.specialty = specialty
    self.name = name
    self.isOtherKind = isOtherKind
    self.isStale = isStale
  }

  /// How many numbers there are.
  static let count = 96

  /// From 0; roles of one number are put in order by what it costs to see them.
  var number: UInt8 {
    let exactness = specialty.rawValue & 3
    let place =
      (specialty == .mentioned ? 24 : 0) + name.rawValue << 3 + (isOtherKind ? 4 : 0) + exactness
    return place << 1 + (isStale ? 1 : 0)
  }

  public static func < (a: MatchRank, b: MatchRank) -> Bool { a.number < b.number }
}

/// The ranks of documents in one query.
struct MatchRanks {
  private let traits: TraitColumns
  /// By trait, as if the name were whole.
  private let ranks: [MatchRank]
  private let name: AskedName?
  /// Whether all documents have the same rank.
  let areEqual: Bool

  private static let first = MatchRank(specialty: .exact, name: .whole, isOtherKind: false)

  init(_ query: CandidateQuery, traits: TraitColumns) {
    self.traits = traits
    name = query.name.flatMap { AskedName(NameWords.words(of: $0)) }
    let isInsured = !query.insurance.isEmpty
    areEqual =
      query.specialties.isEmpty && name == nil && query.preferredKind == nil && !isInsured
    if areEqual {
      ranks = []
      return
    }
    let unasked: MatchRank.Specialty = query.specialties.isEmpty ? .exact : .mentioned
    var specialties = [MatchRank.Specialty](repeating: unasked, count: traits.codeCount)
    for code in query.specialties {
      if let index = traits.index(of: code) {
        specialties[index] = Self.specialty(code, first: query.specialties[0])
      }
    }
    ranks = specialties.flatMap { specialty in
      [false, true].flatMap { isStale in
        [TaxonomyEntry.Kind.individual, .organization].map { kind in
          MatchRank(
            specialty: specialty, name: .whole,
            isOtherKind: query.preferredKind.map { $0 != kind } ?? false,
            isStale: isStale && isInsured)
        }
      }
    }
  }

  /// NUCC numbers its groupings by the first two characters.
  private static func specialty(
    _ code: TaxonomyCode, first: TaxonomyCode
  ) -> MatchRank.Specialty {
    if code == first { return .exact }
    return code.text.prefix(2) == first.text.prefix(2) ? .related : .otherProfession
  }

  func rank(_ document: UInt32) -> MatchRank {
    if areEqual { return Self.first }
    let index = Int(document) - 1
    let trait = Int(traits.traits[index])
    let rank = ranks[trait]
    guard let name else { return rank }
    let match = name.match(
      NameKey(surname: traits.surnames[index], given: traits.givens[index]),
      isOrganization: trait & 1 == 1)
    return MatchRank(
      specialty: rank.specialty, name: match, isOtherKind: rank.isOtherKind,
      isStale: rank.isStale)
  }
}
