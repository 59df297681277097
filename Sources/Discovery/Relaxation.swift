import Geospatial
public import ProviderDirectory

/// A condition of a search that found nothing, let go, and what the search would find then; two
/// conditions where no single one is the one too many.
public struct Relaxation: Hashable, Sendable {
  public enum Condition: Hashable, Sendable {
    /// A circle of this many miles instead of the smaller one.
    case radius(miles: Double)
    case insurance
    /// What the search was narrowed to of its facets.
    case narrowing
    /// These codes, among them all that were asked for, instead.
    case broaderSpecialty([TaxonomyCode])
    case specialty
    case name
    case gender
    case languages
    case visitType
    /// Those too who take no new patients, or do not say.
    case newPatients
    /// Any open slot up to the horizon, whatever the days and times of day.
    case dates
    /// Roles without an open slot too.
    case openSlot
  }

  /// One, or two.
  public let conditions: [Condition]
  /// How many results the search would have, were its page long enough; never 0.
  public let count: Int
  /// False where the budget, or `SearchPipeline.largestCount`, ended the counting.
  public let isExact: Bool

  /// The radii that are tried, in miles; the smallest that finds someone is told.
  public static let radii: [Double] = [15, 25, 50, 100, 250, 500]
  /// So many pairs are told at most.
  public static let mostPairs = 3
}

extension Relaxation.Condition {
  /// What may be let go in `request`, in the order of trying.
  ///
  /// Letting the specialty go says nothing useful unless somebody was asked for by name.
  ///
  /// - Parameter broader: codes of a wider specialty; empty when there is none.
  static func all(in request: SearchRequest, broader: [TaxonomyCode]) -> [Self] {
    let conditions: [Self] =
      Relaxation.radii.map { .radius(miles: $0) } + [
        .narrowing, .dates, .insurance, .gender, .languages, .visitType, .newPatients,
        .broaderSpecialty(broader),
      ] + (request.candidates.name == nil ? [] : [.specialty, .name]) + [.openSlot]
    return conditions.filter { $0.occurs(in: request) }
  }

  /// Two conditions at a time: a larger radius with each of the others first, then the others among
  /// themselves.
  static func pairs(of conditions: [Self]) -> [[Self]] {
    let radii = conditions.filter(\.isRadius)
    let others = conditions.filter { !$0.isRadius }
    return others.flatMap { other in radii.map { [$0, other] } }
      + others.indices.flatMap { first in
        others[(first + 1)...].filter { !others[first].excludes($0) }.map { [others[first], $0] }
      }
  }

  var isRadius: Bool {
    if case .radius = self { true } else { false }
  }

  /// Whether to let go of both is no pair to tell: the one lets go what the other does and more, or
  /// nothing is left of whom was asked for.
  private func excludes(_ other: Self) -> Bool {
    switch (self, other) {
    case (.dates, .openSlot), (.broaderSpecialty, .specialty), (.specialty, .name): true
    default: false
    }
  }

  private func occurs(in request: SearchRequest) -> Bool {
    let candidates = request.candidates
    switch self {
    case .radius(let miles):
      guard let radius = candidates.area?.radiusMeters else { return false }
      return miles * metersPerMile > radius
    case .narrowing: return !candidates.narrowed.isEmpty
    case .insurance: return !candidates.insurance.isEmpty
    case .broaderSpecialty(let codes):
      return !candidates.specialties.isEmpty && codes.count > candidates.specialties.count
        && Set(codes).isSuperset(of: candidates.specialties)
    case .specialty: return !candidates.specialties.isEmpty
    case .name: return candidates.name != nil
    case .gender: return candidates.gender != nil
    case .languages: return !candidates.languages.isEmpty
    case .newPatients: return !candidates.newPatients.isEmpty
    case .visitType: return request.visitType != nil
    case .dates: return request.dates != nil || request.times != nil
    case .openSlot: return request.onlyBookable
    }
  }

  /// The request without the condition.
  func relaxed(_ request: SearchRequest) throws(AreaError) -> SearchRequest {
    var request = request
    switch self {
    case .radius(let miles):
      if let center = request.candidates.area?.center {
        request.candidates.area = try .circle(
          center: center, radiusMeters: miles * metersPerMile)
      }
    case .narrowing: request.candidates.narrowed = []
    case .insurance: request.candidates.insurance = []
    case .broaderSpecialty(let codes): request.candidates.specialties = codes
    case .specialty: request.candidates.specialties = []
    case .name: request.candidates.name = nil
    case .gender: request.candidates.gender = nil
    case .languages: request.candidates.languages = []
    case .newPatients: request.candidates.newPatients = []
    case .visitType:
      request.candidates.visitType = nil
      // It is asked for visits by video alone.
      request.candidates.licence = nil
      request.visitType = nil
    case .dates:
      (request.dates, request.times) = (nil, nil)
      request.onlyBookable = true
    case .openSlot:
      (request.dates, request.times) = (nil, nil)
      request.onlyBookable = false
    }
    return request
  }
}
