import CivilTime
import Store

/// By which channel a message goes next, and when: decided from what was tried, so that nothing
/// else has to be kept.
///
/// The channels are taken in the order in which the recipient wants them. One that has failed three
/// times gives way to the next, one that refuses is not asked again; when all have failed, each is
/// tried up to eight times. In quiet hours what makes a noise waits for their end, unless the
/// message would be of no use by then: it goes by a silent channel that is wanted, or not at all.
struct MessageRouting {
  enum Step: Hashable {
    case send(MessageMedium)
    case wait(until: Instant)
    case giveUp(String)
  }

  let wanted: [MessageMedium]
  /// The names of those that are set up and by which the recipient has an address.
  let channels: [MessageMedium: String]
  let quietHours: QuietHours?
  let zone: Zone
  let expiresAt: Instant
  let limits: MessageLimits

  func step(after attempts: [MessageAttempt], at now: Instant) -> Step {
    guard !wanted.isEmpty else { return .giveUp("the recipient wants no messages") }
    guard wanted.contains(where: { channels[$0] != nil }) else {
      let names = wanted.map(\.rawValue).joined(separator: ", ")
      return .giveUp("of what the recipient wants nothing is set up: \(names)")
    }
    let open = wanted.filter { medium in
      guard let name = channels[medium] else { return false }
      return !attempts.contains { $0.channel == name && $0.outcome == .refused }
        && failures(of: medium, attempts) < limits.triesPerChannel
    }
    guard !open.isEmpty else { return .giveUp(attempts.last?.detail ?? "") }
    let fresh = open.filter { failures(of: $0, attempts) < limits.triesBeforeNext }
    for medium in fresh + open.filter({ !fresh.contains($0) }) {
      guard medium.isNoisy, let end = quietHours?.end(at: now, in: zone) else {
        return .send(medium)
      }
      if end < expiresAt { return .wait(until: end) }
    }
    return .giveUp("quiet hours end after its time has passed")
  }

  func failures(of medium: MessageMedium, _ attempts: [MessageAttempt]) -> Int {
    attempts.count { $0.channel == channels[medium] && $0.outcome == .failed }
  }
}
