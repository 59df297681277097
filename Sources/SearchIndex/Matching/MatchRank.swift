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
  /// By the number of a primary taxonomy's code.
  private let specialties: [MatchRank.Specialty]
  private let name: AskedName?
  /// The kind that is not the one asked for, as traits have it; nil where either will do.
  private let otherKind: UInt16?
  private let isInsured: Bool
  /// Whether all documents have the same rank.
  let areEqual: Bool

  private static let first = MatchRank(specialty: .exact, name: .whole, isOtherKind: false)

  init(_ query: CandidateQuery, traits: TraitColumns) {
    self.traits = traits
    name = query.name.flatMap { AskedName(NameWords.words(of: $0)) }
    isInsured = !query.insurance.isEmpty
    otherKind = query.preferredKind.map { $0 == .individual ? 1 : 0 }
    areEqual =
      query.specialties.isEmpty && name == nil && query.preferredKind == nil && !isInsured
    let unasked: MatchRank.Specialty = query.specialties.isEmpty ? .exact : .mentioned
    var specialties = [MatchRank.Specialty](
      repeating: unasked, count: areEqual ? 0 : traits.codeCount)
    for code in query.specialties {
      if let index = traits.index(of: code) {
        specialties[index] = Self.specialty(code, first: query.specialties[0])
      }
    }
    self.specialties = specialties
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
    let trait = traits.traits[index]
    let kind = trait & 1
    return MatchRank(
      specialty: specialties[Int(trait >> 2)],
      name: name?.match(
        NameKey(surname: traits.surnames[index], given: traits.givens[index]),
        isOrganization: kind == 1) ?? .whole,
      isOtherKind: kind == otherKind, isStale: isInsured && trait & 2 != 0)
  }
}
