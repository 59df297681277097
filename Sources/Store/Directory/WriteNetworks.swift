public import CivilTime
public import ProviderDirectory

/// A plan as the directory keeps it.
public struct PlanRecord: Hashable, Sendable {
  public var id: String
  public var name: String
  /// The id in `data/tables/insurers.tsv`; nil when no insurer claims the plan.
  public var insurerID: String?

  public init(id: String, name: String, insurerID: String?) {
    self.id = id
    self.name = name
    self.insurerID = insurerID
  }
}

/// A network file's entry, its plans and languages looked up.
public struct NetworkRecord: Hashable, Sendable {
  public var npi: NPI
  /// Five digits each; empty when the file names no address.
  public var zips: [String]
  public var planNumbers: [Int64]
  public var newPatients: NewPatients
  /// ISO 639-1 codes.
  public var languages: [String]
  public var asOf: CivilDate?

  public init(
    npi: NPI, zips: [String], planNumbers: [Int64], newPatients: NewPatients,
    languages: [String], asOf: CivilDate?
  ) {
    self.npi = npi
    self.zips = zips
    self.planNumbers = planNumbers
    self.newPatients = newPatients
    self.languages = languages
    self.asOf = asOf
  }
}

/// Why an entry of a network file could not be hung on any role.
public enum NetworkRefusal: Hashable, Sendable {
  case unknownPractitioner
  /// Several sites, and none of them at an address that the entry names.
  case noSiteMatches(sites: Int)
}

extension WriteTransaction {
  /// Stores plans and returns their numbers, which stay the same from run to run.
  public func put(_ plans: [PlanRecord], feed: Feed) throws -> [Int64] {
    let plan = try BulkStatement(
      self,
      """
      INSERT INTO plan (plan_id, name, insurer_id, run_id) VALUES (?, ?, ?, ?)
      ON CONFLICT (plan_id) DO UPDATE SET name = excluded.name,
        insurer_id = excluded.insurer_id, run_id = excluded.run_id
      RETURNING plan_no
      """)
    return try plans.map { record in
      var number: Int64 = 0
      try plan.begin().bind(record.id).bind(record.name).bind(orNull: record.insurerID).bind(
        feed.run
      )
      .forEach { number = $0.integer(0) }
      return number
    }
  }

  /// Hangs plans on roles. The roles of an entry are those of its NPI whose ZIP is one that the
  /// entry names. Where none is, the practitioner's only site takes them, marked as inferred; a
  /// practitioner with several sites takes none, because it would be a guess which.
  ///
  /// Returns the places of entries that hang nowhere, with the reason.
  public func put(
    _ entries: [NetworkRecord], feed: Feed
  ) throws -> [(place: Int, refusal: NetworkRefusal)] {
    var refused: [(place: Int, refusal: NetworkRefusal)] = []
    let roles = try BulkStatement(
      self,
      """
      SELECT role_id, substr(zip, 1, 5) FROM role
      WHERE role_id BETWEEN ? AND ? AND run_id = ? ORDER BY role_id
      """)
    let member = try BulkStatement(self, Self.putMember)
    let languages = try LanguageWriter(self)
    for (place, entry) in entries.enumerated() {
      let first = entry.npi.number << 30
      var sites: [(role: Int64, zip: String)] = []
      try roles.begin().bind(first).bind(first | 0x3fff_ffff).bind(feed.roles)
        .forEach { sites.append(($0.integer(0), $0.text(1))) }
      var chosen = sites.filter { entry.zips.contains($0.zip) }
      let inferred = chosen.isEmpty
      if inferred, sites.count == 1 { chosen = sites }
      guard !chosen.isEmpty else {
        let refusal: NetworkRefusal =
          sites.isEmpty ? .unknownPractitioner : .noSiteMatches(sites: sites.count)
        refused.append((place, refusal))
        continue
      }
      for site in chosen {
        for number in entry.planNumbers {
          try member.begin().bind(site.role).bind(number).bind(entry.newPatients.rawValue)
            .bind(inferred).bind(orNull: entry.asOf.map { Int64($0.daysSinceEpoch) })
            .bind(feed.number).bind(feed.run).run()
        }
      }
      try languages.add(entry.languages, to: entry.npi.number)
    }
    return refused
  }

  /// What two entries of one run say of one role and plan: the later date wins, and what is said
  /// outright wins over what is inferred.
  private static let putMember = """
    INSERT INTO network (role_id, plan_no, accepting, inferred, as_of, feed_no, run_id)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (role_id, plan_no) DO UPDATE SET accepting = excluded.accepting,
      inferred = excluded.inferred, as_of = excluded.as_of, feed_no = excluded.feed_no,
      run_id = excluded.run_id
    WHERE network.run_id <> excluded.run_id OR excluded.inferred < network.inferred
      OR (excluded.inferred = network.inferred
        AND coalesce(excluded.as_of, -1) >= coalesce(network.as_of, -1))
    """
}

/// The languages are the person's, wherever they practise: several entries add up, sorted.
private struct LanguageWriter {
  private let first: BulkStatement
  private let present: BulkStatement
  private let put: BulkStatement

  init(_ transaction: WriteTransaction) throws {
    first = try BulkStatement(
      transaction, "UPDATE practitioner SET languages = ? WHERE npi = ? AND languages = ''")
    present = try BulkStatement(
      transaction, "SELECT languages FROM practitioner WHERE npi = ?")
    put = try BulkStatement(transaction, "UPDATE practitioner SET languages = ? WHERE npi = ?")
  }

  func add(_ languages: [String], to npi: Int64) throws {
    guard !languages.isEmpty else { return }
    let text = Set(languages).sorted().joined(separator: " ")
    if try first.begin().bind(text).bind(npi).run() > 0 { return }
    guard let found = try present.begin().bind(npi).first()?.text(0), found != text else { return }
    let all = Set(found.split(separator: " ").map(String.init)).union(languages)
    let joined = all.sorted().joined(separator: " ")
    if joined != found { try put.begin().bind(joined).bind(npi).run() }
  }
}
