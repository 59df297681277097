import CivilTime
import ProviderDirectory
import Scheduling
import Store

/// The steps that holding and booking share.
extension Bookings {
  func schedule(of slot: SlotID, _ transaction: WriteTransaction) throws -> Schedule {
    guard let schedule = try transaction.schedule(of: slot.role, rules: rules) else {
      throw Refused(.unknownRole(slot.role))
    }
    return schedule
  }

  /// Asks the one rule, after expired holds on the place have been ended, and returns the room that
  /// the visit takes; nil for none.
  ///
  /// - Parameter held: the session's own hold on the slot. It takes nothing from its owner, and
  ///   what the hold promised stays: notice and horizon are those of the moment it was made.
  func checkRules(
    _ slot: SlotID, _ schedule: Schedule, held: Claim? = nil, patientBusy: [Busy],
    _ transaction: WriteTransaction
  ) throws -> Room? {
    let npi = slot.role.npi
    let range = schedule.claimsThatMatter(to: slot.start..<slot.end, withBuffers: true)
    let rooms = schedule.practice.rooms.map(\.id)
    try transaction.clearExpiredHolds(of: npi, overlapping: range)
    try transaction.clearExpiredHolds(ofRooms: rooms, overlapping: range)
    let busy = try transaction.liveClaims(of: npi, overlapping: range)
      .filter { $0.id != held?.id }.map(\.busy)
    let uses = try transaction.liveClaims(onRooms: rooms, overlapping: range)
      .filter { $0.id != held?.id }
      .compactMap { claim in claim.room.map { RoomUse(room: $0, claim: claim.busy) } }
    let visit = ProposedVisit(slot)
    var found = refusals(
      of: visit, in: schedule, busy: busy, rooms: uses, patientBusy: patientBusy,
      now: held?.createdAt ?? transaction.now)
    if held != nil {
      found += refusals(of: visit, in: schedule, busy: [], now: transaction.now)
        .filter { $0.code == .slotInPast }
    }
    if let first = found.min() { throw Refused(first) }
    return freeRoom(for: visit, in: schedule, uses: uses, preferring: held?.room)
  }

  /// Writes a new claim in `state`.
  func place(
    _ state: ClaimState, _ slot: SlotID, _ schedule: Schedule, room: Room?, for session: Session,
    idempotencyKey: String?, reason: String?, _ transaction: WriteTransaction
  ) throws -> Claim {
    let now = transaction.now
    let kind = schedule.kind(of: ProposedVisit(slot))
    let local = schedule.zone.local(at: slot.start)
    guard let wall = CivilDateTime(date: local.date, time: local.time, second: local.second) else {
      throw BookingFault.noWallTime(slot)
    }
    for _ in 0..<Self.idAttempts {
      let id = ClaimID(at: now, random: random)
      let claim = Claim(
        id: id, slot: slot, state: state, patient: session.patient,
        sessionHash: session.tokenHash,
        holdExpiresAt: state == .held ? now.adding(seconds: limits.holdSeconds) : nil,
        wall: wall, timeZone: schedule.zone.name, tzdataVersion: TimeZoneDatabase.version,
        sealedReason: try reason.map { try vault.seal(reason: $0, of: id) },
        idempotencyKey: idempotencyKey,
        beforeSeconds: Int64(kind?.bufferBeforeMinutes ?? 0) * 60,
        afterSeconds: Int64(kind?.bufferAfterMinutes ?? 0) * 60, room: room?.id, createdAt: now,
        changedAt: now,
        changedBy: Actor.patient(session.patient).description)
      switch try transaction.place(claim) {
      case nil: return claim
      case .idTaken: continue
      case .some(let conflict):
        throw Refused(refusal(of: conflict, slot, schedule, idempotencyKey))
      }
    }
    throw BookingFault.noFreeID(attempts: Self.idAttempts)
  }

  /// Two ids made in one second are equal once in 2³⁰ times.
  private static let idAttempts = 20

  /// The guards' answers in the words of the rules; they agree, so this speaks only where a rule
  /// that the program asked and a guard of the database part ways.
  func refusal(
    of conflict: ClaimConflict, _ slot: SlotID, _ schedule: Schedule, _ key: String?
  ) -> Refusal {
    switch conflict {
    case .practitioner, .room, .idTaken: .slotTaken(ProposedVisit(slot), zone: schedule.zone)
    case .patient: .patientBusy(ProposedVisit(slot), zone: schedule.zone)
    case .idempotencyKeyTaken: .idempotencyKeyReused(key ?? "", by: "of yours")
    }
  }
}
