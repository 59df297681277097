import Booking
import Scheduling
import Store

/// What the bookings should do, as arrays and loops: no database, no transactions, no index, and no
/// code of `Scheduling`'s. It knows the slots that the schedules offer, so of the rules of time two
/// remain, the past and the notice.
struct ModelBookings {
  struct Claim {
    var slot: SlotID
    var patient: Int
    var session: Int
    var state: ClaimState
    var expiresAt: Int64?
    var createdAt: Int64
    var key: String?
    var isExtended = false
    var isLate: Bool?
    var replaces: Int?
    var replacedBy: Int?
    var series: Int?
    var entry: Int?
  }

  /// Its index in the list is its place in line.
  struct Entry {
    var patient: Int
    var severity: Severity
    /// What the wish comes to: at which roles, on which days and from which minute of the day on.
    var roles: [Int64]
    var days: ClosedRange<Int>
    var fromMinute: Int
    var replaces: Int?
    var state: WaitlistEntry.State = .waiting
    var offers: [Int] = []
  }

  enum Answer: Equatable {
    /// The number of the claim that was made, changed or found.
    case claim(Int)
    case claims([Int])
    case entry(Int, WaitlistEntry.State)
    case entries([WaitlistEntry.State])
    case refused(Refusal.Code)
    case nothing
  }

  static let notice: Int64 = 3600
  static let day: Int64 = 86_400
  let limits: BookingLimits
  /// The patient of each session.
  let patients: [Int]
  /// Every slot of every schedule, by start, then length, then role.
  let grid: [SlotID]
  /// Midnight of day 0 at the sites.
  let midnight: Int64
  var claims: [Claim] = []
  var entries: [Entry] = []
  var now: Int64

  func start(_ slot: SlotID) -> Int64 { slot.start.secondsSinceEpoch }

  func overlap(_ a: SlotID, _ b: SlotID) -> Bool { a.start < b.end && b.start < a.end }

  func isLive(_ claim: Claim) -> Bool {
    switch claim.state {
    case .booked, .checkedIn: true
    case .held: now < claim.expiresAt!
    default: false
    }
  }

  private func isVisit(_ claim: Claim) -> Bool {
    claim.state != .held && claim.state != .released && claim.state != .expired
  }

  private func isOwn(_ claim: Claim, _ session: Int) -> Bool {
    claim.entry == nil ? claim.session == session : claim.patient == patients[session]
  }

  private func ownHold(_ slot: SlotID, _ session: Int) -> Int? {
    claims.firstIndex {
      $0.state == .held && isLive($0) && $0.slot == slot && isOwn($0, session)
    }
  }

  func isTaken(_ slot: SlotID, except own: [Int?] = []) -> Bool {
    claims.indices.contains {
      !own.contains($0) && isLive(claims[$0]) && claims[$0].slot.role.npi == slot.role.npi
        && overlap(claims[$0].slot, slot)
    }
  }

  func isBusy(_ patient: Int, _ slot: SlotID, except own: Int?) -> Bool {
    claims.indices.contains {
      $0 != own && (claims[$0].state == .booked || claims[$0].state == .checkedIn)
        && claims[$0].patient == patient && overlap(claims[$0].slot, slot)
    }
  }

  func isLate(_ claim: Int) -> Bool {
    now > start(claims[claim].slot) - limits.cancelNoticeSeconds
  }

  // MARK: Holds

  mutating func hold(_ slot: SlotID, _ session: Int) -> Answer {
    expire(slot.role.npi.number)
    if let own = ownHold(slot, session) { return .claim(own) }
    let held = claims.filter {
      $0.state == .held && isLive($0) && $0.patient == patients[session] && $0.entry == nil
    }
    if held.count >= limits.holdsPerPatient { return .refused(.tooManyHolds) }
    if start(slot) <= now { return .refused(.slotInPast) }
    if start(slot) < now + Self.notice { return .refused(.notice) }
    if isTaken(slot) { return .refused(.slotTaken) }
    claims.append(
      Claim(
        slot: slot, patient: patients[session], session: session, state: .held,
        expiresAt: now + limits.holdSeconds, createdAt: now))
    return .claim(claims.count - 1)
  }

