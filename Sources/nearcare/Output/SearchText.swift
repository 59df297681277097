import Console
import CivilTime
import Discovery
import ProviderDirectory
import QueryParsing
import Scheduling
import SearchIndex

/// A page of results for people.
struct SearchText {
  let terminal: Terminal
  let names: DirectoryNames
  /// What was asked for; of a practitioner's specialties these are shown first.
  let asked: [TaxonomyCode]
  /// The insurance asked for; the plan that answers it is named.
  let insurance: [InsuranceFilter]
  /// Whether those who take new patients were asked for.
  let wantsNewPatients: Bool
  /// Where the patient is; nil where nobody knows.
  let patientState: PatientState?
  /// Dates in its year are said without it.
  let today: CivilDate
  /// False when no slots were asked for, so that their absence says nothing.
  let listsSlots: Bool
  /// Whether those without an open slot are left out, though the statistics count them.
  let onlyBookable: Bool
  /// How many were asked for.
  let limit: Int

  func page(_ results: SearchResults, summary: String) throws -> String {
    var lines = [terminal.bold(heading(results, summary: summary)), ""]
    for (index, result) in results.results.enumerated() {
      lines += try entry(result, number: index + 1)
      lines.append("")
    }
    if let more = more(results) { lines.append(terminal.faint(more)) }
    return lines.joined(separator: "\n")
  }

  /// A page that is not full holds all of them.
  private func isAll(_ results: SearchResults) -> Bool {
    results.stats.complete && (results.results.count < limit || results.stats.inArea <= limit)
  }

  private func heading(_ results: SearchResults, summary: String) -> String {
    let stats = results.stats
    let found =
      onlyBookable && isAll(results)
      ? Words.plural(results.results.count, "match", "matches") + " with an open slot"
      : Words.plural(stats.inArea, "match", "matches")
    return "\(found) \(summary)"
      + (stats.complete ? "" : " (stopped at the time budget; there may be more)")
  }

  /// How to see those who are not on the page; how many of them have an open slot nobody counted.
  private func more(_ results: SearchResults) -> String? {
    let count = results.results.count
    guard results.stats.complete, !isAll(results), count < 10_000 else { return nil }
    let wider = "--limit \(min(count * 2, 10_000))"
    return onlyBookable
      ? "Showing \(count) with an open slot; \(wider) lists more where more have one."
      : "Showing \(count); add \(wider) for more."
  }

  private func entry(_ result: SearchResult, number: Int) throws -> [String] {
    let role = result.role
    let margin = "    "
    let specialty = shown(role.taxonomies).map(names.specialty).joined(separator: "; ")
    var lines = ["\(pad(number)). \(terminal.bold(Words.name(role.name)))  \(specialty)"]
    var place = Words.address(role.site)
    if let meters = result.distanceMeters { place = "\(Words.distance(meters: meters))  \(place)" }
    if !role.site.phone.isEmpty { place += "  \(Words.phone(role.site.phone))" }
    lines.append(margin + place)
    lines += insuranceLines(role).map { margin + $0 }
    if let line = newPatientsLine(role) { lines.append(margin + line) }
    lines += try slotLines(result, margin: margin)
    return lines
  }

  /// The plan that answers what was asked, with the date of the claim; then the insurers of the
  /// other plans.
  private func insuranceLines(_ role: PractitionerRole) -> [String] {
    let matched = role.plansMatching(insurance, insurers: names.insurers)
    var lines: [String] = []
    if let plan = matched.first {
      var said = plan.insurerID.map { names.insurer(id: $0) + ": " } ?? ""
      said += Terminal.safe(plan.planName)
      if insurance.contains(.plan(plan.planID)), plan.planName != plan.planID {
        said += " (\(Terminal.safe(plan.planID)))"
      }
      said += plan.asOf.map { ", as of \(Words.date($0))" } ?? ", its source gives no date"
      if plan.isStale(on: today) { said += ", which is long ago: ask them" }
      if matched.count > 1 {
        said += "; \(Words.plural(matched.count - 1, "more plan fits", "more plans fit"))"
      }
      lines.append("Takes \(said)")
    }
    let told = Set(matched.compactMap(\.insurerID))
    let others = names.insurers(of: role).filter { !told.contains($0.id) }.map(\.name)
    if !others.isEmpty {
      lines.append(
        (matched.isEmpty ? "Takes " : "Also takes ") + others.prefix(4).joined(separator: ", ")
          + (others.count > 4 ? " and \(others.count - 4) more" : ""))
    }
    return lines
  }

  private func newPatientsLine(_ role: PractitionerRole) -> String? {
    switch role.newPatients {
    case .accepting: wantsNewPatients ? "Takes new patients" : nil
    case .notAccepting: "Not taking new patients"
    case .someLocations: "Takes new patients at some locations; ask whether at this one"
    case .unknown: nil
    }
  }

  private func shown(_ codes: [TaxonomyCode]) -> [TaxonomyCode] {
    let wanted = Set(asked)
    let (matching, others) = (
      codes.filter { wanted.contains($0) }, codes.filter { !wanted.contains($0) }
    )
    return Array((matching + others).prefix(2))
  }

  private func slotLines(_ result: SearchResult, margin: String) throws -> [String] {
    guard result.role.hasSchedule else { return [margin + terminal.faint("no online booking")] }
    guard listsSlots else { return [] }
    guard !result.slots.isEmpty else {
      return [margin + terminal.faint("nothing open then")]
    }
    let zone = try Zone(result.role.site.timeZone)
    return result.slots.map { slot in
      let when = Words.moment(slot.start, in: zone, year: today.year)
      let kind = slot.visitType == .telehealth ? "  video\(licence(result.role))" : ""
      return "\(margin)\(when)\(kind)  \(terminal.faint("nearcare book \(slot.id)"))"
    }
  }

  /// What to say of a visit by video that the registry knows no licence for.
  private func licence(_ role: PractitionerRole) -> String {
    guard let state = patientState?.code, !role.licenceStates.contains(state) else { return "" }
    return ", no licence of \(state) listed"
  }

  private func pad(_ number: Int) -> String { number < 10 ? " \(number)" : "\(number)" }
}
