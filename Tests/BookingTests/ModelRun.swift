import Booking
import CivilTime
import Geospatial
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import TestSupport

/// Random requests, each made to the model and to the store.
struct ModelRun {
  typealias Answer = ModelBookings.Answer

  let desk: Desk
  private(set) var model: ModelBookings
  private var generator: SeededGenerator
  private let sessions: [SessionToken]
  private let patients: [PatientID]
  /// The slots that are asked for.
  private let slots: [SlotID]
  /// The store's id of each of the model's claims and entries.
  private var ids: [Int: ClaimID] = [:]
  private var entryIDs: [WaitlistID] = []
  private let front = FrontDesk(name: "mona")
  /// How many offers were claimed, by patients who gave up a visit for them, or found to be over.
  private(set) var tally = (claimed: 0, replacing: 0, tooLate: 0)

  private static let roles = [Desk.heart, Desk.heartElsewhere, Desk.skin]

  init(seed: UInt64) throws {
    let limits = BookingLimits(holdsPerPatient: 3, entriesPerPatient: 3)
    let desk = try Desk(limits: limits, seed: seed)
    self.desk = desk
    // 83 km away, and of another specialty.
    try desk.clinic.stray(
      """
      UPDATE role SET lat = 41.5 WHERE role_id = \(Desk.heartElsewhere.rawValue);
      UPDATE practitioner SET taxonomies = '207N00000X' WHERE npi = \(Desk.skin.npi)
      """)
    generator = SeededGenerator(seed: seed)
    // Two sessions of the first patient, one each of three others.
    let registrations = try ["Ann", "Ann", "Bob", "Cid", "Dee"].map {
      try Desk.register($0, desk.bookings)
    }
    sessions = registrations.map(\.token)
    patients = registrations.map(\.patient)
    let grid = (0...30).flatMap { day in
      Self.roles.flatMap { role in
        let length = role == Desk.heartElsewhere ? 45 : 30
        return stride(from: 540, through: 1020 - length, by: length).map {
          TestClinic.slot(role, day: day, $0 / 60, $0 % 60, minutes: length)
        }
      }
    }.sorted { ($0.start, $0.minutes, $0.role) < ($1.start, $1.minutes, $1.role) }
    let midnight = TestClinic.start.secondsSinceEpoch - 8 * 3600
    model = ModelBookings(
      limits: limits, patients: [0, 0, 2, 3, 4], grid: grid, midnight: midnight,
      now: desk.clinic.clock.now.secondsSinceEpoch)
    // This morning and a little of tomorrow, so that time matters and claims collide.
    slots = grid.filter {
      let minutes = Int($0.start.secondsSinceEpoch - midnight) / 60
      return minutes / 1440 < 2 && minutes % 1440 < 660
    }
  }

  /// One random request, its answer by the model, and its answer by the store.
  mutating func step() throws -> (String, Answer, Answer) {
    let session = Int.random(in: 0..<sessions.count, using: &generator)
    let offered = model.entries.indices.filter { model.entries[$0].state == .offered }
    // Offers are few and pass, so that each is answered, as often as not, before anything else.
    if let number = offered.randomElement(using: &generator),
      Int.random(in: 0..<3, using: &generator) == 0
    {
      return try answerOffer(to: number)
    }
    switch Int.random(in: 0..<20, using: &generator) {
    case 0..<8: return try holdOrBook(session)
    case 8..<13: return try changeVisit(session)
    case 13..<17: return try wait(session)
    default: return try pass()
    }
  }

  private mutating func aClaim() -> Int? {
    model.claims.indices.filter { ids[$0] != nil }.randomElement(using: &generator)
  }

  private mutating func aKey() -> String? {
    Bool.random(using: &generator) ? "k\(Int.random(in: 0..<4, using: &generator))" : nil
  }

