public import CivilTime
public import Privacy
import ProviderDirectory
import Scheduling
public import Store

/// A place on the waitlist as its patient sees it.
public struct WaitlistPlace: Hashable, Sendable, Identifiable {
  public let id: WaitlistID
  public let state: WaitlistEntry.State
  public let severity: Severity
  public let wish: Wish
  /// The visit to be given up for a slot.
  public let replaces: ClaimID?
  public let joinedAt: Instant
  /// The slot that is held for it now.
  public let offer: Hold?
}

extension Bookings {
  /// Waits for a slot as `wish` has it: the first that becomes free and can be booked is held for
  /// the patient, one at a time, the most urgent patients first and then the earliest.
  ///
  /// - Parameters:
  ///   - replacing: a visit that the patient keeps until a slot is claimed. Only earlier slots are
  ///     offered then.
  ///   - idempotencyKey: the same key gives the same entry.
  public func joinWaitlist(
    _ wish: Wish, severity: Severity = .routine, replacing: ClaimID? = nil,
    idempotencyKey: String? = nil, as token: SessionToken?
  ) throws -> Outcome<WaitlistPlace> {
    try request { transaction in
      let session = try self.session(token, .waitForSlot, transaction)
      if let idempotencyKey,
        let earlier = try transaction.waitlistEntry(
          of: session.patient, idempotencyKey: idempotencyKey)
      {
        guard try self.wish(of: earlier) == wish, earlier.severity == severity else {
          throw Refused(.idempotencyKeyReused(idempotencyKey, by: "\(earlier.id)"))
        }
        return try place(earlier, transaction)
      }
      if let replacing {
        let visit = try visit(replacing, of: .patient(token), .waitForSlot, transaction).0
        try requireToCome(visit, transaction)
      }
      try check(wish, of: session, transaction)
      let now = transaction.now
      let id = try freeEntryID(transaction)
      let entry = WaitlistEntry(
        id: id, patient: session.patient, sessionHash: session.tokenHash, severity: severity,
        sealedWish: try vault.seal(wish: try wish.encoded(), of: id), replaces: replacing,
        idempotencyKey: idempotencyKey, createdAt: now, closesAt: wish.closesAt, changedAt: now)
      let keys = try wish.keys().map { vault.hash(ofWishKey: $0) }
      try transaction.insert(entry, keys: keys, by: .patient(session.patient))
      try transaction.audit(
        .joinWaitlist, of: session.patient, subject: "\(id)", by: .patient(session.patient),
        vault: vault)
      return try place(entry, transaction)
    }
  }

  /// The patient's places, ended ones too, in the order of joining.
  public func waitlist(as token: SessionToken?) throws -> Outcome<[WaitlistPlace]> {
    try request { transaction in
      let session = try self.session(token, .waitForSlot, transaction)
      let patient = session.patient
      for entry in try transaction.waitlist(of: patient) {
        try expireOffer(to: entry, transaction)
      }
      try transaction.audit(
        .listWaitlist, of: patient, subject: "waitlist", by: .patient(patient), vault: vault)
      return try transaction.waitlist(of: patient).map { try place($0, transaction) }
    }
  }

  /// Books what is offered, and ends the visit that the entry was to replace. Claiming again gives
  /// the same appointment.
  public func claimOffer(_ id: WaitlistID, as token: SessionToken?) throws -> Outcome<Appointment> {
    try request { transaction in
      let session = try self.session(token, .waitForSlot, transaction)
      let before = try entry(id, of: session, transaction)
      let lapsed = try before.state == .offered ? transaction.offer(to: id) : nil
      try expireOffer(to: before, transaction)
      let now = try entry(id, of: session, transaction)
      switch now.state {
      case .claimed:
        guard let claim = try transaction.claimed(by: id) else { throw BookingFault.noOffer(id) }
        return try show(claim, to: .patient(session.patient), transaction)
      case .offered:
        guard let offer = try transaction.offer(to: id) else { throw BookingFault.noOffer(id) }
        // What ran out may have made way for another offer, which nobody has seen yet.
        if let lapsed, offer.id != lapsed.id { throw try expired(lapsed, of: id) }
        return try appointment(
          try book(offer.slot, held: offer, for: session, VisitRequest(), transaction))
      case .waiting:
        guard let lapsed else { throw Refused(.noOffer("\(id)")) }
        throw try expired(lapsed, of: id)
      case .left, .over: throw Refused(.entryOver("\(id)", state: now.state.rawValue))
      }
    }
  }

