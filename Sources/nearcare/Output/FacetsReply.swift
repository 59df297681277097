import Console
import Geospatial
import ProviderDirectory
import SearchIndex

/// What `search --facets` adds: how many of those who match have what, each list by count and then
/// by name.
struct FacetsReply: Encodable {
  struct Specialty: Encodable {
    let code, name: String
    let count: Int
  }
  struct Insurer: Encodable {
    let id, name: String
    let count: Int
  }
  struct Plan: Encodable {
    let id, name: String
    /// The insurer's id.
    let insurer: Nullable<String>
    let count: Int
  }
  struct Language: Encodable {
    let code, name: String
    let count: Int
  }
  /// Everyone up to there, not only those beyond the band before.
  struct Distance: Encodable {
    let upToMiles, upToMeters: Double
    let count: Int

    enum CodingKeys: String, CodingKey {
      case count
      case upToMiles = "up_to_miles"
      case upToMeters = "up_to_m"
    }
  }

  /// How many were counted: `stats.in_area`.
  let counted: Int
  let specialties: [Specialty]
  let insurers: [Insurer]
  let plans: [Plan]
  let languages: [Language]
  let distance: [Distance]
}

extension FacetsReply {
  init(_ facets: Facets, names: DirectoryNames) {
    func named(
      _ kind: FacetValue.Kind, _ name: (FacetEntry) -> String
    ) -> [(entry: FacetEntry, name: String, count: Int)] {
      facets.counts.filter { $0.entry.value.kind == kind }
        .map { ($0.entry, name($0.entry), $0.count) }
        .sorted { a, b in
          a.count != b.count
            ? a.count > b.count : (a.name, a.entry.value.code) < (b.name, b.entry.value.code)
        }
    }
    counted = facets.counted
    specialties = named(.specialty) { names.specialty(code: $0.value.code) }
      .map { Specialty(code: $0.entry.value.code, name: $0.name, count: $0.count) }
    insurers = named(.insurer) { names.insurer(id: $0.value.code) }
      .map { Insurer(id: $0.entry.value.code, name: $0.name, count: $0.count) }
    plans = named(.plan) { $0.planName }.map {
      Plan(
        id: $0.entry.value.code, name: $0.name, insurer: Nullable($0.entry.insurerID),
        count: $0.count)
    }
    languages = named(.language) { names.language(code: $0.value.code) }
      .map { Language(code: $0.entry.value.code, name: $0.name, count: $0.count) }
    distance = facets.distances.map {
      Distance(
        upToMiles: ($0.radiusMeters / metersPerMile * 1e6).rounded() / 1e6,
        upToMeters: ($0.radiusMeters * 1000).rounded() / 1000, count: $0.count)
    }
  }

  /// So many of each list are shown to people.
  private static let shown = 6

  /// For people: the most frequent of each kind, and how to search among them.
  var lines: [String] {
    var lines = ["Of all \(counted) who match, open slots aside:"]
    func add(_ title: String, _ list: [(name: String, code: String, count: Int)]) {
      guard !list.isEmpty else { return }
      lines += ["", "  \(title)"]
      for (name, code, count) in list.prefix(Self.shown) {
        lines.append("  \(Self.padded(count))  \(Terminal.safe(name))  \(Terminal.safe(code))")
      }
      if list.count > Self.shown {
        lines.append("  \(Self.padded(nil))  and \(list.count - Self.shown) more")
      }
    }
    add("Specialty", specialties.map { ($0.name, $0.code, $0.count) })
    add("Insurer", insurers.map { ($0.name, $0.id, $0.count) })
    add("Plan", plans.map { ($0.name, $0.id, $0.count) })
    add("Language", languages.map { ($0.name, $0.code, $0.count) })
    if !distance.isEmpty {
      lines += ["", "  Distance"]
      lines += distance.map { "  \(Self.padded($0.count))  within \(Words.miles($0.upToMiles)) mi" }
    }
    if let example = Self.example(self) {
      lines += ["", "To see one of them, add --only, as in: \(example)"]
    }
    return lines
  }

  private static func example(_ facets: FacetsReply) -> String? {
    facets.insurers.first.map { "--only insurer=\($0.id)" }
      ?? facets.specialties.first.map { "--only specialty=\($0.code)" }
  }

  private static func padded(_ count: Int?) -> String {
    let digits = count.map(String.init) ?? ""
    return String(repeating: " ", count: max(0, 7 - digits.count)) + digits
  }
}
