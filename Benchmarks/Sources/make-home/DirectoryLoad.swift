import CivilTime
import Foundation
import Privacy
import ProviderDirectory
import Scheduling
import Store

/// Writes made-up roles into a store as an indexer run does: batches of directory rows, plans and
/// weekly hours; then the exceptions, and patients.
struct DirectoryLoad {
  let directory: MadeUpDirectory
  let store: Store
  let now: Instant

  private static let batch = 2_000
  /// Roles for each patient. Claims of one patient so stand hours apart when they are dealt out in
  /// the order of their starts.
  private static let rolesOfAPatient = 5

  func run(roles: Int) throws {
    let start = processorSeconds()
    let (run, feed, plans) = try store.write { transaction in
      let run = try transaction.beginFullLoad()
      let feed = try transaction.beginFeed(.nppes, name: "made-up", run: run)
      let records = directory.allPlans
      let numbers = try transaction.put(records, feed: feed)
      return (run, feed, Dictionary(uniqueKeysWithValues: zip(records.map(\.id), numbers)))
    }
    for first in stride(from: 0, to: roles, by: Self.batch) {
      try put(first..<min(first + Self.batch, roles), run: run.number, feed: feed, plans: plans)
    }
    try store.write { try $0.finish(run, note: "\(roles) made-up roles") }
    try putPatients(max(1, roles / Self.rolesOfAPatient))
    try store.checkpoint()
    print("store: \(roles) roles in \(rounded(processorSeconds() - start)) processor seconds")
  }

  private func put(
    _ indices: Range<Int>, run: Int64, feed: Feed, plans: [String: Int64]
  ) throws {
    let roles = indices.map(directory.role)
    let schedules = try zip(indices, roles).map { try directory.schedule($0, $1) }
    try store.write { transaction in
      _ = try transaction.put(
        PractitionerRows(roles.map { .init(role: $0, lastUpdate: directory.today) }), feed: feed)
      _ = try transaction.put(
        roles.map { role in
          NetworkRecord(
            npi: role.id.npi, zips: [role.site.zip],
            planNumbers: role.plans.map { plans[$0.planID]! }, newPatients: role.newPatients,
            languages: role.languages, asOf: directory.today)
        }, feed: feed)
      var replaced: Set<RoleID> = []
      let hours = zip(roles, schedules).filter { !$1.blocks.isEmpty && $1.exceptions.isEmpty }
      _ = try transaction.put(
        hours.map { HoursRecord(npi: $0.id.npi, site: $0.site.key, blocks: $1.blocks) },
        replaced: &replaced, feed: feed)
      for (role, schedule) in zip(roles, schedules) where !schedule.exceptions.isEmpty {
        try transaction.replaceSchedule(
          of: role.id, blocks: schedule.blocks, exceptions: schedule.exceptions, run: run)
      }
    }
  }

  private func putPatients(_ count: Int) throws {
    let vault = try Vault.open(for: store)
    for first in stride(from: 0, to: count, by: Self.batch) {
      try store.write { transaction in
        for number in first..<min(first + Self.batch, count) {
          let details = try PatientDetails(
            name: "Made Up \(number)", birthDate: directory.today.adding(days: -10_000),
            email: EmailAddress("made.up.\(number)@example.com"),
            phone: PhoneNumber("212-555-\(1000 + number % 9000)"))
          // Ids in the order of their numbers, a second apart, so that none is taken.
          let made = now.adding(seconds: Int64(number - count))
          let patient = Patient(
            id: PatientID(at: made, random: .system), details: details, createdAt: made)
          try transaction.insert(patient, by: .system, vault: vault)
        }
      }
    }
  }
}
