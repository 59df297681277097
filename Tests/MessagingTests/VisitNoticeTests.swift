import CivilTime
import Geospatial
import Messaging
import ProviderDirectory
import Scheduling
import Store
import Testing

@testable import Booking

@Suite struct VisitNoticeTests {
  private static let site = PracticeSite(
    addressLine1: "1 MADE UP PLAZA", addressLine2: "STE 4", city: "ANCHORAGE", state: "AK",
    zip: "995010001", phone: "9075550100",
    coordinate: Coordinate(latitude: 61.2, longitude: -149.9)!, timeZone: "America/Anchorage")

  private static func appointment(
    _ status: Appointment.Status, _ visitType: VisitType, start: String
  ) throws -> Appointment {
    let zone = try Zone(site.timeZone)
    let role = RoleID(npi: NPI(1_234_567_893)!, site: site.key)
    let instant = try #require(Instant(rfc3339: start))
    let local = zone.local(at: instant)
    return Appointment(
      id: try #require(ClaimID(rawValue: 42)), status: status,
      slot: try #require(
        SlotID(role: role, start: instant, minutes: 30, visitType: visitType)),
      wall: try #require(CivilDateTime(date: local.date, time: local.time)), zone: zone,
      tzdataVersion: "2026f", reason: "a private matter", bookedAt: instant, changedAt: instant)
  }

  private static func notice(
    _ status: Appointment.Status, _ visitType: VisitType, start: String
  ) throws -> VisitNotice {
    VisitNotice(
      appointment: try appointment(status, visitType, start: start),
      practitioner: .person(
        first: "MADE", middle: "UP", last: "PERSON", suffix: "", credential: "MD"), site: site)
  }

  @Test func bookedInPerson() throws {
    let notice = try Self.notice(.booked, .inPerson, start: "2026-12-01T18:30:00Z")
    #expect(
      notice.lines == [
        "Booked: Tue Dec 1, 9:30 AM AKST", "With MADE PERSON MD",
        "At 1 MADE UP PLAZA, STE 4, ANCHORAGE, AK 99501", "Questions: (907) 555-0100",
        "To cancel: nearcare cancel a-000000000001a",
      ])
  }

  @Test func cancelledVideoVisitSaysNeitherAddressNorHowToCancel() throws {
    let notice = try Self.notice(.cancelled, .telehealth, start: "2026-07-01T20:00:00Z")
    #expect(
      notice.lines == [
        "Cancelled: Wed Jul 1, 12:00 PM AKDT", "With MADE PERSON MD", "By video",
        "Questions: (907) 555-0100",
      ])
  }

  @Test func neverSaysTheReason() throws {
    for status in [Appointment.Status.booked, .cancelled] {
      let text = try Self.notice(status, .inPerson, start: "2026-12-01T18:30:00Z").lines
        .joined(separator: "\n")
      #expect(!text.contains("private matter"))
    }
  }
}