  private func expired(_ offer: Claim, of id: WaitlistID) throws -> Refused {
    guard let end = offer.holdExpiresAt else { throw BookingFault.noOffer(id) }
    return Refused(.offerExpired("\(id)", at: end, zone: try Zone(offer.timeZone)))
  }

  /// Gives the place up; what is offered goes to the next. Leaving again changes nothing.
  public func leaveWaitlist(_ id: WaitlistID, as token: SessionToken?) throws -> Outcome<
    WaitlistPlace
  > {
    try request { transaction in
      let session = try self.session(token, .waitForSlot, transaction)
      let actor = Actor.patient(session.patient)
      try expireOffer(to: try entry(id, of: session, transaction), transaction)
      let entry = try self.entry(id, of: session, transaction)
      switch entry.state {
      case .left, .over: break
      case .claimed: throw Refused(.entryOver("\(id)", state: entry.state.rawValue))
      case .waiting, .offered:
        let offer = try transaction.offer(to: id)
        if let offer { try release(offer, by: actor, transaction) }
        try transaction.move(id, to: .left, by: actor)
        try transaction.audit(
          .leaveWaitlist, of: session.patient, subject: "\(id)", by: actor, vault: vault)
        if let offer { try self.offer(freed: [offer], by: offer.patient, transaction) }
      }
      return try place(try self.entry(id, of: session, transaction), transaction)
    }
  }

  private func check(
    _ wish: Wish, of session: Session, _ transaction: WriteTransaction
  ) throws {
    switch wish.whom {
    case .practitioner(let npi):
      let sites = try transaction.listedSites(of: npi)
      if sites.isEmpty, let site = SiteKey(rawValue: 0) {
        throw Refused(.unknownRole(RoleID(npi: npi, site: site)))
      }
    case .role(let role):
      guard try transaction.listedSites(of: role.npi).contains(where: { $0.role == role }) else {
        throw Refused(.unknownRole(role))
      }
    case .specialty: break
    }
    guard wish.closesAt > transaction.now else {
      let today = CivilDate(
        daysSinceEpoch: Int32(transaction.now.secondsSinceEpoch / 86_400))
      throw Refused(.datesOver(last: wish.dates.upperBound, today: today))
    }
    let open = try transaction.waitlist(of: session.patient)
      .filter { $0.state == .offered || ($0.state == .waiting && $0.closesAt > transaction.now) }
    guard open.count < limits.entriesPerPatient else {
      throw Refused(.tooManyEntries(open: open.count, limit: limits.entriesPerPatient))
    }
  }

  private func freeEntryID(_ transaction: WriteTransaction) throws -> WaitlistID {
    for _ in 0..<Self.idAttempts {
      let id = WaitlistID(at: transaction.now, random: random)
      if try transaction.waitlistEntry(id) == nil { return id }
    }
    throw BookingFault.noFreeID(attempts: Self.idAttempts)
  }

  /// The session's own entry.
  private func entry(
    _ id: WaitlistID, of session: Session, _ transaction: WriteTransaction
  ) throws -> WaitlistEntry {
    guard let entry = try transaction.waitlistEntry(id), entry.patient == session.patient else {
      throw Refused(.unknownEntry("\(id)"))
    }
    return entry
  }

  private func expireOffer(to entry: WaitlistEntry, _ transaction: WriteTransaction) throws {
    guard entry.state == .offered, let offer = try transaction.offer(to: entry.id) else { return }
    try settle(offer.slot.role.npi, transaction)
  }

  func wish(of entry: WaitlistEntry) throws -> Wish {
    let text = try vault.open(wish: entry.sealedWish, of: entry.id)
    guard let wish = try Wish(encoded: text) else { throw BookingFault.unreadableWish(entry.id) }
    return wish
  }

  private func place(
    _ entry: WaitlistEntry, _ transaction: WriteTransaction
  ) throws -> WaitlistPlace {
    let isOver = entry.state == .waiting && entry.closesAt <= transaction.now
    let offer = try entry.state == .offered ? transaction.offer(to: entry.id) : nil
    return WaitlistPlace(
      id: entry.id, state: isOver ? .over : entry.state, severity: entry.severity,
      wish: try wish(of: entry), replaces: entry.replaces, joinedAt: entry.createdAt,
      offer: try offer.map(hold))
  }
}
