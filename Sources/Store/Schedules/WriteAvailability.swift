import CivilTime
import GRDB
import ProviderDirectory
import Scheduling

extension Store {
  /// Writes the rows of the availability summary that are missing or over, in transactions of at
  /// most `batch` roles so that bookings go on in between; how many it wrote.
  ///
  /// A row is over once its first open slot is past: what it says still holds, and helps no more.
  @discardableResult
  public func summarizeAvailability(
    batch: Int = 500, afterEachBatch: () -> Void = {}
  ) throws -> Int {
    var written = 0
    var last: Int64 = -1
    while true {
      let due = try read { try $0.rolesToSummarize(after: last, limit: batch) }
      guard let highest = due.last else { return written }
      written += try write { try $0.summarize(due) }
      afterEachBatch()
      last = highest.rawValue
    }
  }
}

extension ReadTransaction {
  fileprivate func rolesToSummarize(after last: Int64, limit: Int) throws -> [RoleID] {
    var roles: [RoleID] = []
    try forEachRow(
      """
      SELECT DISTINCT b.role_id FROM schedule_block AS b
      LEFT JOIN availability AS a ON a.role_id = b.role_id
      WHERE b.role_id > ?1
        AND (a.role_id IS NULL OR a.first_open < ?2 OR a.made_at > ?2 OR a.tzdata_version <> ?3)
      ORDER BY b.role_id LIMIT ?4
      """, [last, now.secondsSinceEpoch, TimeZoneDatabase.version, limit]
    ) { row in
      if let role = RoleID(rawValue: row.integer(0)) { roles.append(role) }
    }
    return roles
  }

  /// Visits, without holds, from a day ago to past the usual horizon, by start.
  fileprivate func visits(of roles: [RoleID]) throws -> [NPI: [Busy]] {
    let day: Int64 = 86_400
    var visits: [NPI: [Busy]] = [:]
    try forEachRow(
      """
      SELECT claim.npi, claim.starts_at, claim.ends_at, claim.before_s, claim.after_s
      FROM json_each(?1) AS wanted CROSS JOIN claim
      WHERE claim.npi = wanted.value AND claim.\(ClaimSchema.live)
        AND claim.\(ClaimSchema.visiting) AND claim.starts_at > ?2 AND claim.starts_at < ?3
      """,
      [
        Self.list(Set(roles.map(\.npi.number)).sorted()), now.secondsSinceEpoch - 2 * day,
        now.secondsSinceEpoch + Int64(BookingRules.standard.horizonDays + 3) * day,
      ]
    ) { row in
      guard let npi = NPI(row.integer(0)) else { return }
      visits[npi, default: []].append(
        Busy(
          start: Instant(secondsSinceEpoch: row.integer(1)),
          end: Instant(secondsSinceEpoch: row.integer(2)), beforeSeconds: row.integer(3),
          afterSeconds: row.integer(4)))
    }
    return visits
  }
}

extension WriteTransaction {
  fileprivate func summarize(_ roles: [RoleID]) throws -> Int {
    let insert = try BulkStatement(
      self,
      """
      INSERT OR REPLACE INTO availability (role_id, first_open, made_at, tzdata_version, time_zone,
        hours) VALUES (?, ?, ?, ?, ?, ?)
      """)
    let visits = try visits(of: roles)
    var written = 0
    for (role, hours) in try hours(of: roles) {
      guard let packed = PackedHours.pack(hours.blocks, hours.exceptions) else { continue }
      let first = try Schedule.earliestOpening(
        role, hours.zone, blocks: hours.blocks, exceptions: hours.exceptions,
        busy: visits[role.npi] ?? [], now: now)
      try insert.begin().bind(role.rawValue).bind(first.secondsSinceEpoch)
        .bind(now.secondsSinceEpoch).bind(TimeZoneDatabase.version).bind(hours.zone.name)
        .bind(packed).run()
      written += 1
    }
    return written
  }
}
