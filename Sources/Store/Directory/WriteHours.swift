public import ProviderDirectory
public import Scheduling

/// The weekly hours that a schedule file gives one role, named as the file names it.
public struct HoursRecord: Hashable, Sendable {
  public var npi: NPI
  /// Nil for the practitioner's primary location, or the only one.
  public var site: SiteKey?
  public var blocks: [ScheduleBlock]

  public init(npi: NPI, site: SiteKey?, blocks: [ScheduleBlock]) {
    self.npi = npi
    self.site = site
    self.blocks = blocks
  }
}

extension WriteTransaction {
  /// Puts weekly hours in place of those that the roles had; exceptions and claims stand, and so do
  /// hours that a front desk set itself, which knows better than a file of many.
  ///
  /// - Parameter replaced: the roles that this file has named before: their hours are added to.
  ///   Those of `records` join them.
  /// - Returns: the places of records whose role the run does not know, and the roles whose hours
  ///   the front desk set.
  public func put(
    _ records: [HoursRecord], replaced: inout Set<RoleID>, feed: Feed
  ) throws -> (unknown: [Int], kept: [RoleID]) {
    var unknown: [Int] = []
    var kept: [RoleID] = []
    let clear = try ["schedule_block", "block_option"].map {
      try BulkStatement(self, "DELETE FROM \($0) WHERE role_id = ?")
    }
    let last = try BulkStatement(
      self, "SELECT coalesce(max(block_no), -1) FROM schedule_block WHERE role_id = ?")
    let isOwn = try BulkStatement(
      self, "SELECT 1 FROM schedule_block WHERE role_id = ? AND run_id = 0 LIMIT 1")
    let insert = try BulkStatement(self, Self.insertBlock)
    for (place, record) in records.enumerated() {
      guard let role = try role(of: record, run: feed.roles) else {
        unknown.append(place)
        continue
      }
      if try isOwn.begin().bind(role.rawValue).first() != nil {
        kept.append(role)
        continue
      }
      if feed.isUpdate { try noteChange(of: record.npi.number) }
      var number: Int64 = 0
      if replaced.insert(role).inserted {
        for table in clear { try table.begin().bind(role.rawValue).run() }
      } else if let row = try last.begin().bind(role.rawValue).first() {
        number = row.integer(0) + 1
      }
      for block in record.blocks {
        try insert.begin().bind(role.rawValue).bind(number).bind(Int64(block.weekday.rawValue))
          .bind(Int64(block.start.minutes)).bind(Int64(block.end.minutes))
          .bind(Int64(block.slotMinutes)).bind(block.visitType.rawValue)
          .bind(orNull: block.validFrom.map { Int64($0.daysSinceEpoch) })
          .bind(orNull: block.validUntil.map { Int64($0.daysSinceEpoch) }).bind(feed.run).run()
        try putOption(of: block, role: role, number: number)
        number += 1
      }
    }
    return (unknown, kept)
  }

  private static let insertBlock = """
    INSERT INTO schedule_block (role_id, block_no, weekday, start_min, end_min, slot_min,
      visit_type, valid_from, valid_until, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  private func role(of record: HoursRecord, run: Int64) throws -> RoleID? {
    if let site = record.site {
      let wanted = RoleID(npi: record.npi, site: site)
      let known = try BulkStatement(self, "SELECT 1 FROM role WHERE role_id = ? AND run_id = ?")
      return try known.begin().bind(wanted.rawValue).bind(run).first() == nil ? nil : wanted
    }
    let first = record.npi.number << 30
    let roles = try BulkStatement(
      self,
      """
      SELECT role_id, is_primary FROM role WHERE role_id BETWEEN ? AND ? AND run_id = ?
      ORDER BY is_primary DESC, role_id LIMIT 2
      """)
    var found: [(role: Int64, isPrimary: Bool)] = []
    try roles.begin().bind(first).bind(first | 0x3fff_ffff).bind(run)
      .forEach { found.append(($0.integer(0), $0.integer(1) == 1)) }
    guard let best = found.first, best.isPrimary || found.count == 1 else { return nil }
    return RoleID(rawValue: best.role)
  }
}
