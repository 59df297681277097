public import CivilTime
public import Privacy

/// A way by which somebody can be reached.
public enum MessageMedium: String, Hashable, Sendable, CaseIterable {
  case email, sms, push

  /// Whether it may wake somebody.
  public var isNoisy: Bool { self != .email }
}

/// A language that messages are written in.
public enum MessageLanguage: String, Hashable, Sendable, CaseIterable {
  case english = "en"
  case spanish = "es"
}

/// The hours of a wall clock in which nothing noisy is sent: over midnight where they end earlier
/// than they begin.
public struct QuietHours: Hashable, Sendable {
  /// 00:00…23:59, each.
  public let from, until: TimeOfDay

  /// Nil for two of the same, and for 24:00.
  public init?(from: TimeOfDay, until: TimeOfDay) {
    guard from != until, max(from, until) < .endOfDay else { return nil }
    self.from = from
    self.until = until
  }

  /// 21:00 to 08:00, as 47 CFR 64.1200(c)(1) has it for calls that nobody asked for.
  public static let usual = QuietHours(
    from: TimeOfDay(minutes: 21 * 60)!, until: TimeOfDay(minutes: 8 * 60)!)!

  /// When they end; nil when they are not now.
  public func end(at instant: Instant, in zone: Zone) -> Instant? {
    let local = zone.local(at: instant)
    let isQuiet =
      from < until
      ? from <= local.time && local.time < until : from <= local.time || local.time < until
    guard isQuiet else { return nil }
    let day = local.time < until ? local.date : local.date.adding(days: 1)
    let end =
      switch zone.resolve(day, until) {
      case .unique(let instant): instant
      case .skipped(_, let transition, _): transition
      // The second time, if the first has passed: the clock shows quiet hours once more.
      case .repeated(let first, _, let second): instant < first ? first : second
      }
    return end > instant ? end : instant.adding(seconds: 1)
  }
}

extension QuietHours: CustomStringConvertible {
  /// `21:00-08:00`.
  public var description: String { "\(from)-\(until)" }

  /// Reads `21:00-08:00`; nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let from = TimeOfDay(parts[0]), let until = TimeOfDay(parts[1]) else {
      return nil
    }
    self.init(from: from, until: until)
  }
}

/// How a patient is told of their visits.
public struct MessagePreferences: Hashable, Sendable {
  /// In the order in which they are tried, no repeats; by what is not among them nothing is sent.
  public var media: [MessageMedium]
  /// In which no text message and no push is sent; nil for none.
  public var quietHours: QuietHours?
  /// The zone of their wall clock, by its IANA name; nil for that of each visit's site.
  public var timeZone: String?
  public var language: MessageLanguage
  /// By which a push gateway knows the patient's device.
  public var device: String?

  public init(
    media: [MessageMedium], quietHours: QuietHours? = .usual, timeZone: String? = nil,
    language: MessageLanguage = .english, device: String? = nil
  ) {
    self.media = media
    self.quietHours = quietHours
    self.timeZone = timeZone
    self.language = language
    self.device = device
  }

  /// Of who has said nothing: e-mail, to the address they registered with. Text messages and
  /// pushes are sent only to who asks for them.
  public static let usual = MessagePreferences(media: [.email])
}

/// Where a practitioner is told of their visits, and of what.
public struct PractitionerNotice: Hashable, Sendable {
  public var email: EmailAddress
  /// Reminders too; else bookings, moves and cancellations alone.
  public var hasReminders: Bool

  public init(email: EmailAddress, hasReminders: Bool) {
    self.email = email
    self.hasReminders = hasReminders
  }
}
