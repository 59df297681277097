import Booking
import CivilTime
import Foundation
import Privacy
import ProviderDirectory
import Scheduling
import Store

/// Answers requests, one a line, each with one line once it is true:
///
///     TAG PATIENT VERB ARGUMENT…      →  TAG done ID SLOT | TAG refused CODE | TAG fault TEXT
///
/// PATIENT is the place of a token among those that the first line gives, separated by spaces.
struct Server {
  let store: Store
  let vault: Vault
  let limits: BookingLimits
  private static let desk = FrontDesk(name: "contender")

  func serve() throws {
    let tokens = (readLine() ?? "").split(separator: " ").map { SessionToken(String($0)) }
    let bookings = Bookings(store: store, vault: vault, limits: limits)
    say("ready")
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count >= 3, let patient = Int(words[1]), tokens.indices.contains(patient) else {
        say("\(words.first ?? "?") fault a request is TAG PATIENT VERB ARGUMENT")
        continue
      }
      do {
        let answer = try answer(
          words[2], Array(words.dropFirst(3)), tokens[patient], bookings)
        say("\(words[0]) \(answer)")
      } catch {
        say("\(words[0]) fault \(error)")
      }
    }
  }

  private func answer(
    _ verb: String, _ arguments: [String], _ token: SessionToken?, _ bookings: Bookings
  ) throws -> String {
    let first = arguments.first ?? ""
    let key = arguments.count > 1 ? arguments.last : nil
    switch verb {
    case "hold": return text(try bookings.hold(try slot(first), as: token))
    case "extend": return text(try bookings.extend(try hold(first), as: token))
    case "release": return text(try bookings.release(try hold(first), as: token))
    case "book": return text(try bookings.book(try place(first), idempotencyKey: key, as: token))
    case "reschedule":
      return text(
        try bookings.reschedule(
          try visit(first), to: try place(arguments[1]), idempotencyKey: arguments[2], as: token))
    case "cancel": return text(try bookings.cancel(try visit(first), as: token))
    case "check-in": return text(try bookings.checkIn(try visit(first), by: Self.desk))
    case "series":
      let series = try bookings.bookSeries(
        try place(first), weeks: Int(arguments[1]) ?? 2, idempotencyKey: arguments[2], as: token)
      return outcome(series) { "\($0[0].text) \($0[0].slot)" }
    default: return try waiting(verb, first, key, token, bookings)
    }
  }

  private func waiting(
    _ verb: String, _ first: String, _ key: String?, _ token: SessionToken?, _ bookings: Bookings
  ) throws -> String {
    switch verb {
    case "join":
      guard let role = RoleID(first) else { throw Unreadable(text: first) }
      let now = try store.read { $0.now }
      let today = CivilDate(daysSinceEpoch: Int32(now.secondsSinceEpoch / 86_400))
      let wish = Wish(whom: .practitioner(role.npi), dates: today...today.adding(days: 90))
      return outcome(try bookings.joinWaitlist(wish, idempotencyKey: key, as: token)) { "\($0.id)" }
    case "claim": return text(try bookings.claimOffer(try entry(first), as: token))
    case "leave":
      return outcome(try bookings.leaveWaitlist(try entry(first), as: token)) { "\($0.id)" }
    case "work":
      let done = try bookings.work()
      return "done \(done.expiredHolds) \(done.offers)"
    case "checkpoint": return "done \(try store.checkpoint())"
    default: throw Unreadable(text: verb)
    }
  }

  private struct Unreadable: Error { let text: String }

  private func place(_ text: String) throws -> Place { try read(text, Place.init) }
  private func slot(_ text: String) throws -> SlotID { try read(text, SlotID.init) }
  private func hold(_ text: String) throws -> ClaimID { try read(text) { ClaimID(hold: $0) } }
  private func visit(_ text: String) throws -> ClaimID {
    try read(text) { ClaimID(appointment: $0) }
  }
  private func entry(_ text: String) throws -> WaitlistID { try read(text) { WaitlistID($0) } }

  private func read<Value>(_ text: String, _ make: (String) -> Value?) throws -> Value {
    guard let value = make(text) else { throw Unreadable(text: text) }
    return value
  }

  private func text(_ hold: Outcome<Hold>) -> String { outcome(hold) { "\($0.text) \($0.slot)" } }

  private func text(_ visit: Outcome<Appointment>) -> String {
    outcome(visit) { "\($0.text) \($0.slot)" }
  }

  private func outcome<Value>(_ outcome: Outcome<Value>, _ done: (Value) -> String) -> String {
    switch outcome {
    case .done(let value): "done \(done(value))"
    case .refused(let refusal): "refused \(refusal.code.rawValue)"
    }
  }
}
