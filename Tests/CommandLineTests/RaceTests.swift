import Foundation
import Testing

/// Eight patients at eight terminals want the same slot at the same moment.
@Suite struct RaceTests {
  static let rounds = 200
  static let patients = 8

  @Test func oneWinnerEachRound() throws {
    let home = try SampleHome()
    for number in 0..<Self.patients { try register(number, at: home) }
    let slots = try openSlots(Self.rounds, at: home)
    for slot in slots {
      let outcomes = try race(for: slot, at: home)
      let winners = outcomes.filter { $0.status == 0 }
      #expect(winners.count == 1, "\(slot): \(outcomes.map(\.status))")
      for loser in outcomes where loser.status != 0 {
        #expect(loser.status == 2, "\(loser)")
        let refused = try loser.json()["refused"] as? [String: Any]
        #expect(refused?["code"] as? String == "slot-taken", "\(loser)")
        #expect(!loser.stderr.localizedCaseInsensitiveContains("busy"), "\(loser)")
        #expect(!loser.stderr.localizedCaseInsensitiveContains("locked"), "\(loser)")
      }
    }
    let booked = try (0..<Self.patients).reduce(0) { sum, number in
      let reply = try home.run("nearcare appointments --json", extra: session(number, home)).json()
      return sum + ((reply["appointments"] as? [Any])?.count ?? 0)
    }
    #expect(booked == slots.count)
  }

  private func session(_ number: Int, _ home: SampleHome) -> [String: String] {
    ["NEARCARE_SESSION": "\(home.path)/patient-\(number).session"]
  }

  private func register(_ number: Int, at home: SampleHome) throws {
    let run = try home.run(
      """
      nearcare register --name "Patient \(number)" --birth-date 1990-01-0\(number + 1) \
      --email patient\(number)@example.com --phone 212-555-010\(number)
      """, extra: session(number, home))
    #expect(run.status == 0, "\(run)")
  }

  /// Slots of one practitioner that do not overlap, so that a loser is refused for the slot's sake.
  private func openSlots(_ count: Int, at home: SampleHome) throws -> [String] {
    let search = "nearcare search --near 10001 --radius 500 --available --budget-ms 60000 --json"
    let found = try home.run(search).json()
    let results = try #require(found["results"] as? [[String: Any]])
    var slots: [String] = []
    for result in results where slots.count < count {
      let role = try #require(result["role_id"] as? String)
      let reply = try home.run("nearcare slots \(role) --from 2026-11-25 --to 2027-01-31 --json")
        .json()
      var end = ""
      for slot in try #require(reply["slots"] as? [[String: String]])
      where slots.count < count && slot["start"]! >= end {
        slots.append(slot["id"]!)
        end = slot["end"]!
      }
      // One practitioner's visits and another's could meet in one patient's calendar.
      guard slots.count < count else { break }
      slots.removeAll()
    }
    try #require(slots.count == count, "no practitioner of the sample has \(count) open slots")
    return slots
  }

  /// All wait at one gate, an exclusive lock that is let go when all have been started.
  private func race(for slot: String, at home: SampleHome) throws -> [ToolRun] {
    let gate = home.path + "/gate"
    let descriptor = open(gate, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    try #require(descriptor >= 0)
    flock(descriptor, LOCK_EX)
    let runs = try (0..<Self.patients).map { number in
      try ToolRun.start(
        "exec flock -s \(gate) nearcare book \(slot) --json",
        environment: home.environment.merging(session(number, home)) { $1 })
    }
    close(descriptor)
    return try runs.map { try $0.finish() }
  }
}
