import ArgumentParser
import CivilTime
import Console
import Store

/// What `doctor --time-zones` prints.
private struct ShiftedReply: Encodable {
  struct Shifted: Encodable {
    let appointmentID, timeZone, bookedFor, nowAt, tzdata: String

    enum CodingKeys: String, CodingKey {
      case tzdata
      case appointmentID = "appointment_id"
      case timeZone = "time_zone"
      case bookedFor = "booked_for"
      case nowAt = "now_at"
    }
  }

  let tzdata: String
  let checked: Int
  let shifted: [Shifted]
}

extension Program {
  /// Lists booked visits to come whose moment no longer has the wall time they were booked for.
  func reportShiftedVisits(json: Bool) throws {
    let store = try openStore(createIfMissing: false)
    try permit(.reviewVisits)
    let (checked, shifted) = try store.read { try $0.shiftedVisits() }
    if !shifted.isEmpty {
      let vault = try Vault.open(for: store)
      try store.write {
        try $0.audit(
          .listShifted, of: nil, subject: "claim", by: .clinic, vault: vault)
      }
    }
    let version = TimeZoneDatabase.version
    if json {
      try writeJSON(
        ShiftedReply(
          tzdata: version, checked: checked,
          shifted: shifted.map {
            .init(
              appointmentID: $0.claim.appointmentText, timeZone: $0.timeZone,
              bookedFor: Self.text($0.wall), nowAt: Self.text($0.wallNow),
              tzdata: $0.tzdataVersion)
          }))
    } else if shifted.isEmpty {
      let visits = Words.plural(checked, "booked visit", "booked visits")
      writeLine("\(visits) to come, each at the wall time it was booked for (tzdata \(version))")
    } else {
      for visit in shifted {
        writeLine(
          """
          \(visit.claim.appointmentText)  booked for \(Self.text(visit.wall)) in \
          \(visit.timeZone) by tzdata \(visit.tzdataVersion), which is now \
          \(Self.text(visit.wallNow))
          """)
      }
      writeNote(
        """
        \(shifted.count) of \(Words.plural(checked, "booked visit", "booked visits")) to come \
        moved on the wall clock (tzdata \(version)); call these patients, and rebook where the \
        hour is wrong
        """)
    }
    if !shifted.isEmpty { throw ExitCode(ExitStatus.unavailable.rawValue) }
  }

  private static func text(_ time: CivilDateTime) -> String { "\(time.date) \(time.time)" }
}
