import Geospatial
public import ProviderDirectory

/// What became of a batch of rows, beyond being stored.
public struct DirectoryTally: Hashable, Sendable {
  /// Rows that do not stand because a later record of the same NPI does, in this run.
  public var superseded = 0
  /// Records of this run that a deactivation took out again.
  public var retired = 0

  public init() {}
}

extension WriteTransaction {
  /// Stores records of a main file. Of several records of one NPI in a run, the one with the last
  /// update date stands, and of those of one day the last to come; a deactivation on that day or
  /// later stands against them all.
  ///
  /// - Parameter range: which of the rows; nil for all.
  public func put(
    _ rows: PractitionerRows, _ range: Range<Int>? = nil, feed: Feed
  ) throws -> DirectoryTally {
    let range = range ?? 0..<rows.count
    var tally = DirectoryTally()
    let deactivated = try deactivations(of: rows.practitioners(in: range), feed: feed)
    let earlier = try BulkStatement(
      self, "SELECT last_update FROM practitioner WHERE npi = ? AND run_id = ?")
    let forget = try BulkStatement(self, DirectorySQL.forgetPrimaryRole)
    let first = try BulkStatement(self, DirectorySQL.putFirstOfPractitioner)
    let again = try BulkStatement(self, DirectorySQL.putPractitioner)
    let role = try BulkStatement(self, DirectorySQL.putRole)
    /// False where one of this run stands that is newer.
    func takesPlaceOfEarlier(_ row: PackedRow) throws -> Bool {
      guard let found = try earlier.begin().bind(row.npi).bind(feed.run).first() else {
        return true
      }
      tally.superseded += 1
      guard found.integer(0) <= row.lastUpdate else { return false }
      try forget.begin().bind(row.npi << 30).bind(row.npi << 30 | 0x3fff_ffff).bind(feed.run).run()
      return true
    }
    try rows.forEach(in: range) { row in
      if feed.isUpdate { try noteChange(of: row.npi) }
      if let since = deactivated[row.npi], since >= row.lastUpdate {
        if try takesPlaceOfEarlier(row) { tally.retired += 1 }
        return
      }
      var texts = row.texts
      // Hardly anybody is in a run twice, so that is seen from what the statement did.
      let position = texts
      if try first.bind(row, &texts, feed: feed).run() == 0 {
        guard try takesPlaceOfEarlier(row) else { return }
        texts = position
        try again.bind(row, &texts, feed: feed).run()
      }
      try role.bindSite(row, &texts, feed: feed).run()
    }
    return tally
  }

  /// Since when practitioners are deactivated in this run, as days; by NPI.
  private func deactivations(
    of practitioners: ClosedRange<Int64>?, feed: Feed
  ) throws -> [Int64: Int64] {
    guard let practitioners else { return [:] }
    var deactivations: [Int64: Int64] = [:]
    try BulkStatement(
      self, "SELECT npi, since FROM deactivation WHERE npi BETWEEN ? AND ? AND run_id = ?"
    ).begin().bind(practitioners.lowerBound).bind(practitioners.upperBound).bind(feed.run)
      .forEach { deactivations[$0.integer(0)] = $0.integer(1) }
    return deactivations
  }

  /// Takes the NPIs out of the run, unless a record of a later day stands; returns how many records
  /// that were.
  public func deactivate(_ deactivations: [NPPESReader.Deactivation], feed: Feed) throws -> Int {
    var retired = 0
    let remember = try BulkStatement(
      self,
      """
      INSERT INTO deactivation (npi, since, run_id) VALUES (?, ?, ?)
      ON CONFLICT (npi) DO UPDATE SET since = excluded.since, run_id = excluded.run_id
      WHERE deactivation.run_id <> excluded.run_id OR deactivation.since < excluded.since
      """)
    let retire = try BulkStatement(
      self,
      """
      UPDATE practitioner SET run_id = 0 WHERE npi = ? AND run_id = ? AND last_update <= ?
      """)
    let forget = try BulkStatement(self, DirectorySQL.forgetRoles)
    for deactivation in deactivations {
      let npi = deactivation.npi.number
      if feed.isUpdate { try noteChange(of: npi) }
      let since = Int64(deactivation.date.daysSinceEpoch)
      try remember.begin().bind(npi).bind(since).bind(feed.run).run()
      if try retire.begin().bind(npi).bind(feed.run).bind(since).run() > 0 {
        retired += 1
        try forget.begin().bind(npi << 30).bind(npi << 30 | 0x3fff_ffff).bind(feed.run).run()
      }
    }
    return retired
  }

  /// Stores secondary sites; returns the places in `sites` whose NPI no record of this run stands
  /// for. A site that repeats one already stored only stays when the practitioner moves.
  public func put(
    _ sites: [(npi: NPI, site: PracticeSite)], feed: Feed
  ) throws -> [Int] {
    var unknown: [Int] = []
    let person = try BulkStatement(
      self, "SELECT 1 FROM practitioner WHERE npi = ? AND run_id = ?")
    let same = try BulkStatement(
      self, "UPDATE role SET in_sites = 1 WHERE role_id = ? AND run_id = ?")
    let role = try BulkStatement(self, DirectorySQL.putRole)
    for (place, entry) in sites.enumerated() {
      guard try person.begin().bind(entry.npi.number).bind(feed.run).first() != nil else {
        unknown.append(place)
        continue
      }
      if feed.isUpdate { try noteChange(of: entry.npi.number) }
      let id = RoleID(npi: entry.npi, site: entry.site.key)
      guard try same.begin().bind(id.rawValue).bind(feed.run).run() == 0 else { continue }
      try DirectorySQL.bind(id, entry.site, isPrimary: false, feed: feed, to: role).run()
    }
    return unknown
  }
}

