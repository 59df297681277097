import CivilTime
import Console
import Discovery
import ProviderDirectory
import QueryParsing
import SearchIndex

/// Why the results are these and in this order: what `search --explain` adds.
struct Explanation: Encodable {
  struct Stage: Encodable {
    /// `matched`, `in_area`, `not_licensed` (in the area beside those; of visits by video alone),
    /// `planned` or `listed`.
    let stage: String
    let count: Int
    /// Finding who matches and who of them is in the area is one walk, told under the latter.
    let elapsedMilliseconds: Double?

    enum CodingKeys: String, CodingKey {
      case stage, count
      case elapsedMilliseconds = "elapsed_ms"
    }
  }
  struct Specialty: Encodable {
    let code: String
    let name: String
    /// From 1: of the codes asked for, the most exact first.
    let askedPlace: Int
    /// From 1: of the practitioner's own codes, the primary one first.
    let listedPlace: Int
    /// `exact`, `related`, `other-profession` or `mentioned`.
    let tier: String

    enum CodingKeys: String, CodingKey {
      case code, name, tier
      case askedPlace = "asked_place"
      case listedPlace = "listed_place"
    }
  }
  /// What `best` adds up; in kilometres.
  struct Cost: Encodable {
    let distance, wait, total: Double
  }
  struct Parts: Encodable {
    let roleID: String
    let specialty: Nullable<Specialty>
    /// `whole`, `part` or `organization-part` of the name, where one was asked for.
    let nameMatch: Nullable<String>
    /// A person where the specialty is one of organizations, or the other way round.
    let isOtherKind: Bool
    /// What was said last of its plans is too old to be relied on.
    let isStale: Bool
    let distanceMeters: Nullable<Double>
    /// From now to the first of its slots that is listed.
    let secondsToSlot: Nullable<Int64>
    let cost: Cost

    enum CodingKeys: String, CodingKey {
      case specialty, cost
      case nameMatch = "name_match"
      case isOtherKind = "other_kind"
      case isStale = "stale"
      case roleID = "role_id"
      case distanceMeters = "distance_m"
      case secondsToSlot = "seconds_to_slot"
    }
  }

  let order: String
  let stages: [Stage]
  let results: [Parts]
}

extension Explanation {
  /// - Parameter ofAnyLicence: how many would be in the area if no licence were asked for; nil
  ///   where none is.
  init(
    _ results: SearchResults, of request: SearchRequest, ofAnyLicence: Int?, now: Instant,
    names: DirectoryNames
  ) {
    let stats = results.stats
    order = Self.order(request)
    var stages = [
      Stage(stage: "matched", count: stats.matched, elapsedMilliseconds: nil),
      Stage(
        stage: "in_area", count: stats.inArea, elapsedMilliseconds: stats.matching.milliseconds),
    ]
    if let ofAnyLicence {
      stages.append(
        Stage(
          stage: "not_licensed", count: ofAnyLicence - stats.inArea, elapsedMilliseconds: nil))
    }
    stages += [
      Stage(
        stage: "planned", count: stats.planned, elapsedMilliseconds: stats.planning.milliseconds),
      Stage(
        stage: "listed", count: results.results.count,
        elapsedMilliseconds: stats.reading.milliseconds),
    ]
    self.stages = stages
    self.results = results.results.map { Parts($0, of: request, now: now, names: names) }
  }

  private static func order(_ request: SearchRequest) -> String {
    let nearest = "the nearest first, ties by role id"
    let best =
      "specialty and name first, then the least km + \(rounded(VisitCost.kilometersPerDay)) km for"
      + " each day's wait, ties by role id"
    return switch (request.sort, request.onlyBookable) {
    case (.soonest, _): "soonest: by first open slot, then \(nearest)"
    case (.distance, false): "distance: \(nearest)"
    case (.distance, true): "distance: those with an open slot, \(nearest)"
    case (.best, true): "best: those with an open slot; \(best)"
    case (.best, false): "best: those with an open slot, then the others; \(best)"
    }
  }

  var lines: [String] {
    ["Order: \(order)."]
      + stages.map { stage in
        let time = stage.elapsedMilliseconds.map { "  \($0) ms" } ?? ""
        return "  \(stage.stage): \(stage.count)\(time)"
      } + results.enumerated().map { "  \($0 + 1). \(Self.said($1))" }
  }

  private static func said(_ parts: Parts) -> String {
    var said = [parts.roleID]
    if let specialty = parts.specialty.value {
      said.append(
        "\(specialty.name) (\(specialty.tier)): \(specialty.askedPlace). asked,"
          + " \(specialty.listedPlace). of their own")
    }
    if let name = parts.nameMatch.value { said.append("name: \(name)") }
    if parts.isOtherKind { said.append("person or organization: the other one") }
    if parts.isStale { said.append("what is said of plans is old") }
    if let meters = parts.distanceMeters.value { said.append("\(Int(meters.rounded())) m away") }
    if let seconds = parts.secondsToSlot.value {
      said.append("first slot in \(seconds / 3600) h \(seconds / 60 % 60) min")
    } else {
      said.append("no open slot listed")
    }
    let cost = parts.cost
    said.append(
      "cost \(rounded(cost.distance)) + \(rounded(cost.wait)) = \(rounded(cost.total)) km")
    return said.joined(separator: "; ")
  }

  /// To a tenth, without a zero behind the point.
  private static func rounded(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}

extension Explanation.Parts {
  init(_ result: SearchResult, of request: SearchRequest, now: Instant, names: DirectoryNames) {
    roleID = "\(result.role.id)"
    let fit = SpecialtyFit(
      asked: request.candidates.specialties, listed: result.role.taxonomies)
    specialty = Nullable(
      fit.map {
        Explanation.Specialty(
          code: $0.code.text, name: names.specialty($0.code), askedPlace: $0.askedIndex + 1,
          listedPlace: $0.listedIndex + 1, tier: Self.word(result.rank.specialty))
      })
    nameMatch = Nullable(
      request.candidates.name == nil ? nil : Self.word(result.rank.name))
    isOtherKind = result.rank.isOtherKind
    isStale = result.rank.isStale
    distanceMeters = Nullable(result.distanceMeters.map(Self.thousandths))
    secondsToSlot = Nullable(
      result.slots.first.map { $0.start.secondsSinceEpoch - now.secondsSinceEpoch })
    cost = Explanation.Cost(
      distance: Self.thousandths(result.cost.distance), wait: Self.thousandths(result.cost.wait),
      total: Self.thousandths(result.cost.total))
  }

  private static func thousandths(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  private static func word(_ specialty: MatchRank.Specialty) -> String {
    switch specialty {
    case .exact: "exact"
    case .related: "related"
    case .otherProfession: "other-profession"
    case .mentioned: "mentioned"
    }
  }

  private static func word(_ name: MatchRank.Name) -> String {
    switch name {
    case .whole: "whole"
    case .part: "part"
    case .organizationPart: "organization-part"
    }
  }
}
