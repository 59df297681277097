import CivilTime
import ProviderDirectory
import Scheduling
import Store

/// What becomes of time that is free again: it is held for whoever has waited for it.
extension Bookings {
  /// However many wait for one practitioner, so many are looked at for each freed stretch of time.
  private static let entriesLookedAt = 500

  /// An open slot with what a wish asks about it.
  private struct Opening {
    let slot: Slot
    let site: ListedSite
    let schedule: Schedule
  }

  /// Offers the time of `slots`, which is free again: every slot of their practitioners' that can
  /// be booked there, at any of their sites. Returns how many offers were made.
  ///
  /// - Parameter giver: who gave it up, and so is not asked.
  @discardableResult
  func offer(
    freed slots: [SlotID], by giver: PatientID? = nil, _ transaction: WriteTransaction
  ) throws -> Int {
    guard try transaction.anyoneWaits() else { return 0 }
    var made = 0
    for (npi, freed) in Dictionary(grouping: slots, by: \.role.npi).sorted(by: { $0.key < $1.key })
    {
      let stretches = freed.map { $0.start..<$0.end }
      made += try offer(
        try openings(of: npi, within: stretches, transaction), except: giver, transaction)
    }
    return made
  }

  /// Offers whatever can be booked of a practitioner, whose hours have changed.
  func offer(hoursOf npi: NPI, _ transaction: WriteTransaction) throws -> Int {
    guard try transaction.anyoneWaits() else { return 0 }
    let far = transaction.now.adding(seconds: 800 * 86_400)
    return try offer(
      try openings(of: npi, within: [transaction.now..<far], transaction), transaction)
  }

  /// Slots that the one rule accepts and that have a part in one of `stretches`, by start.
  private func openings(
    of npi: NPI, within stretches: [Range<Instant>], _ transaction: WriteTransaction
  ) throws -> [Opening] {
    guard let first = stretches.map(\.lowerBound).min(),
      let last = stretches.map(\.upperBound).max()
    else { return [] }
    var openings: [Opening] = []
    let sites = try transaction.listedSites(of: npi)
    let schedules = try transaction.schedules(of: sites.map(\.role), rules: rules)
    let taken = try transaction.occupancy(
      of: schedules.values, for: first.adding(seconds: -86_400)..<last.adding(seconds: 86_400))
    for site in sites {
      guard let schedule = schedules[site.role] else { continue }
      let zone = schedule.zone
      // A slot that reaches into a stretch may have begun the day before.
      let dates = zone.local(at: first).date.adding(days: -1)...zone.local(at: last).date
      openings += slots(
        in: schedule, matching: SlotRequest(dates: dates), busy: taken.busy(site.role),
        rooms: taken.rooms(site.role), now: transaction.now
      ).filter { slot in
        stretches.contains { slot.start < $0.upperBound && $0.lowerBound < slot.end }
      }.map { Opening(slot: $0, site: site, schedule: schedule) }
    }
    return openings.sorted { $0.slot < $1.slot }
  }

  /// By rank, each entry gets the first opening that it wants and its patient can come to.
  private func offer(
    _ openings: [Opening], except giver: PatientID? = nil, _ transaction: WriteTransaction
  ) throws -> Int {
    var openings = openings
    var keys = Set<String>()
    for site in Set(openings.map(\.site)) { keys.formUnion(Wish.keys(of: site)) }
    let waiting = try transaction.waiting(
      underAnyOf: keys.sorted().map { vault.hash(ofWishKey: $0) }, limit: Self.entriesLookedAt)
    var made = 0
    var served = Set([giver].compactMap(\.self))
    for entry in waiting where !openings.isEmpty && !served.contains(entry.patient) {
      let wish = try self.wish(of: entry)
      let replaced = try entry.replaces.flatMap(transaction.claim).flatMap {
        $0.state == .booked ? $0 : nil
      }
      for opening in openings
      where wish.wants(opening.slot, at: opening.site, zone: opening.schedule.zone) {
        guard try canCome(entry, to: opening.slot, replacing: replaced, transaction),
          try offer(opening, to: entry, transaction)
        else { continue }
        made += 1
        served.insert(entry.patient)
        openings.removeAll {
          $0.slot.start < opening.slot.end && opening.slot.start < $0.slot.end
        }
        break
      }
    }
    return made
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
    try transaction.post(.offered, of: id)
    try transaction.audit(
      .offer, of: entry.patient, subject: id.holdText, by: .system, vault: vault)
    return true
  }

  /// An offer that ends unclaimed gives its entry back its place in the line.
  func lapse(_ claim: Claim, _ transaction: WriteTransaction) throws {
    guard let entry = claim.entry else { return }
    try transaction.move(entry, to: .waiting, by: .system)
    try transaction.post(.lapsed, of: claim.id)
  }

  /// The visit that claiming an offer gives up: the one its entry names, while it is to come.
  func replaced(byOffer held: Claim?, _ transaction: WriteTransaction) throws -> Claim? {
    guard let entry = try held?.entry.flatMap(transaction.waitlistEntry),
      let old = try entry.replaces.flatMap(transaction.claim), old.state == .booked,
      transaction.now < old.slot.start
    else { return nil }
    return old
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
