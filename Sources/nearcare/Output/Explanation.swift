import CivilTime
import Console
import Discovery
import ProviderDirectory
import QueryParsing

/// Why the results are these and in this order: what `search --explain` adds.
struct Explanation: Encodable {
  struct Stage: Encodable {
    /// `matched`, `in_area`, `planned` or `listed`.
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

    enum CodingKeys: String, CodingKey {
      case code, name
      case askedPlace = "asked_place"
      case listedPlace = "listed_place"
    }
  }
  struct Parts: Encodable {
    let roleID: String
    let specialty: Nullable<Specialty>
    let distanceMeters: Nullable<Double>
    /// From now to the first of its slots that is listed.
    let secondsToSlot: Nullable<Int64>

    enum CodingKeys: String, CodingKey {
      case specialty
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
  init(_ results: SearchResults, of request: SearchRequest, now: Instant, names: DirectoryNames) {
    let stats = results.stats
    order = Self.order(request)
    stages = [
      Stage(stage: "matched", count: stats.matched, elapsedMilliseconds: nil),
      Stage(
        stage: "in_area", count: stats.inArea, elapsedMilliseconds: stats.matching.milliseconds),
      Stage(
        stage: "planned", count: stats.planned, elapsedMilliseconds: stats.planning.milliseconds),
      Stage(
        stage: "listed", count: results.results.count,
        elapsedMilliseconds: stats.reading.milliseconds),
    ]
    self.results = results.results.map { result in
      let fit = SpecialtyFit(
        asked: request.candidates.specialties, listed: result.role.taxonomies)
      return Parts(
        roleID: "\(result.role.id)",
        specialty: Nullable(
          fit.map {
            Specialty(
              code: $0.code.text, name: names.specialty($0.code), askedPlace: $0.askedIndex + 1,
              listedPlace: $0.listedIndex + 1)
          }),
        distanceMeters: Nullable(result.distanceMeters.map { ($0 * 1000).rounded() / 1000 }),
        secondsToSlot: Nullable(
          result.slots.first.map { $0.start.secondsSinceEpoch - now.secondsSinceEpoch }))
    }
  }

  private static func order(_ request: SearchRequest) -> String {
    let nearest = "the nearest first, ties by role id"
    return switch (request.sort, request.onlyBookable) {
    case (.soonest, _): "soonest: by first open slot, then \(nearest)"
    case (.distance, false): "distance: \(nearest)"
    case (.distance, true): "distance: those with an open slot, \(nearest)"
    case (.best, true): "best: those with an open slot, \(nearest)"
    case (.best, false): "best: those with an open slot, then the others; \(nearest)"
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
        "\(specialty.name): \(specialty.askedPlace). asked, \(specialty.listedPlace). of their own")
    }
    if let meters = parts.distanceMeters.value { said.append("\(Int(meters.rounded())) m away") }
    if let seconds = parts.secondsToSlot.value {
      said.append("first slot in \(seconds / 3600) h \(seconds / 60 % 60) min")
    } else {
      said.append("no open slot listed")
    }
    return said.joined(separator: "; ")
  }
}