  private mutating func holdOrBook(_ session: Int) throws -> (String, Answer, Answer) {
    let token = sessions[session]
    let slot = slots.randomElement(using: &generator)!
    let key = aKey()
    switch (Int.random(in: 0..<8, using: &generator), aClaim()) {
    case (0...2, _):
      let expected = model.hold(slot, session)
      let found = try answer(desk.bookings.hold(slot, as: token), expected) { $0.id }
      return ("hold \(slot) by \(session)", expected, found)
    case (3, _):
      let expected = model.book(slot: slot, key: key, session)
      let found = try answer(
        desk.bookings.book(.slot(slot), idempotencyKey: key, as: token), expected
      ) { $0.id }
      return ("book \(slot) by \(session), key \(key ?? "none")", expected, found)
    case (4, _):
      let weeks = Int.random(in: 2...3, using: &generator)
      let expected = model.bookSeries(slot, weeks: weeks, key: key, session)
      let found = try answers(
        desk.bookings.bookSeries(.slot(slot), weeks: weeks, idempotencyKey: key, as: token),
        expected)
      return ("\(weeks) weeks \(slot) by \(session), key \(key ?? "none")", expected, found)
    case (5, let number?):
      let expected = model.extend(number, session)
      let found = try answer(desk.bookings.extend(ids[number]!, as: token), expected) { $0.id }
      return ("extend \(number) by \(session)", expected, found)
    case (6, let number?):
      let expected = model.release(number, session)
      let found = try answer(desk.bookings.release(ids[number]!, as: token), expected) { $0.id }
      return ("release \(number) by \(session)", expected, found)
    case (_, let number?):
      let expected = model.book(hold: number, key: key, session)
      let found = try answer(
        desk.bookings.book(.hold(ids[number]!), idempotencyKey: key, as: token), expected
      ) { $0.id }
      return ("book hold \(number) by \(session), key \(key ?? "none")", expected, found)
    default: return try pass()
    }
  }

  private mutating func changeVisit(_ session: Int) throws -> (String, Answer, Answer) {
    guard let number = aClaim() else { return try pass() }
    let token = sessions[session]
    let id = ids[number]!
    switch Int.random(in: 0..<8, using: &generator) {
    case 0...2:
      let slot = slots.randomElement(using: &generator)!
      let key = aKey()
      let expected = model.reschedule(number, to: slot, key: key, session)
      let found = try answer(
        desk.bookings.reschedule(id, to: .slot(slot), idempotencyKey: key, as: token), expected
      ) { $0.id }
      return ("move \(number) to \(slot) by \(session), key \(key ?? "none")", expected, found)
    case 3, 4:
      let expected = model.cancel(number, override: false, session)
      let found = try answer(desk.bookings.cancel(id, as: token), expected) { $0.id }
      return ("cancel \(number) by \(session)", expected, found)
    case 5:
      let expected = model.cancel(number, override: true, nil)
      let found = try answer(
        desk.bookings.cancel(id, reason: "ill", override: true, by: .frontDesk(front)), expected
      ) { $0.id }
      return ("override-cancel \(number)", expected, found)
    default:
      let state = [ClaimState.checkedIn, .noShow, .completed].randomElement(using: &generator)!
      let expected = model.attend(number, state)
      let outcome =
        switch state {
        case .checkedIn: try desk.bookings.checkIn(id, by: front)
        case .noShow: try desk.bookings.markNoShow(id, by: front)
        default: try desk.bookings.complete(id, by: front)
        }
      return ("\(state.rawValue) \(number)", expected, answer(outcome, expected) { $0.id })
    }
  }

  private mutating func wait(_ session: Int) throws -> (String, Answer, Answer) {
    let token = sessions[session]
    let number = entryIDs.indices.randomElement(using: &generator)
    switch (Int.random(in: 0..<8, using: &generator), number) {
    case (0...2, _), (_, nil): return try join(session)
    case (3, _):
      let expected = model.list(session)
      let found: Answer
      switch try desk.bookings.waitlist(as: token) {
      case .done(let places): found = .entries(places.map(\.state))
      case .refused(let refusal): found = .refused(refusal.code)
      }
      return ("waitlist of \(session)", expected, found)
    case (4, let number?):
      let expected = model.leave(number, session)
      let found = entry(try desk.bookings.leaveWaitlist(entryIDs[number], as: token))
      return ("leave \(number) by \(session)", expected, found)
    case (_, let number?): return try claim(number, by: session)
    }
  }

