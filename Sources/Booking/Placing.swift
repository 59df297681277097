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

  /// Asks the one rule, after expired holds on the practitioner and the rooms have been ended, and
  /// returns the room that the visit takes; nil for none.
  ///
  /// - Parameters:
  ///   - held: the asker's own hold on the slot. It takes nothing from its owner, and what the hold
  ///     promised stays: notice and horizon are those of the moment it was made.
  ///   - replacing: a visit that ends in the same transaction.
  func checkRules(
    _ slot: SlotID, _ schedule: Schedule, held: Claim? = nil, replacing: ClaimID? = nil,
    patientBusy: [Busy], _ transaction: WriteTransaction
  ) throws -> Room? {
    let range = schedule.claimsThatMatter(to: slot.start..<slot.end, withBuffers: true)
    let rooms = schedule.practice.rooms.map(\.id)
    func others(_ claims: [Claim]) -> [Claim] {
      claims.filter { $0.id != held?.id && $0.id != replacing }
    }
    let busy = others(
      try transaction.liveClaims(of: slot.role.npi, overlapping: range)
    ).map(\.busy)
    let uses = others(try transaction.liveClaims(onRooms: rooms, overlapping: range))
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

  /// Writes a new claim in `state`, which is held or booked.
  func place(
    _ id: ClaimID, _ state: ClaimState, _ slot: SlotID, _ schedule: Schedule, room: Room?,
    for owner: ClaimOwner, _ visit: VisitRequest, entry: WaitlistID? = nil,
    _ transaction: WriteTransaction
  ) throws {
    let now = transaction.now
    let kind = schedule.kind(of: ProposedVisit(slot))
    let local = schedule.zone.local(at: slot.start)
    guard let wall = CivilDateTime(date: local.date, time: local.time, second: local.second) else {
      throw BookingFault.noWallTime(slot)
    }
    let seconds = entry == nil ? limits.holdSeconds : limits.offerSeconds
    let actor = entry == nil ? Actor.patient(owner.patient) : .system
    let claim = Claim(
      id: id, slot: slot, state: state, patient: owner.patient, sessionHash: owner.sessionHash,
      holdExpiresAt: state == .held ? now.adding(seconds: seconds) : nil,
      wall: wall, timeZone: schedule.zone.name, tzdataVersion: TimeZoneDatabase.version,
      sealedReason: try visit.reason.map { try vault.seal(reason: $0, of: id) },
      idempotencyKey: visit.idempotencyKey,
      beforeSeconds: Int64(kind?.bufferBeforeMinutes ?? 0) * 60,
      afterSeconds: Int64(kind?.bufferAfterMinutes ?? 0) * 60, room: room?.id, createdAt: now,
      changedAt: now,
      changedBy: actor.description, replaces: visit.replacing?.id, series: visit.series,
      entry: entry)
    if let conflict = try transaction.place(claim) {
      throw Refused(refusal(of: conflict, slot, schedule, visit.idempotencyKey))
    }
  }

  /// An id that no claim has.
  func freeID(_ transaction: WriteTransaction) throws -> ClaimID {
    for _ in 0..<Self.idAttempts {
      let id = ClaimID(at: transaction.now, random: random)
      if try !transaction.isClaim(id) { return id }
    }
    throw BookingFault.noFreeID(attempts: Self.idAttempts)
  }

  /// Two ids made in one second are equal once in 2³⁰ times.
  static let idAttempts = 20

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
