import GRDB
import Privacy
public import ProviderDirectory
public import Scheduling

/// A booked visit that a change of schedule leaves without hours, a room, or its practitioner.
public struct StrandedVisit: Sendable {
  public let claim: ClaimID
  public let slot: SlotID
  public let refusals: [Refusal]
}

/// What an edit of schedules came to.
public struct ScheduleEdit: Sendable {
  /// Of the roles that the directory lists.
  public let before: [RoleID: Schedule]
  public let after: [RoleID: Schedule]
  /// Booked visits to come that could take place before and no longer can; none is touched.
  public let stranded: [StrandedVisit]
  /// False when it was taken back: it would have stranded visits, or was only to be tried.
  public let isApplied: Bool
}

/// Whether an edit stays.
public enum EditPolicy: Hashable, Sendable {
  /// Unless it strands a visit.
  case unlessStranding
  /// Whatever it strands: the front desk calls the patients.
  case always
  /// Never: to see what it would do.
  case tryOnly
}

extension WriteTransaction {
  /// Runs `edit` on the schedules of `roles` and says what it changed and which booked visits it
  /// strands; a read of these is audited. When `edit` throws, nothing has changed.
  public func editSchedules(
    of roles: [RoleID], _ policy: EditPolicy, vault: () throws -> Vault,
    _ edit: () throws -> Void
  ) throws -> ScheduleEdit {
    let before = try schedules(of: roles)
    let visits = try visitsToCome(at: roles)
    let usable = try rooms(of: visits)
    var result: ScheduleEdit?
    try db.inSavepoint {
      try edit()
      let after = try schedules(of: roles)
      let kept = try rooms(of: visits)
      let stranded = visits.compactMap { claim -> StrandedVisit? in
        let visit = ProposedVisit(claim.slot)
        guard let old = before[visit.role], let new = after[visit.role] else { return nil }
        var refusals = strandings(of: visit, in: new)
        let known = Set(strandings(of: visit, in: old).map(\.code))
        refusals.removeAll { known.contains($0.code) }
        if let room = claim.room, let before = usable[room], kept[room] == nil {
          refusals.append(.roomGone(visit, room: before, zone: new.zone))
        }
        guard !refusals.isEmpty else { return nil }
        return StrandedVisit(claim: claim.id, slot: claim.slot, refusals: refusals)
      }
      let applies = policy == .always || (policy == .unlessStranding && stranded.isEmpty)
      result = ScheduleEdit(
        before: before, after: after, stranded: stranded, isApplied: applies)
      return applies ? .commit : .rollback
    }
    if result!.isApplied { try noteNewHours(of: roles) }
    for role in Set(result!.stranded.map(\.slot.role)).sorted() {
      try audit(
        .listStranded, of: nil, subject: "role \(role)", by: .clinic, vault: vault())
    }
    return result!
  }

  /// The rooms that visits take and that are in use.
  private func rooms(of visits: [Claim]) throws -> [Int64: Room] {
    var rooms: [Int64: Room] = [:]
    let ids = Set(visits.compactMap(\.room))
    guard !ids.isEmpty else { return rooms }
    try forEachRow(
      """
      SELECT room_id, kind, number FROM room
      WHERE room_id IN (SELECT value FROM json_each(?)) AND retired = 0
      """, [Self.list(ids.sorted())]
    ) { row in
      guard let kind = ShortName(row.text(1)) else {
        throw unreadable("room", row.integer(0), "kind is \(row.text(1))")
      }
      rooms[row.integer(0)] = Room(id: row.integer(0), kind: kind, number: Int(row.integer(2)))
    }
    return rooms
  }
}