/// The statements that several writers share, beside the order of their parameters.
enum DirectorySQL {
  /// First and last role id of an NPI, run: takes its roles out of the run.
  static let forgetRoles = """
    UPDATE role SET run_id = 0 WHERE role_id BETWEEN ? AND ? AND run_id = ?
    """

  /// First and last role id of an NPI, run: takes out the role at its primary location, unless it
  /// is a secondary site too.
  static let forgetPrimaryRole = """
    UPDATE role SET run_id = CASE in_sites WHEN 1 THEN run_id ELSE 0 END, is_primary = 0
    WHERE role_id BETWEEN ? AND ? AND run_id = ? AND is_primary = 1
    """

  /// The same unless the run has one of the NPI, which it leaves as it is.
  static let putFirstOfPractitioner =
    putPractitioner + " WHERE practitioner.run_id <> excluded.run_id"

  /// What networks said of the languages stays in the directory that it was said of.
  static let putPractitioner = """
    INSERT INTO practitioner (npi, entity_type, organization_name, first_name, middle_name,
      last_name, name_suffix, credential, gender, taxonomies, languages, licence_states,
      last_update, feed_no, run_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?)
    ON CONFLICT (npi) DO UPDATE SET entity_type = excluded.entity_type,
      organization_name = excluded.organization_name, first_name = excluded.first_name,
      middle_name = excluded.middle_name, last_name = excluded.last_name,
      name_suffix = excluded.name_suffix, credential = excluded.credential,
      gender = excluded.gender, taxonomies = excluded.taxonomies,
      languages = CASE practitioner.run_id WHEN excluded.run_id THEN practitioner.languages
        ELSE '' END, licence_states = excluded.licence_states,
      last_update = excluded.last_update,
      feed_no = excluded.feed_no, run_id = excluded.run_id
    """

  static let putRole = """
    INSERT INTO role (role_id, npi, address_line1, address_line2, city, state, zip, phone, lat, lon,
      time_zone, geohash, is_primary, in_sites, listed, feed_no, run_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?13, 1 - ?13, 1, ?14, ?15)
    ON CONFLICT (role_id) DO UPDATE SET address_line1 = excluded.address_line1,
      address_line2 = excluded.address_line2, city = excluded.city, state = excluded.state,
      zip = excluded.zip, phone = excluded.phone, lat = excluded.lat, lon = excluded.lon,
      time_zone = excluded.time_zone, geohash = excluded.geohash,
      is_primary = excluded.is_primary,
      in_sites = CASE role.run_id WHEN excluded.run_id THEN role.in_sites | excluded.in_sites
        ELSE excluded.in_sites END,
      listed = 1, feed_no = excluded.feed_no,
      run_id = excluded.run_id
    """

  static func bind(
    _ id: RoleID, _ site: PracticeSite, isPrimary: Bool, feed: Feed, to statement: BulkStatement
  ) -> BulkStatement {
    statement.begin().bind(id.rawValue).bind(id.npi.number)
      .bind(site.addressLine1).bind(site.addressLine2).bind(site.city).bind(site.state)
      .bind(site.zip).bind(site.phone).bind(real: site.coordinate.latitude)
      .bind(real: site.coordinate.longitude).bind(site.timeZone)
      .bind(Int64(Geohash(site.coordinate, precision: 12).bits)).bind(isPrimary)
      .bind(feed.number).bind(feed.run)
  }
}

extension BulkStatement {
  /// Of `putPractitioner`; takes the texts that are the practitioner's. Lent, as all of the row is.
  fileprivate func bind(
    _ row: PackedRow, _ texts: inout PackedTexts, feed: Feed
  ) -> BulkStatement {
    begin().bind(row.npi).bind(row.kind)
    for _ in 0..<6 { bind(lent: texts.next()) }
    let gender = texts.next()
    if gender.isEmpty { bind(orNull: nil as Int64?) } else { bind(lent: gender) }
    return bind(lent: texts.next()).bind(lent: texts.next()).bind(row.lastUpdate).bind(feed.number)
      .bind(feed.run)
  }

  /// Of `putRole` at the location that the main file names; takes the texts that are the site's.
  fileprivate func bindSite(
    _ row: PackedRow, _ texts: inout PackedTexts, feed: Feed
  ) -> BulkStatement {
    begin().bind(row.roleID).bind(row.npi)
    for _ in 0..<6 { bind(lent: texts.next()) }
    return bind(real: row.latitude).bind(real: row.longitude).bind(lent: texts.next())
      .bind(row.geohash).bind(true).bind(feed.number).bind(feed.run)
  }
}
