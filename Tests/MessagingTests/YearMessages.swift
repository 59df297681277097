import CivilTime
import Messaging
import ProviderDirectory
import Store

/// What somebody wants, as the model of a year has it: times in minutes of a wall clock.
struct Wishes {
  var media: [MessageMedium] = [.email]
  var quiet: (from: Int, until: Int)? = (21 * 60, 8 * 60)
  /// Nil for that of the visit's site.
  var zone: String?
  var isSpanish = false
  var hasDevice = false

  static let usual = Wishes()
}

/// A message that is to come, by the model.
struct Expected {
  /// Appointment, kind and recipient, as the worker's own key has them.
  let key: String
  let due, expires: Int64
  let visit: Int
  /// Before that it is not tried again.
  var notBefore: Int64
  var refused: Set<MessageMedium> = []
  var failures: [MessageMedium: Int] = [:]
  /// By which a worker sent it that died before it could say so: it goes out once more.
  var sentBy: MessageMedium?

  init(key: String, due: Int64, expires: Int64, visit: Int) {
    self.key = key
    self.due = due
    self.expires = expires
    self.visit = visit
    notBefore = due
  }

  var isConfirmation: Bool { key.contains(".confirmation.") }
  var isForPatient: Bool { key.contains(".patient.") }
}

/// What happens to a message that is due, worked out by going through the clock's quarters of an
/// hour: it shares no code with the program.
struct Fate {
  enum Kind: Equatable {
    case arrives(MessageMedium)
    case waits(until: Int64)
    /// To be tried again in so many seconds, by half more or less.
    case again(after: Int64)
    case isGivenUp
  }

  let wishes: Wishes
  /// Of the wall clock whose quiet hours count.
  let zone: Zone
  /// By which there is an address.
  let reachable: Set<MessageMedium>
  /// That refuse this patient's address.
  let closed: Set<MessageMedium>
  /// That fail at the moment.
  let down: Set<MessageMedium>

  /// One round of work at `now`.
  func of(_ message: inout Expected, at now: Int64) -> Kind {
    guard now < message.expires else { return .isGivenUp }
    while true {
      switch next(message, at: now) {
      case .arrives(let medium) where down.contains(medium):
        message.failures[medium, default: 0] += 1
        let after = next(message, at: now)
        guard case .arrives(let other) = after else { return after }
        let failures = message.failures[other] ?? 0
        if failures > 0 { return .again(after: min(30 << Int64(failures - 1), 1800)) }
      case .arrives(let medium) where closed.contains(medium):
        message.refused.insert(medium)
      case let kind: return kind
      }
    }
  }

  /// The one to try; three failures put it behind the others, eight end it.
  private func next(_ message: Expected, at now: Int64) -> Kind {
    let open = wishes.media.filter {
      reachable.contains($0) && !message.refused.contains($0) && (message.failures[$0] ?? 0) < 8
    }
    let isFresh = { (medium: MessageMedium) in (message.failures[medium] ?? 0) < 3 }
    for medium in open.filter(isFresh) + open.filter({ !isFresh($0) }) {
      guard medium != .email, let end = quietEnd(at: now) else { return .arrives(medium) }
      if end < message.expires { return .waits(until: end) }
    }
    return .isGivenUp
  }

  private func isQuiet(_ seconds: Int64) -> Bool {
    guard let (from, until) = wishes.quiet else { return false }
    let time = zone.local(at: Instant(secondsSinceEpoch: seconds)).time.minutes
    return from < until ? (from..<until).contains(time) : time >= from || time < until
  }

  /// Offsets and quiet hours change with the quarter of an hour alone.
  private func quietEnd(at now: Int64) -> Int64? {
    guard isQuiet(now) else { return nil }
    var later = now - now % 900 + 900
    while isQuiet(later) { later += 900 }
    return later
  }
}
