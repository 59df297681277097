import CivilTime
import Privacy
import ProviderDirectory
import Scheduling
import Store

/// What becomes of time that is free again: it is held for whoever has waited for it.
extension Bookings {
  /// An open slot with what a wish asks about it.
  private struct Opening {
    let slot: Slot
    let site: ListedSite
    let schedule: Schedule
  }

  /// Offers the slots that `claims`, which have ended, stood in the way of: their practitioners',
  /// at any of their sites, and those of whoever may use their rooms. Returns how many offers were
  /// made.
  ///
  /// - Parameter giver: who gave it up, and so is not asked.
  @discardableResult
  func offer(
    freed claims: [Claim], by giver: PatientID? = nil, _ transaction: WriteTransaction
  ) throws -> Int {
    guard try transaction.anyoneWaits() else { return 0 }
    let people = try Set(claims.map(\.slot.role.npi)).union(
      transaction.practitioners(sharingRoomsOf: claims))
    let sites = try people.sorted().flatMap { try transaction.listedSites(of: $0) }
    let (line, next) = try line(before: sites, transaction)
    guard !line.isEmpty else { return 0 }
    var openings = try openings(at: sites, freedBy: claims, transaction)
    let made = try offer(&openings, to: line, except: giver, transaction)
    if let next {
      try transaction.noteNewHours(of: Set(openings.map(\.slot.role)), after: next)
    }
    return made
  }

  /// Offers whatever can be booked of a practitioner whose hours have changed, or whose line was
  /// too long for one turn: one turn more.
  func offerNewHours(of npi: NPI, _ transaction: WriteTransaction) throws -> WorkDone {
    var done = WorkDone()
    guard let place = try transaction.newHours(of: npi) else { return done }
    let roles = try transaction.forgetNewHours(of: npi)
    let sites = try transaction.listedSites(of: npi)
    let (line, next) = try line(before: sites, behind: place, transaction)
    if !line.isEmpty {
      var openings = try openings(at: sites, transaction)
      done.offers = try offer(&openings, to: line, transaction)
      if let next, !openings.isEmpty {
        try transaction.noteNewHours(of: Set(openings.map(\.slot.role)), after: next)
        return done
      }
    }
    done.newHours = roles
    return done
  }

  /// Who may want a slot at one of `sites`, as many as one turn asks.
  private func line(
    before sites: [ListedSite], behind place: LinePlace = .front, _ transaction: WriteTransaction
  ) throws -> (entries: [WaitlistEntry], next: LinePlace?) {
    var keys = Set<String>()
    for site in sites { keys.formUnion(Wish.keys(of: site)) }
    return try transaction.waiting(
      underAnyOf: keys.sorted().flatMap { vault.hashes(ofWishKey: $0) }, behind: place,
      limit: limits.entriesPerTurn)
  }

  /// Slots that the one rule accepts, by start.
  ///
  /// - Parameter claims: only those that it would not accept while these stood; nil for all.
  private func openings(
    at sites: [ListedSite], freedBy claims: [Claim]? = nil, _ transaction: WriteTransaction
  ) throws -> [Opening] {
    let schedules = try transaction.schedules(of: sites.map(\.role), rules: rules)
    // A visit counts in its week, where there is a limit; buffers and ways reach less than a day.
    let isCounted = schedules.values.contains { $0.rules.visitsPerWeek != nil }
    let margin: Int64 = (isCounted ? 7 : 1) * 86_400
    let now = transaction.now
    let first = claims?.map(\.slot.start).min()?.adding(seconds: -margin) ?? now
    let last =
      claims?.map(\.slot.end).max()?.adding(seconds: margin) ?? now.adding(seconds: 800 * 86_400)
    let taken = try transaction.occupancy(
      of: Array(schedules.values),
      for: first.adding(seconds: -86_400)..<last.adding(seconds: 86_400))
    var openings: [Opening] = []
    for site in sites {
      guard let schedule = schedules[site.role] else { continue }
      let dates = schedule.zone.local(at: first).date...schedule.zone.local(at: last).date
      func open(besides claims: [Claim]) -> [Slot] {
        let own = claims.filter { $0.slot.role.npi == site.role.npi }
        let uses = claims.compactMap { claim in
          claim.room.map { RoomUse(room: $0, claim: claim.busy) }
        }
        return slots(
          in: schedule, matching: SlotRequest(dates: dates),
          busy: taken.busy(site.role) + own.map(\.busy), rooms: taken.rooms(site.role) + uses,
          now: now)
      }
      let before = Set(claims.map { open(besides: $0) } ?? [])
      openings += open(besides: []).filter { !before.contains($0) }
        .map { Opening(slot: $0, site: site, schedule: schedule) }
    }
    return openings.sorted { $0.slot < $1.slot }
  }

