public import Booking
import CivilTime
public import ProviderDirectory

/// What a patient is told about a visit that was booked, moved or cancelled: where, when on the
/// site's wall clock, and how to change it. It names no diagnosis, specialty or reason.
public struct VisitNotice: Sendable {
  public let appointment: Appointment
  /// The practitioner or organization, as filed.
  public let practitioner: ProviderName
  public let site: PracticeSite

  public init(appointment: Appointment, practitioner: ProviderName, site: PracticeSite) {
    self.appointment = appointment
    self.practitioner = practitioner
    self.site = site
  }

  /// One line, fit for a subject: `Booked: Tue Dec 1, 9:30 AM EST`.
  public var subject: String {
    let what =
      switch appointment.status {
      case .booked: appointment.replaces == nil ? "Booked" : "Moved to"
      case .checkedIn: "Checked in"
      case .completed: "Completed"
      case .noShow: "Missed"
      case .cancelled: "Cancelled"
      case .rescheduled: "Moved from"
      }
    return "\(what): \(when)"
  }

  /// The whole notice, a line each.
  public var lines: [String] {
    var lines = [subject, "With \(name)"]
    switch appointment.visitType {
    case .telehealth: lines.append("By video")
    case .inPerson: lines.append("At \(address)")
    }
    if !site.phone.isEmpty { lines.append("Questions: \(phone)") }
    if appointment.status == .booked {
      lines.append("To cancel: nearcare cancel \(appointment.text)")
    }
    return lines
  }

  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The wall time stored with the appointment, which stays what the patient agreed to even when a
  /// zone's rules change; the abbreviation is today's for that instant.
  private var when: String {
    let (date, time) = (appointment.wall.date, appointment.wall.time)
    let (hour, minute) = (time.minutes / 60, time.minutes % 60)
    let shown = hour % 12 == 0 ? 12 : hour % 12
    let clock = "\(shown):\(minute < 10 ? "0" : "")\(minute) \(hour < 12 ? "AM" : "PM")"
    let day =
      "\(Self.weekdays[date.weekday.rawValue - 1]) \(Self.months[date.month - 1]) \(date.day)"
    return "\(day), \(clock) \(appointment.zone.local(at: appointment.start).abbreviation)"
  }

  private var name: String {
    switch practitioner {
    case .organization(let legalName): legalName
    case .person(let first, _, let last, let suffix, let credential):
      [first, last, suffix, credential].filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  private var address: String {
    [site.addressLine1, site.addressLine2, site.city, "\(site.state) \(site.zip.prefix(5))"]
      .filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private var phone: String {
    let digits = site.phone
    guard digits.count == 10 else { return digits }
    return "(\(digits.prefix(3))) \(digits.dropFirst(3).prefix(3))-\(digits.suffix(4))"
  }
}