  mutating func extend(_ number: Int, _ session: Int) -> Answer {
    if let refusal = usable(number, session) { return refusal }
    let claim = claims[number]
    let end = min(claim.expiresAt! + limits.holdSeconds, start(claim.slot))
    if claim.entry != nil || claim.isExtended || end <= claim.expiresAt! {
      return .refused(.holdExtended)
    }
    claims[number].isExtended = true
    claims[number].expiresAt = end
    return .claim(number)
  }

  mutating func release(_ number: Int, _ session: Int) -> Answer {
    guard claims[number].expiresAt != nil else { return .refused(.unknownHold) }
    guard isOwn(claims[number], session) else { return .refused(.notYourHold) }
    expire(claims[number].slot.role.npi.number)
    if isVisit(claims[number]) { return .refused(.holdUsed) }
    if claims[number].state == .held {
      claims[number].state = .released
      lapse(number)
      offer(freed: [claims[number].slot], by: claims[number].patient)
    }
    return .claim(number)
  }

  /// Why a hold cannot be booked or extended; nil when it can.
  private mutating func usable(_ number: Int, _ session: Int) -> Answer? {
    guard claims[number].expiresAt != nil else { return .refused(.unknownHold) }
    guard isOwn(claims[number], session) else { return .refused(.notYourHold) }
    let before = claims[number].state
    expire(claims[number].slot.role.npi.number)
    if isVisit(claims[number]) { return .refused(.holdUsed) }
    switch before {
    case .released: return .refused(.unknownHold)
    case .expired: return .refused(.holdExpired)
    default: return claims[number].state == .held ? nil : .refused(.holdExpired)
    }
  }

  // MARK: Visits

  mutating func book(hold number: Int, key: String?, _ session: Int) -> Answer {
    if let earlier = earlier(key, session) {
      return earlier == number && isPlain(earlier)
        ? .claim(earlier) : .refused(.idempotencyKeyReused)
    }
    if let refusal = usable(number, session) { return refusal }
    return place(claims[number].slot, own: number, key: key, session)
  }

  mutating func book(slot: SlotID, key: String?, _ session: Int) -> Answer {
    if let earlier = earlier(key, session) {
      return claims[earlier].slot == slot && isPlain(earlier)
        ? .claim(earlier) : .refused(.idempotencyKeyReused)
    }
    expire(slot.role.npi.number)
    return place(slot, own: ownHold(slot, session), key: key, session)
  }

  mutating func reschedule(_ old: Int, to slot: SlotID, key: String?, _ session: Int) -> Answer {
    if let earlier = earlier(key, session) {
      return claims[earlier].slot == slot && claims[earlier].replaces == old
        ? .claim(earlier) : .refused(.idempotencyKeyReused)
    }
    if claims[old].patient != patients[session] || !isVisit(claims[old]) {
      return .refused(.unknownAppointment)
    }
    if let next = claims[old].replacedBy, claims[next].slot == slot { return .claim(next) }
    if let refusal = notToCome(old) { return refusal }
    expire(slot.role.npi.number)
    if slot == claims[old].slot { return .refused(.sameSlot) }
    return place(slot, own: ownHold(slot, session), key: key, replacing: old, session)
  }

  private func earlier(_ key: String?, _ session: Int) -> Int? {
    guard let key else { return nil }
    return claims.firstIndex { $0.key == key && $0.patient == patients[session] }
  }

  /// Booked by itself: it takes no visit's place and belongs to no series.
  private func isPlain(_ number: Int) -> Bool {
    claims[number].replaces == nil && claims[number].series == nil
  }

  private func notToCome(_ number: Int) -> Answer? {
    switch claims[number].state {
    case .booked: break
    case .cancelled: return .refused(.alreadyCancelled)
    case .rescheduled: return .refused(.alreadyRescheduled)
    default: return .refused(.notBooked)
    }
    return start(claims[number].slot) <= now ? .refused(.appointmentStarted) : nil
  }

