/// How soon, how far ahead and how often visits may be booked with one practitioner at one site.
public struct BookingRules: Hashable, Sendable {
  static let longestNoticeSeconds: Int64 = 30 * 86_400
  static let longestHorizonDays = 730
  static let mostVisits = 1440

  /// A visit starts at least this long after now, and never at or before now.
  public let minimumNoticeSeconds: Int64
  /// A visit's date at the site is at most this many days after today's date there.
  public let horizonDays: Int
  /// Held and booked visits that start on one date at the site, by its wall clock; nil is no limit.
  public let visitsPerDay: Int?
  /// The same for a week from Monday to Sunday at the site.
  public let visitsPerWeek: Int?

  /// Notice up to 30 days; a horizon of 1…730 days; 1…1440 visits.
  public init(
    minimumNoticeSeconds: Int64, horizonDays: Int, visitsPerDay: Int? = nil,
    visitsPerWeek: Int? = nil
  ) throws(ScheduleError) {
    guard (0...Self.longestNoticeSeconds).contains(minimumNoticeSeconds) else {
      throw .minimumNotice(seconds: minimumNoticeSeconds)
    }
    guard (1...Self.longestHorizonDays).contains(horizonDays) else {
      throw .horizon(days: horizonDays)
    }
    for limit in [visitsPerDay, visitsPerWeek] {
      if let limit, !(1...Self.mostVisits).contains(limit) { throw .visits(limit) }
    }
    self.init(
      uncheckedNotice: minimumNoticeSeconds, horizonDays: horizonDays, visitsPerDay: visitsPerDay,
      visitsPerWeek: visitsPerWeek)
  }

  private init(
    uncheckedNotice: Int64, horizonDays: Int, visitsPerDay: Int? = nil, visitsPerWeek: Int? = nil
  ) {
    minimumNoticeSeconds = uncheckedNotice
    self.horizonDays = horizonDays
    self.visitsPerDay = visitsPerDay
    self.visitsPerWeek = visitsPerWeek
  }

  /// One hour's notice, 90 days ahead, as many visits as the hours hold.
  public static let standard = BookingRules(uncheckedNotice: 3600, horizonDays: 90)

  /// No notice; as far ahead as usual.
  static let none = BookingRules(
    uncheckedNotice: 0, horizonDays: BookingRules.standard.horizonDays)

  var limitsVisits: Bool { visitsPerDay != nil || visitsPerWeek != nil }
}