  /// By rank, each entry gets the first opening that it wants and its patient can come to; leaves
  /// the openings that nobody got.
  private func offer(
    _ openings: inout [Opening], to line: [WaitlistEntry], except giver: PatientID? = nil,
    _ transaction: WriteTransaction
  ) throws -> Int {
    var made = 0
    var served = Set([giver].compactMap(\.self))
    for entry in line where !openings.isEmpty && !served.contains(entry.patient) {
      guard let wish = try readableWish(of: entry) else { continue }
      let replaced = try visit(toReplaceFor: entry, transaction)
      for opening in openings
      where wish.wants(opening.slot, at: opening.site, zone: opening.schedule.zone) {
        guard try canCome(entry, to: opening.slot, replacing: replaced, transaction),
          try offer(opening, to: entry, transaction)
        else { continue }
        made += 1
        served.insert(entry.patient)
        openings.removeAll {
          $0.slot.role.npi == opening.slot.role.npi && $0.slot.start < opening.slot.end
            && opening.slot.start < $0.slot.end
        }
        break
      }
    }
    return made
  }

  /// Nil for one that was damaged: it keeps its place, where its patient is told, and nobody else's
  /// visit waits for that.
  private func readableWish(of entry: WaitlistEntry) throws -> Wish? {
    do {
      return try wish(of: entry)
    } catch is SealingError {
      return nil
    } catch BookingFault.unreadableWish {
      return nil
    }
  }

  private func canCome(
    _ entry: WaitlistEntry, to slot: Slot, replacing replaced: Claim?,
    _ transaction: WriteTransaction
  ) throws -> Bool {
    if let replaced, slot.start >= replaced.slot.start { return false }
    let visits = try transaction.bookedVisits(of: entry.patient, overlapping: slot.start..<slot.end)
    guard visits.allSatisfy({ $0.id == replaced?.id }) else { return false }
    return try !transaction.wasOffered(slot.id, to: entry.id)
  }

  /// False when an offer made before this one has taken the opening's room, or its day's last
  /// place.
  private func offer(
    _ opening: Opening, to entry: WaitlistEntry, _ transaction: WriteTransaction
  ) throws -> Bool {
    let slot = opening.slot.id
    let id = try freeID(transaction)
    do {
      let room = try checkRules(slot, opening.schedule, patientBusy: [], transaction)
      try place(
        id, .held, slot, opening.schedule, room: room, for: ClaimOwner(entry), VisitRequest(),
        entry: entry.id, transaction)
    } catch is Refused {
      return false
    }
    try transaction.move(entry.id, to: .offered, by: .system)
    try announce(.offered, of: id, transaction)
    try transaction.audit(
      .offer, of: entry.patient, subject: id.holdText, by: .system, vault: vault)
    return true
  }

  /// An offer that ends unclaimed gives its entry back its place in the line.
  func lapse(_ claim: Claim, _ transaction: WriteTransaction) throws {
    guard let entry = claim.entry else { return }
    try transaction.move(entry, to: .waiting, by: .system)
    try announce(.lapsed, of: claim.id, transaction)
  }

  /// The visit that claiming an offer gives up: the one its entry names, while it is to come.
  func replaced(byOffer held: Claim?, _ transaction: WriteTransaction) throws -> Claim? {
    guard let entry = try held?.entry.flatMap(transaction.waitlistEntry),
      let old = try visit(toReplaceFor: entry, transaction), transaction.now < old.slot.start
    else { return nil }
    return old
  }

  /// The booked visit that an entry names, or the one that it was moved to since.
  private func visit(
    toReplaceFor entry: WaitlistEntry, _ transaction: WriteTransaction
  ) throws -> Claim? {
    var claim = try entry.replaces.flatMap(transaction.claim)
    while let moved = claim, moved.state == .rescheduled {
      claim = try moved.replacedBy.flatMap(transaction.claim)
    }
    return claim?.state == .booked ? claim : nil
  }
}

/// Whose a claim is.
struct ClaimOwner {
  let patient: PatientID
  let sessionHash: [UInt8]

  init(_ session: Session) {
    patient = session.patient
    sessionHash = session.tokenHash
  }

  init(_ entry: WaitlistEntry) {
    patient = entry.patient
    sessionHash = entry.sessionHash
  }
}