  mutating func place(
    _ slot: SlotID, own: Int?, key: String?, replacing asked: Int? = nil, series: Int? = nil,
    _ session: Int
  ) -> Answer {
    let patient = patients[session]
    var replaced = asked
    if replaced == nil, let entry = own.flatMap({ claims[$0].entry }),
      let old = visit(toReplaceFor: entries[entry]), now < start(claims[old].slot)
    {
      replaced = old
    }
    if let replaced { expire(claims[replaced].slot.role.npi.number) }
    if start(slot) <= now { return .refused(.slotInPast) }
    let asOf = own.map { claims[$0].createdAt } ?? now
    if start(slot) < asOf + Self.notice { return .refused(.notice) }
    if isTaken(slot, except: [own, replaced]) { return .refused(.slotTaken) }
    if isBusy(patient, slot, except: replaced) { return .refused(.patientBusy) }
    let number = own ?? claims.count
    if own == nil {
      claims.append(
        Claim(slot: slot, patient: patient, session: session, state: .booked, createdAt: now))
    }
    claims[number].state = .booked
    claims[number].key = key
    claims[number].series = series
    if let entry = claims[number].entry { entries[entry].state = .claimed }
    if let replaced {
      claims[number].replaces = replaced
      claims[replaced].isLate = isLate(replaced)
      claims[replaced].state = .rescheduled
      claims[replaced].replacedBy = number
      offer(freed: [claims[replaced].slot], by: patient)
    }
    return .claim(number)
  }

  mutating func bookSeries(
    _ slot: SlotID, weeks: Int, key: String?, _ session: Int
  ) -> Answer {
    if let earlier = earlier(key, session) {
      let series = claims.indices.filter { claims[$0].series == earlier }
      return claims[earlier].slot == slot && series.count == weeks
        ? .claims(series) : .refused(.idempotencyKeyReused)
    }
    expire(slot.role.npi.number)
    let own = ownHold(slot, session)
    let before = self
    var placed: [Int] = []
    for week in 0..<weeks {
      let start = slot.start.adding(seconds: Int64(week) * 7 * Self.day)
      let next = SlotID(
        role: slot.role, start: start, minutes: slot.minutes, visitType: slot.visitType)!
      let first = placed.first ?? own ?? claims.count
      let answer = place(
        next, own: week == 0 ? own : nil, key: week == 0 ? key : nil, series: first, session)
      if case .claim(let number) = answer, placed.count == week { placed.append(number) }
    }
    guard placed.count == weeks else {
      self = before
      return .refused(.seriesRefused)
    }
    return .claims(placed)
  }

  mutating func cancel(_ number: Int, override: Bool, _ session: Int?) -> Answer {
    if !isVisit(claims[number]) { return .refused(.unknownAppointment) }
    if let session, claims[number].patient != patients[session] {
      return .refused(.unknownAppointment)
    }
    expire(claims[number].slot.role.npi.number)
    if override {
      switch claims[number].state {
      case .booked, .checkedIn: break
      default: return notToCome(number)!
      }
    } else if let refusal = notToCome(number) {
      return refusal
    }
    claims[number].isLate = !override && isLate(number)
    claims[number].state = .cancelled
    offer(freed: [claims[number].slot], by: claims[number].patient)
    return .claim(number)
  }

  mutating func attend(_ number: Int, _ state: ClaimState) -> Answer {
    if !isVisit(claims[number]) { return .refused(.unknownAppointment) }
    let claim = claims[number]
    if claim.state == state { return .claim(number) }
    if state == .completed {
      if claim.state != .checkedIn { return .refused(.notBooked) }
    } else {
      switch claim.state {
      case .booked: break
      case .cancelled: return .refused(.alreadyCancelled)
      case .rescheduled: return .refused(.alreadyRescheduled)
      default: return .refused(.notBooked)
      }
      if state == .noShow, now < start(claim.slot) { return .refused(.notStarted) }
      if state == .checkedIn,
        now < start(claim.slot) - limits.checkInSeconds || now >= claim.slot.end.secondsSinceEpoch
      {
        return .refused(.checkInClosed)
      }
    }
    claims[number].state = state
    return .claim(number)
  }
}
