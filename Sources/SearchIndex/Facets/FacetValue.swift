/// A fact that roles share and that a search can count and be narrowed to.
public struct FacetValue: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case specialty, insurer, plan, language
  }

  public var kind: Kind
  /// A NUCC code, an id of `data/tables/insurers.tsv`, a plan id as filed, or an ISO 639 code.
  public var code: String

  public init(_ kind: Kind, _ code: String) {
    self.kind = kind
    self.code = code
  }

  /// The prefix of the term that finds the roles with the value.
  var prefix: TermPrefix {
    switch kind {
    case .specialty: .specialty
    case .insurer: .insurer
    case .plan: .plan
    case .language: .language
    }
  }
}

/// A value with what only the index knows about it.
public struct FacetEntry: Hashable, Sendable {
  public var value: FacetValue
  /// The plan's marketing name; empty for the other kinds, whose names the tables have.
  public var planName: String
  /// Whose plan it is, when an insurer claims it.
  public var insurerID: String?

  init(_ value: FacetValue, planName: String = "", insurerID: String? = nil) {
    self.value = value
    self.planName = planName
    self.insurerID = insurerID
  }
}

public struct FacetCount: Hashable, Sendable {
  public var entry: FacetEntry
  /// At least 1.
  public var count: Int
}

/// What the roles that match and are in the area have in common, all of them counted.
public struct Facets: Hashable, Sendable {
  /// How many roles were counted.
  public var counted: Int
  /// Every value that any of them has, the most frequent first, ties by kind and code.
  public var counts: [FacetCount]
  /// How many are within each radius that was asked for; empty without an origin.
  public var distances: [DistanceCount]

  public struct DistanceCount: Hashable, Sendable {
    public var radiusMeters: Double
    public var count: Int
  }
}
