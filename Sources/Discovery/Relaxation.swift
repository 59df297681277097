import Geospatial
public import ProviderDirectory

/// One condition of a search that found nothing, let go, and what the search would find then.
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

  public let condition: Condition
  /// How many results the search would have, were its page long enough; never 0.
  public let count: Int
  /// False where the budget, or `SearchPipeline.largestCount`, ended the counting.
  public let isExact: Bool

  /// The radii that are tried, in miles; the smallest that finds someone is told.
  public static let radii: [Double] = [15, 25, 50, 100]
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
