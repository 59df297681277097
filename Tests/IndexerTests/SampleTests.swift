import Foundation
import ProviderDirectory
import TestSupport
import Testing

@testable import indexer

private func bytes(_ folder: String, _ file: String) throws -> Data {
  try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))
}

struct SampleTests {
  @Test func theSameSeedGivesTheSameBytes() throws {
    let scratch = try ScratchDirectory()
    for (folder, seed) in [("a", 7), ("b", 7), ("c", 8)] {
      try FileManager.default.createDirectory(
        atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
      _ = try SampleRun.fictional(400, seed: UInt64(seed), folder: "\(scratch.path)/\(folder)")
    }
    for file in [
      "npidata_pfile.csv", "pl_pfile.csv", "plans.json", "providers.json", "schedules.csv",
    ] {
      #expect(try bytes(scratch.path + "/a", file) == bytes(scratch.path + "/b", file))
      if file != "plans.json" {
        #expect(try bytes(scratch.path + "/a", file) != bytes(scratch.path + "/c", file))
      }
    }
  }

  /// Every row of a sample is accepted, whoever it is about is fictional, and the shares are the
  /// ones that the sample promises.
  @Test func everyRowIsReadable() throws {
    let scratch = try ScratchDirectory()
    let folder = scratch.path
    _ = try SampleRun.fictional(3000, seed: 11, folder: folder)
    let main = try NPPESReader(
      path: folder + "/npidata_pfile.csv", locator: SiteLocator(Gazetteer()),
      taxonomies: KnownTaxonomies(TaxonomyCatalog().allEntries.map(\.code)))
    var npis = Set<NPI>()
    var specialties = Set<TaxonomyCode>()
    var names = Set<String>()
    while let row = try main.next() {
      guard case .practitioner(let one) = row else {
        Issue.record("\(row)")
        continue
      }
      npis.insert(one.role.id.npi)
      specialties.formUnion(one.role.taxonomies)
      if case .person(_, _, let last, _, _) = one.role.name { names.insert(last) }
    }
    #expect(npis.count == 3000)
    #expect(npis.allSatisfy { $0.number >= 2_000_000_000 })
    #expect(names.contains { $0.contains("'") })
    #expect(names.contains { !$0.utf8.allSatisfy { $0 < 0x80 } })
    let network = try NetworkReader(path: folder + "/providers.json")
    var entries = 0
    while let row = try network.next() {
      guard case .entry(let entry) = row else {
        Issue.record("\(row)")
        continue
      }
      #expect(npis.contains(entry.npi))
      entries += 1
    }
    #expect((2700...2950).contains(entries))
    let hours = try ScheduleReader(path: folder + "/schedules.csv")
    var scheduled = Set<NPI>()
    var visitTypes = Set<VisitType>()
    while let row = try hours.next() {
      guard case .hours(let one) = row else {
        Issue.record("\(row)")
        continue
      }
      scheduled.insert(one.npi)
      visitTypes.insert(one.visitType)
    }
    #expect((1050...1350).contains(scheduled.count))
    #expect(visitTypes == [.inPerson, .telehealth])
  }

  @Test func everySpecialtyIsInTheCodeSet() throws {
    let catalog = try TaxonomyCatalog()
    let codes =
      SampleSpecialty.persons.flatMap { [$0.code] + ($0.second.map { [$0] } ?? []) }
      + SampleSpecialty.organizations.map(\.code)
    for code in codes {
      #expect(TaxonomyCode(code).map { catalog.contains($0) } == true, "\(code)")
    }
  }

  /// The insurer that a plan is made up for is the one that the catalog finds in its name.
  @Test func everyPlanBelongsToItsInsurer() throws {
    let insurers = try InsurerCatalog()
    let states = Set(try Gazetteer().allStates.map(\.code)).sorted()
    let plans = try SamplePlans(states: states, insurers: insurers)
    #expect(Set(plans.all.map(\.id)).count == plans.all.count)
    for plan in plans.all {
      let found = insurers.insurer(forPlanID: plan.id, marketingName: plan.name)
      #expect(found?.id == plan.insurerID, "\(plan.name)")
      #expect(plan.name.hasSuffix("(made-up)"))
    }
  }

  @Test func realPractitionersGetPlansAndHoursButNoNames() throws {
    let scratch = try ScratchDirectory()
    _ = try SampleRun.fictional(200, seed: 3, folder: scratch.path)
    let out = scratch.path + "/made-up"
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    let made = try SampleRun.forRealFiles(
      [scratch.path + "/npidata_pfile.csv", scratch.path + "/npidata_pfile.csv"], seed: 3,
      folder: out)
    #expect(made.practitioners == 200)
    let text = String(decoding: try bytes(out, "providers.json"), as: UTF8.self)
    #expect(!text.contains("\"name\""))
    let network = try NetworkReader(path: out + "/providers.json")
    while let row = try network.next() {
      guard case .entry(let entry) = row else {
        Issue.record("\(row)")
        continue
      }
      #expect(entry.zips.count == 1)
    }
    #expect(String(decoding: try bytes(out, "README.txt"), as: UTF8.self).contains("made up"))
  }
}
