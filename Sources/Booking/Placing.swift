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

  /// Asks the one rule, after expired holds on the place have been ended.
  ///
  /// - Parameter held: the session's own hold on the slot. It takes nothing from its owner, and
  ///   what the hold promised stays: notice and horizon are those of the moment it was made.
  func checkRules(
    _ slot: SlotID, _ schedule: Schedule, held: Claim? = nil, patientBusy: [Busy],
    _ transaction: WriteTransaction
  ) throws {
    let npi = slot.role.npi
    try transaction.clearExpiredHolds(of: npi, overlapping: slot.start..<slot.end)
    let busy = try transaction.liveClaims(of: npi, overlapping: slot.start..<slot.end)
      .filter { $0.id != held?.id }
      .map { Busy(start: $0.slot.start, end: $0.slot.end) }
    let visit = ProposedVisit(slot)
    var found = refusals(
      of: visit, in: schedule, busy: busy, patientBusy: patientBusy,
      now: held?.createdAt ?? transaction.now)
    if held != nil {
      found += refusals(of: visit, in: schedule, busy: [], now: transaction.now)
        .filter { $0.code == .slotInPast }
    }
    if let first = found.min() { throw Refused(first) }
  }

  /// Writes a new claim in `state`.
  func place(
    _ state: ClaimState, _ slot: SlotID, _ schedule: Schedule, for session: Session,
    idempotencyKey: String?, reason: String?, _ transaction: WriteTransaction
  ) throws -> Claim {
    let now = transaction.now
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
        idempotencyKey: idempotencyKey, createdAt: now, changedAt: now,
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
    case .practitioner, .idTaken: .slotTaken(ProposedVisit(slot), zone: schedule.zone)
    case .patient: .patientBusy(ProposedVisit(slot), zone: schedule.zone)
    case .idempotencyKeyTaken: .idempotencyKeyReused(key ?? "", by: "of yours")
    }
  }
}
