public import Geospatial
public import ProviderDirectory
public import SearchIndex

/// One line of a file of queries: specialties, insurers, latitude, longitude, metres, and then what
/// else is asked for, empty where it is not: language, gender, visit type.
public struct Query: Sendable {
  public var specialties: [TaxonomyCode]
  public var insurers: [String]
  public var center: Coordinate
  public var radiusMeters: Double
  public var language: String?
  public var gender: Gender?
  public var visitType: VisitType?

  public init?(_ line: Substring) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard fields.count == 8, let latitude = Double(fields[2]), let longitude = Double(fields[3]),
      let center = Coordinate(latitude: latitude, longitude: longitude),
      let radius = Double(fields[4])
    else { return nil }
    specialties = fields[0].split(separator: ",").compactMap { TaxonomyCode($0) }
    insurers = fields[1].split(separator: ",").map(String.init)
    self.center = center
    radiusMeters = radius
    language = fields[5].isEmpty ? nil : String(fields[5])
    gender = Gender(rawValue: String(fields[6]))
    visitType = VisitType(rawValue: String(fields[7]))
  }

  /// As the product asks its index.
  public func candidates() throws -> CandidateQuery {
    CandidateQuery(
      specialties: specialties, insurance: insurers.map { .insurer($0) },
      area: try .circle(center: center, radiusMeters: radiusMeters), visitType: visitType,
      languages: language.map { [$0] } ?? [], gender: gender)
  }
}
