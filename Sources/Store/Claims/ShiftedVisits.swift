public import CivilTime
import GRDB

/// A booked visit whose moment now stands under another wall time than it was booked for, because
/// the rules of its zone have changed since.
public struct ShiftedVisit: Sendable {
  public let claim: ClaimID
  public let timeZone: String
  /// What the patient was told.
  public let wall: CivilDateTime
  /// What the clock on the site's wall will show by today's rules.
  public let wallNow: CivilDateTime
  /// The tzdata release of the booking.
  public let tzdataVersion: String
}

extension ReadTransaction {
  /// How many booked visits are to come, and those of them that have shifted, by start.
  public func shiftedVisits() throws -> (checked: Int, shifted: [ShiftedVisit]) {
    var zones: [String: Zone] = [:]
    var checked = 0
    var shifted: [ShiftedVisit] = []
    try forEachRow(
      """
      SELECT claim_id, starts_at, wall_date, wall_minute, time_zone, tzdata_version FROM claim
      WHERE state = 'booked' AND starts_at > ? ORDER BY starts_at, claim_id
      """, [now.secondsSinceEpoch]
    ) { row in
      checked += 1
      let name = row.text(4)
      let zone: Zone
      do throws(ZoneError) {
        if let known = zones[name] { zone = known } else { zone = try Zone(name) }
      } catch {
        throw StoreError.unreadableRow(
          path: path, table: "claim", row: "\(row.integer(0))", detail: "\(error)")
      }
      zones[name] = zone
      let local = zone.local(at: Instant(secondsSinceEpoch: row.integer(1)))
      guard let claim = ClaimID(rawValue: row.integer(0)), let wall = row.civil(2, 3),
        let wallNow = CivilDateTime(date: local.date, time: local.time)
      else {
        throw StoreError.unreadableRow(
          path: path, table: "claim", row: "\(row.integer(0))", detail: "its wall time is none")
      }
      guard wall != wallNow else { return }
      shifted.append(
        ShiftedVisit(
          claim: claim, timeZone: name, wall: wall, wallNow: wallNow, tzdataVersion: row.text(5)))
    }
    return (checked, shifted)
  }
}