  /// Mostly the patient claims it, from whichever session; or they let it go.
  private mutating func answerOffer(to number: Int) throws -> (String, Answer, Answer) {
    let patient = model.entries[number].patient
    let session = model.patients.indices.filter { model.patients[$0] == patient }
      .randomElement(using: &generator)!
    let offer = model.entries[number].offers.first { model.claims[$0].state == .held }
    if let offer, ids[offer] != nil, Int.random(in: 0..<6, using: &generator) == 0 {
      let expected = model.release(offer, session)
      let found = try answer(
        desk.bookings.release(ids[offer]!, as: sessions[session]), expected
      ) { $0.id }
      return ("decline \(offer) by \(session)", expected, found)
    }
    return try claim(number, by: session)
  }

  private mutating func claim(
    _ number: Int, by session: Int
  ) throws -> (String, Answer, Answer) {
    let wasOffered = model.entries[number].state == .offered
    let expected = model.claimOffer(number, session)
    let found = try answer(
      desk.bookings.claimOffer(entryIDs[number], as: sessions[session]), expected
    ) { $0.id }
    if wasOffered, case .claim(let visit) = expected {
      tally.claimed += 1
      if model.claims[visit].replaces != nil { tally.replacing += 1 }
    }
    if expected == .refused(.offerExpired) { tally.tooLate += 1 }
    return ("claim \(number) by \(session)", expected, found)
  }

  private mutating func join(_ session: Int) throws -> (String, Answer, Answer) {
    let (heart, elsewhere, skin) = (Desk.heart, Desk.heartElsewhere, Desk.skin)
    let center = Coordinate(latitude: 40.75, longitude: -74)!
    let codes = ["207RC0000X", "207N00000X"].map { TaxonomyCode($0)! }
    let wishes: [(Wish.Whom, [RoleID])] = [
      (.practitioner(heart.npi), [heart, elsewhere]), (.practitioner(skin.npi), [skin]),
      (.role(heart), [heart]), (.role(elsewhere), [elsewhere]),
      (.specialty([codes[0]], around: center, radiusMeters: 20_000), [heart]),
      (.specialty([codes[0]], around: center, radiusMeters: 90_000), [heart, elsewhere]),
      (.specialty(codes, around: center, radiusMeters: 1000), [heart, skin]),
    ]
    let (whom, roles) = wishes.randomElement(using: &generator)!
    let today = CivilDate(iso: "2026-11-23")!
    let first = Int.random(in: 0...1, using: &generator)
    let days = first...Int.random(in: first...2, using: &generator)
    let fromMinute = [0, 570, 600].randomElement(using: &generator)!
    let severity = Severity.allCases.randomElement(using: &generator)!
    let own = model.claims.indices.filter {
      ids[$0] != nil && model.claims[$0].patient == model.patients[session]
    }
    let replaces =
      Bool.random(using: &generator) ? own.randomElement(using: &generator) : nil
    let expected = model.join(
      ModelBookings.Entry(
        patient: model.patients[session], severity: severity, roles: roles.map(\.rawValue),
        days: days, fromMinute: fromMinute, replaces: replaces), session)
    var wish = Wish(
      whom: whom, dates: today.adding(days: days.lowerBound)...today.adding(days: days.upperBound))
    if fromMinute > 0 { wish.times = TimeOfDay(minutes: fromMinute)!..<TimeOfDay.endOfDay }
    let found = entry(
      try desk.bookings.joinWaitlist(
        wish, severity: severity, replacing: replaces.flatMap { ids[$0] }, as: sessions[session]))
    return ("join \(wish) by \(session)", expected, found)
  }

  private mutating func pass() throws -> (String, Answer, Answer) {
    if Int.random(in: 0..<4, using: &generator) == 0 {
      let expected = model.work()
      _ = try desk.bookings.work()
      return ("work", expected, .nothing)
    }
    let seconds: Int64 = [1, 60, 299, 300, 301, 1200, 1800, 7200].randomElement(using: &generator)!
    desk.clinic.clock.advance(seconds: seconds)
    model.now += seconds
    return ("\(seconds) s pass", .nothing, .nothing)
  }

