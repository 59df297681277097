import Booking
import Scheduling
import Store

/// What the bookings should do, as arrays and loops: no database, no transactions, no index, and no
/// code of `Scheduling`'s. It knows only slots that the schedules offer, so of the rules of time
/// two remain, the past and the notice.
struct ModelBookings {
  struct Claim {
    var slot: SlotID
    var patient: Int
    var session: Int
    var state: ClaimState
    var expiresAt: Int64?
    var createdAt: Int64
    var key: String?
  }

  enum Answer: Equatable {
    /// The number of the claim that was made, changed or found.
    case claim(Int)
    case refused(Refusal.Code)
  }

  static let notice: Int64 = 3600
  let limits: BookingLimits
  /// The patient of each session.
  let patients: [Int]
  var claims: [Claim] = []
  var now: Int64

  private func start(_ slot: SlotID) -> Int64 { slot.start.secondsSinceEpoch }

  private func overlap(_ a: SlotID, _ b: SlotID) -> Bool { a.start < b.end && b.start < a.end }

  func isLive(_ claim: Claim) -> Bool {
    switch claim.state {
    case .booked: true
    case .held: now < claim.expiresAt!
    default: false
    }
  }

  private func ownHold(_ slot: SlotID, _ session: Int) -> Int? {
    claims.firstIndex {
      $0.state == .held && isLive($0) && $0.slot == slot && $0.session == session
    }
  }

  private func isTaken(_ slot: SlotID, except own: Int? = nil) -> Bool {
    claims.indices.contains {
      $0 != own && isLive(claims[$0]) && claims[$0].slot.role.npi == slot.role.npi
        && overlap(claims[$0].slot, slot)
    }
  }

  mutating func hold(_ slot: SlotID, _ session: Int) -> Answer {
    if let own = ownHold(slot, session) { return .claim(own) }
    let held = claims.filter { $0.state == .held && isLive($0) && $0.session == session }
    if held.count >= limits.holdsPerSession { return .refused(.tooManyHolds) }
    if start(slot) <= now { return .refused(.slotInPast) }
    if start(slot) < now + Self.notice { return .refused(.notice) }
    if isTaken(slot) { return .refused(.slotTaken) }
    claims.append(
      Claim(
        slot: slot, patient: patients[session], session: session, state: .held,
        expiresAt: now + limits.holdSeconds, createdAt: now))
    return .claim(claims.count - 1)
  }

  mutating func release(_ number: Int, _ session: Int) -> Answer {
    guard claims[number].expiresAt != nil else { return .refused(.unknownHold) }
    guard claims[number].session == session else { return .refused(.notYourHold) }
    switch claims[number].state {
    case .booked, .cancelled: return .refused(.holdUsed)
    case .held: claims[number].state = isLive(claims[number]) ? .released : .expired
    case .released, .expired: break
    }
    return .claim(number)
  }

  mutating func book(hold number: Int, key: String?, _ session: Int) -> Answer {
    if let answer = replay(key, session, { $0 == number }) { return answer }
    guard claims[number].expiresAt != nil else { return .refused(.unknownHold) }
    guard claims[number].session == session else { return .refused(.notYourHold) }
    switch claims[number].state {
    case .booked, .cancelled: return .refused(.holdUsed)
    case .released: return .refused(.unknownHold)
    case .expired: return .refused(.holdExpired)
    case .held:
      guard isLive(claims[number]) else { return .refused(.holdExpired) }
      return place(claims[number].slot, own: number, key: key, session)
    }
  }

  mutating func book(slot: SlotID, key: String?, _ session: Int) -> Answer {
    let known = claims
    if let answer = replay(key, session, { known[$0].slot == slot }) { return answer }
    return place(slot, own: ownHold(slot, session), key: key, session)
  }

  private func replay(_ key: String?, _ session: Int, _ isSame: (Int) -> Bool) -> Answer? {
    guard let key,
      let earlier = claims.firstIndex(where: { $0.key == key && $0.patient == patients[session] })
    else { return nil }
    return isSame(earlier) ? .claim(earlier) : .refused(.idempotencyKeyReused)
  }

  private mutating func place(
    _ slot: SlotID, own: Int?, key: String?, _ session: Int
  ) -> Answer {
    let patient = patients[session]
    if start(slot) <= now { return .refused(.slotInPast) }
    if own == nil && start(slot) < now + Self.notice { return .refused(.notice) }
    if isTaken(slot, except: own) { return .refused(.slotTaken) }
    if claims.contains(where: {
      $0.state == .booked && $0.patient == patient && overlap($0.slot, slot)
    }) {
      return .refused(.patientBusy)
    }
    if let own {
      claims[own].state = .booked
      claims[own].key = key
      return .claim(own)
    }
    claims.append(
      Claim(
        slot: slot, patient: patient, session: session, state: .booked, createdAt: now, key: key))
    return .claim(claims.count - 1)
  }

  mutating func cancel(_ number: Int, _ session: Int) -> Answer {
    let claim = claims[number]
    guard claim.patient == patients[session], claim.state == .booked || claim.state == .cancelled
    else { return .refused(.unknownAppointment) }
    if claim.state == .cancelled { return .refused(.alreadyCancelled) }
    if start(claim.slot) <= now { return .refused(.appointmentStarted) }
    claims[number].state = .cancelled
    return .claim(number)
  }
}
