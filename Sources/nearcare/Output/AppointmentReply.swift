import Booking
import ProviderDirectory

/// One appointment, in `book`, `cancel` and `appointments`.
struct AppointmentReply: Encodable {
  struct Practitioner: Encodable {
    let npi: String
    let name: String
  }

  let appointmentID: String
  let status: String
  let slotID: String
  let roleID: String
  let start: String
  let end: String
  let wallTime: String
  let timeZone: String
  let tzdata: String
  let visitType: String
  /// Only where the practice has visit types of its own.
  let kind: String?
  let reason: Nullable<String>
  let late: Bool
  let cancelReason: Nullable<String>
  let replaces: Nullable<String>
  let replacedBy: Nullable<String>
  let series: Nullable<String>
  let practitioner: Nullable<Practitioner>
  let site: Nullable<SearchReply.Site>
  /// By which the patient joins; only of visits by video to come, where there is a server for them.
  let videoLink: String?

  enum CodingKeys: String, CodingKey {
    case status, start, end, kind, tzdata, reason, late, replaces, series, practitioner, site
    case videoLink = "video_link"
    case cancelReason = "cancel_reason"
    case replacedBy = "replaced_by"
    case appointmentID = "appointment_id"
    case slotID = "slot_id"
    case roleID = "role_id"
    case wallTime = "wall_time"
    case timeZone = "time_zone"
    case visitType = "visit_type"
  }

  /// - Parameter role: nil when the directory no longer has it.
  init(_ appointment: Appointment, role: PractitionerRole?, videoLink: String? = nil) {
    self.videoLink = videoLink
    appointmentID = appointment.text
    status = appointment.status.rawValue
    slotID = "\(appointment.slot)"
    roleID = "\(appointment.role)"
    start = appointment.zone.rfc3339(appointment.start)
    end = appointment.zone.rfc3339(appointment.end)
    wallTime = "\(appointment.wall.date)T\(appointment.wall.time)"
    timeZone = appointment.zone.name
    tzdata = appointment.tzdataVersion
    visitType = appointment.visitType.rawValue
    kind = appointment.slot.kind?.description
    reason = Nullable(appointment.reason)
    late = appointment.isLate
    cancelReason = Nullable(appointment.cancelReason)
    replaces = Nullable(appointment.replaces?.appointmentText)
    replacedBy = Nullable(appointment.replacedBy?.appointmentText)
    series = Nullable(appointment.series?.appointmentText)
    practitioner = Nullable(
      role.map { Practitioner(npi: "\($0.id.npi)", name: Words.filedName($0.name)) })
    site = Nullable(role.map { SearchReply.Site($0.site) })
  }
}

struct AppointmentList: Encodable {
  let appointments: [AppointmentReply]
}