  // MARK: Comparing

  private mutating func answer<Value>(
    _ outcome: Outcome<Value>, _ expected: Answer, _ id: (Value) -> ClaimID
  ) -> Answer {
    switch outcome {
    case .refused(let refusal): return .refused(refusal.code)
    case .done(let value):
      guard case .claim(let number) = expected else { return .claim(-1) }
      return .claim(known(id(value), as: number))
    }
  }

  private mutating func answers(
    _ outcome: Outcome<[Appointment]>, _ expected: Answer
  ) -> Answer {
    switch outcome {
    case .refused(let refusal): return .refused(refusal.code)
    case .done(let visits):
      guard case .claims(let numbers) = expected, numbers.count == visits.count else {
        return .claims([])
      }
      return .claims(zip(visits, numbers).map { known($0.id, as: $1) })
    }
  }

  private mutating func entry(_ outcome: Outcome<WaitlistPlace>) -> Answer {
    switch outcome {
    case .refused(let refusal): return .refused(refusal.code)
    case .done(let place):
      if let number = entryIDs.firstIndex(of: place.id) { return .entry(number, place.state) }
      entryIDs.append(place.id)
      return .entry(entryIDs.count - 1, place.state)
    }
  }

  /// The model's number of a claim; a new one gets the number that the model gave it.
  private mutating func known(_ id: ClaimID, as number: Int) -> Int {
    if let known = ids.first(where: { $0.value == id })?.key { return known }
    guard ids[number] == nil else { return -1 }
    ids[number] = id
    return number
  }

  /// The first claim or entry that the store and the model tell differently; nil when none is.
  mutating func difference() throws -> String? {
    let (stored, waiting) = try desk.store.read { transaction in
      try (
        Set(patients).flatMap { try transaction.claims(of: $0, in: Set(ClaimState.allCases)) },
        entryIDs.map { try transaction.waitlistEntry($0) }
      )
    }
    guard stored.count == model.claims.count else {
      return "\(stored.count) claims stored, \(model.claims.count) in the model"
    }
    for claim in stored where !ids.values.contains(claim.id) { recognize(claim) }
    let now = desk.clinic.clock.now
    for claim in stored {
      guard let number = ids.first(where: { $0.value == claim.id })?.key else {
        return "an offer that the model did not make: \(claim)"
      }
      let expected = model.claims[number]
      // A hold that is over may still be called held until somebody wants its place.
      let state = claim.hasExpired(at: now) ? .expired : claim.state
      let modelState =
        expected.state == .held && !model.isLive(expected) ? ClaimState.expired : expected.state
      guard state == modelState, claim.slot == expected.slot,
        claim.patient == patients[expected.patient], claim.idempotencyKey == expected.key,
        claim.holdExpiresAt?.secondsSinceEpoch == expected.expiresAt,
        claim.isExtended == expected.isExtended, claim.isLate == expected.isLate,
        claim.replaces == expected.replaces.flatMap({ ids[$0] }),
        claim.replacedBy == expected.replacedBy.flatMap({ ids[$0] }),
        claim.series == expected.series.flatMap({ ids[$0] }),
        claim.entry == expected.entry.map({ entryIDs[$0] })
      else { return "claim \(number) is \(claim), in the model \(expected)" }
    }
    for (number, entry) in waiting.enumerated() {
      guard let entry, entry.state == model.entries[number].state else {
        return "entry \(number) is \(String(describing: entry)), in the model "
          + "\(model.entries[number])"
      }
    }
    return nil
  }

  /// An offer is made without being asked for, so its number is found by what it is.
  private mutating func recognize(_ claim: Claim) {
    ids[
      model.claims.indices.first {
        ids[$0] == nil && model.claims[$0].slot == claim.slot
          && model.claims[$0].entry.map { entryIDs[$0] } == claim.entry && claim.entry != nil
      } ?? -1] = claim.id
    ids[-1] = nil
  }
}
