public import CivilTime
public import Geospatial
public import ProviderDirectory

/// What a line of words asks for. Every word is in one of `parts` or in `unrecognized`.
public struct ParsedQuery: Hashable, Sendable {
  public var text: String
  /// Any of these will do, the most exact first; at most 25.
  public var specialties: [Specialty] = []
  /// Any of these will do.
  public var insurance: [InsuranceMatch] = []
  /// Kinds of plan named beside the insurer, such as `PPO`.
  public var planProducts: [String] = []
  public var place: ParsedPlace?
  /// States to stay in; any of these will do.
  public var states: [StateEntry] = []
  public var radiusMiles: Double?
  public var dates: ClosedRange<CivilDate>?
  public var times: TimeRange?
  public var visitType: VisitType?
  /// ISO 639 codes; any of these will do.
  public var languages: [String] = []
  public var gender: Gender?
  /// A practitioner's name, as written.
  public var name: String?
  public var sort: SortOrder?
  /// Words that were not understood, as written; a phrase for what is not wanted.
  public var unrecognized: [String] = []
  /// Whether it asks for open slots without saying when.
  public var wantsAvailability = false
  /// Whether it asks for someone who takes new patients.
  public var wantsNewPatients = false
  /// What was assumed: spellings corrected, one of several cities chosen, and so on.
  public var notes: [String] = []
  /// What each stretch of words was taken for, in their order.
  public var parts: [QueryPart] = []

  public init(text: String) { self.text = text }

  /// What is said of `planProducts`, which no search can use; nil where there are none.
  public var noteOnPlanProducts: String? {
    planProducts.isEmpty
      ? nil
      : "\(planProducts.joined(separator: ", ")) is not used: plans are told apart by insurer and "
        + "plan id alone"
  }
}

/// A NUCC code with its name.
public struct Specialty: Hashable, Sendable {
  public let code: TaxonomyCode
  public let name: String

  public init(code: TaxonomyCode, name: String) {
    self.code = code
    self.name = name
  }
}

/// An insurer, or one plan.
public struct InsuranceMatch: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case insurer, plan }

  /// Of `data/tables/insurers.tsv`, or the plan's own id.
  public let id: String
  public let name: String
  public let kind: Kind

  public init(id: String, name: String, kind: Kind = .insurer) {
    self.id = id
    self.name = name
    self.kind = kind
  }
}

public struct ParsedPlace: Hashable, Sendable {
  /// `me` is the person's own place; it has a coordinate when `ParseContext.home` gave one.
  public enum Kind: String, Hashable, Sendable { case me, zip, city, point }

  public var kind: Kind
  /// For people, for example `Boston, MA`.
  public var label: String
  public var zip: String?
  public var city: String?
  /// Two-letter USPS code.
  public var state: String?
  public var coordinate: Coordinate?
  /// IANA name.
  public var zoneName: String?
  /// Of a city; 0 where unknown.
  public var population: Int?

  public init(
    kind: Kind, label: String, zip: String? = nil, city: String? = nil, state: String? = nil,
    coordinate: Coordinate? = nil, zoneName: String? = nil, population: Int? = nil
  ) {
    self.population = population
    self.kind = kind
    self.label = label
    self.zip = zip
    self.city = city
    self.state = state
    self.coordinate = coordinate
    self.zoneName = zoneName
  }
}

/// From one wall-clock time to another on the same day, the end not included.
public struct TimeRange: Hashable, Sendable {
  public let from: TimeOfDay
  public let to: TimeOfDay

  public init(from: TimeOfDay, to: TimeOfDay) {
    self.from = from
    self.to = to
  }
}

public enum SortOrder: String, Hashable, Sendable, CaseIterable { case soonest, distance, best }

/// A stretch of words and what it was taken for.
public struct QueryPart: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case specialty, complaint, insurance, product, place, state, radius, dates, times, visitType
    case language, gender, name, sort, availability, newPatients, patient, grammar
  }

  /// As written.
  public let text: String
  public let kind: Kind
  /// For people, for example `Cardiologist` or `Boston, MA`; empty for grammar.
  public let meaning: String
}

/// What the words are read against.
public struct ParseContext: Sendable {
  public var now: Instant
  /// What "near me" means.
  public var home: ParsedPlace?
  /// Where neither home nor a place in the words says what day it is.
  public var fallbackZone: Zone

  public init(now: Instant, home: ParsedPlace? = nil, fallbackZone: Zone) {
    self.now = now
    self.home = home
    self.fallbackZone = fallbackZone
  }
}
