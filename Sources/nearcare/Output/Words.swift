import Console
import CivilTime
import Geospatial
import ProviderDirectory
import Scheduling

/// How instants, distances, names and addresses are said to people.
enum Words {
  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `Tue Dec 1`, with the year when it is not `year`.
  static func day(_ date: CivilDate, year: Int? = nil) -> String {
    let text = "\(weekdays[date.weekday.rawValue - 1]) \(months[date.month - 1]) \(date.day)"
    return year == nil || year == date.year ? text : "\(text), \(date.year)"
  }

  /// `Jan 23, 2026`.
  static func date(_ date: CivilDate) -> String {
    "\(months[date.month - 1]) \(date.day), \(date.year)"
  }

  /// `9:30 AM`.
  static func time(_ time: TimeOfDay) -> String {
    let (hour, minute) = (time.minutes / 60 % 24, time.minutes % 60)
    let shown = hour % 12 == 0 ? 12 : hour % 12
    return "\(shown):\(minute < 10 ? "0" : "")\(minute) \(hour < 12 ? "AM" : "PM")"
  }

  /// `before 12:00 PM`, `from 5:00 PM` or `12:00 PM to 5:00 PM`.
  static func times(_ from: TimeOfDay, _ to: TimeOfDay) -> String {
    switch (from.minutes, to.minutes) {
    case (0, _): "before \(time(to))"
    case (_, 1440): "from \(time(from))"
    default: "\(time(from)) to \(time(to))"
    }
  }

  /// `Tue Dec 1 9:30 AM EST` on the wall clock of `zone`.
  static func moment(_ instant: Instant, in zone: Zone, year: Int? = nil) -> String {
    let local = zone.local(at: instant)
    return "\(day(local.date, year: year)) \(time(local.time)) \(local.abbreviation)"
  }

  /// `0.4 mi`; whole miles from ten on.
  static func distance(meters: Double) -> String {
    let miles = meters / metersPerMile
    if miles >= 10 { return "\(Int(miles.rounded())) mi" }
    let tenths = Int((miles * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) mi"
  }

  /// `15` or `2.5`.
  static func miles(_ miles: Double) -> String {
    Int(exactly: miles).map { "\($0)" } ?? "\(miles)"
  }

  static func name(_ name: ProviderName) -> String { Terminal.safe(name.readable) }

  /// The name as filed, in reading order: what programs get.
  static func filedName(_ name: ProviderName) -> String {
    switch name {
    case .organization(let legalName): return legalName
    case .person(let first, let middle, let last, let suffix, let credential):
      let person = [first, middle, last, suffix].filter { !$0.isEmpty }.joined(separator: " ")
      return credential.isEmpty ? person : "\(person), \(credential)"
    }
  }

  static func address(_ site: PracticeSite) -> String { Terminal.safe(site.readableAddress) }

  static func phone(_ digits: String) -> String { ReadableText.phone(digits) }

  static func plural(_ count: Int, _ one: String, _ many: String) -> String {
    "\(count) \(count == 1 ? one : many)"
  }
}
