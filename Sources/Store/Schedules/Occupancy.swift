public import CivilTime
import GRDB
public import ProviderDirectory
public import Scheduling

/// The live claims that bear on a batch of schedules, as `Scheduling`'s rule takes them.
public struct Occupancy: Sendable {
  fileprivate(set) var people: [NPI: [Busy]] = [:]
  fileprivate(set) var sites: [SiteKey: [RoomUse]] = [:]

  /// The practitioner's, at any site.
  public func busy(_ role: RoleID) -> [Busy] { people[role.npi] ?? [] }

  /// Those on the rooms of the role's site.
  public func rooms(_ role: RoleID) -> [RoomUse] { sites.isEmpty ? [] : sites[role.site] ?? [] }
}

extension ReadTransaction {
  /// What takes the practitioners and rooms of `schedules`, as far as it bears on visits in
  /// `range`; holds that live at `now` among it.
  ///
  /// - Parameter session: the hash of a session, whose own holds are marked as such.
  public func occupancy(
    of schedules: [Schedule], for range: Range<Instant>,
    holdsOf session: [UInt8]? = nil
  ) throws -> Occupancy {
    let hasBuffers = try usedTables().kinds
    var reach = range
    var rooms: [Int64: SiteKey] = [:]
    for schedule in schedules {
      let needed = schedule.claimsThatMatter(to: range, withBuffers: hasBuffers)
      reach = min(reach.lowerBound, needed.lowerBound)..<max(reach.upperBound, needed.upperBound)
      for room in schedule.practice.rooms { rooms[room.id] = schedule.role.site }
    }
    var occupancy = Occupancy()
    occupancy.people = try busy(
      schedules.filter { !$0.isEmpty }.map(\.role.npi.number), during: reach, holdsOf: session,
      hasBuffers: hasBuffers)
    guard !rooms.isEmpty else { return occupancy }
    for (room, claim) in try roomClaims(rooms.keys.sorted(), during: reach, holdsOf: session) {
      guard let site = rooms[room] else { continue }
      occupancy.sites[site, default: []].append(RoomUse(room: room, claim: claim))
    }
    return occupancy
  }

  /// When the practitioners are taken, at any site, by booked visits and holds that live at `now`;
  /// in one query, by start. A person without claims has no entry.
  private func busy(
    _ practitioners: [Int64], during range: Range<Instant>, holdsOf session: [UInt8]?,
    hasBuffers: Bool
  ) throws -> [NPI: [Busy]] {
    var busy: [NPI: [Busy]] = [:]
    busy.reserveCapacity(practitioners.count)
    // A person's claims stand together, mostly at one site.
    var person: (number: Int64, claims: [Busy]) = (0, [])
    var role: (number: Int64, id: RoleID?) = (0, nil)
    func keep() {
      if let npi = NPI(person.number) { busy[npi, default: []] += person.claims }
    }
    try forEachRow(
      """
      SELECT claim.npi, \(Self.busyColumns(hasBuffers: hasBuffers, hasSession: session != nil))
      FROM json_each(?1) AS wanted CROSS JOIN claim INDEXED BY claim_busy
      WHERE claim.npi = wanted.value AND (\(ClaimSchema.isLive)) AND \(Self.isDuring)
      """, arguments(Self.list(practitioners), range, session)
    ) { row in
      let number = row.integer(3)
      if number != role.number { role = (number, RoleID(rawValue: number)) }
      if row.integer(0) != person.number {
        keep()
        person = (row.integer(0), [])
        person.claims.reserveCapacity(16)
      }
      person.claims.append(try self.busy(row, at: role.id, hasBuffers: hasBuffers))
    }
    keep()
    return busy
  }

  private func roomClaims(
    _ rooms: [Int64], during range: Range<Instant>, holdsOf session: [UInt8]?
  ) throws -> [(room: Int64, claim: Busy)] {
    var found: [(room: Int64, claim: Busy)] = []
    try forEachRow(
      """
      SELECT claim.room_id, \(Self.busyColumns(hasBuffers: true, hasSession: session != nil))
      FROM json_each(?1) AS wanted CROSS JOIN claim
      WHERE claim.room_id = wanted.value AND claim.\(ClaimSchema.live) AND \(Self.isDuring)
      """, arguments(Self.list(rooms), range, session)
    ) { row in
      let role = RoleID(rawValue: row.integer(3))
      found.append((row.integer(0), try busy(row, at: role, hasBuffers: true)))
    }
    return found
  }

  /// Of holds alone more is read than the index `claim_busy` has, and where somebody's own are
  /// asked for.
  private static func busyColumns(hasBuffers: Bool, hasSession: Bool) -> String {
    func ofOwnHold(_ column: String) -> String {
      hasSession
        ? "CASE WHEN claim.state = 'held' AND claim.session_hash IS ?5 THEN \(column) END" : "NULL"
    }
    let columns = "claim.starts_at, claim.ends_at, claim.role_id, \(ofOwnHold("claim.visit_type"))"
    guard hasBuffers else { return columns }
    return columns + ", claim.before_s, claim.after_s, \(ofOwnHold("claim.kind"))"
  }

  private static let isDuring = """
    claim.starts_at < ?2 AND claim.starts_at > ?3 - \(ClaimSchema.maxVisitSeconds)
      AND claim.ends_at > ?3 AND (claim.state <> 'held' OR claim.hold_expires_at > ?4)
    """

  private func arguments(
    _ list: String, _ range: Range<Instant>, _ session: [UInt8]?
  ) -> Arguments {
    let shared: Arguments = [
      list, range.upperBound.secondsSinceEpoch, range.lowerBound.secondsSinceEpoch,
      now.secondsSinceEpoch,
    ]
    return session.map { shared + [$0] } ?? shared
  }

  private func busy(_ row: BareRow, at role: RoleID?, hasBuffers: Bool) throws -> Busy {
    let start = Instant(secondsSinceEpoch: row.integer(1))
    let end = Instant(secondsSinceEpoch: row.integer(2))
    var own: SlotID?
    if !row.isNull(4) {
      guard let role, let visitType = row.visitType(4) else {
        throw unreadable("claim", row.integer(3), "its role or visit type is none")
      }
      own = SlotID(
        role: role, start: start, minutes: Int(end.seconds(since: start) / 60),
        visitType: visitType, kind: hasBuffers ? ShortName(row.text(7)) : nil)
    }
    return Busy(
      start: start, end: end, beforeSeconds: hasBuffers ? row.integer(5) : 0,
      afterSeconds: hasBuffers ? row.integer(6) : 0, role: role, ownHold: own)
  }
}
