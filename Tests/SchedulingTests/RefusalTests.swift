import CivilTime
import ProviderDirectory
import Scheduling
import Testing

@Suite struct RefusalTests {
  private let now = instant("2026-12-01T08:00:00-05:00")

  private func office() throws -> Schedule {
    try schedule(
      "America/New_York",
      try hours("09:00-12:00 every 30") + hours("13:00-15:00 every 20 telehealth"),
      [try away("2026-12-03 09:00", "2026-12-03 10:00")], notice: 7200, horizon: 10)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let visit: ProposedVisit
    let codes: [Refusal.Code]
    /// What the first message must say.
    let says: [String]
    var testDescription: String { "\(visit.start) \(codes)" }
  }

  static let rows: [Row] = [
    Row(visit: visit("2026-12-01T10:00:00-05:00"), codes: [], says: []),
    Row(
      visit: visit("2026-12-01T09:30:00-05:00"), codes: [.notice],
      says: ["2026-12-01T09:30:00-05:00", "120 minutes", "2026-12-01T10:00:00-05:00"]),
    Row(
      visit: visit("2026-12-01T08:00:00-05:00"), codes: [.slotInPast, .outsideSchedule],
      says: ["2026-12-01T08:00:00-05:00", "now"]),
    Row(
      visit: visit("2026-11-30T09:00:00-05:00"), codes: [.slotInPast],
      says: ["2026-11-30T09:00:00-05:00", "now, 2026-12-01T08:00:00-05:00"]),
    Row(visit: visit("2026-12-11T11:30:00-05:00"), codes: [], says: []),
    Row(
      visit: visit("2026-12-12T09:00:00-05:00"), codes: [.beyondHorizon],
      says: ["2026-12-12T09:00:00-05:00", "10 days", "up to 2026-12-11", "--to 2026-12-11"]),
    Row(
      visit: visit("2026-12-02T12:00:00-05:00"), codes: [.outsideSchedule],
      says: ["2026-12-02T12:00:00-05:00", "09:00–12:00, 13:00–15:00"]),
    Row(
      visit: visit("2026-12-02T14:40:00-05:00", minutes: 20, .telehealth), codes: [], says: []),
    Row(
      visit: visit("2026-12-02T15:00:00-05:00", minutes: 20, .telehealth),
      codes: [.outsideSchedule], says: ["15:20:00"]),
    Row(
      visit: visit("2026-12-03T09:30:00-05:00"), codes: [.timeOff],
      says: ["2026-12-03T09:30:00-05:00", "2026-12-03T09:00:00-05:00 to 2026-12-03T10:00:00"]),
    Row(visit: visit("2026-12-03T10:00:00-05:00"), codes: [], says: []),
    Row(
      visit: visit("2026-12-02T09:00:00-05:00", .telehealth), codes: [.wrongVisitType],
      says: ["in-person, not telehealth", "--visit telehealth"]),
    Row(
      visit: visit("2026-12-02T09:00:00-05:00", minutes: 45), codes: [.wrongDuration],
      says: ["last 30 minutes, not 45"]),
    Row(
      visit: visit("2026-12-02T09:00:00-05:00", minutes: 0), codes: [.wrongDuration], says: []),
    Row(
      visit: visit("2026-12-02T09:00:00-05:00", minutes: -30), codes: [.wrongDuration], says: []),
    Row(
      visit: visit("2026-12-02T09:10:00-05:00"), codes: [.offGrid],
      says: ["from 09:00 on", "every 30 minutes"]),
    Row(visit: visit("2026-12-02T09:00:01-05:00"), codes: [.offGrid], says: []),
    Row(
      visit: visit("2026-12-02T10:00:00-05:00"), codes: [.slotTaken, .patientBusy],
      says: ["2026-12-02T10:00:00-05:00 to 2026-12-02T10:30:00-05:00"]),
    Row(
      visit: visit("2026-12-02T10:30:00-05:00"), codes: [.patientBusy],
      says: ["2026-12-02T10:30:00-05:00", "nearcare appointments"]),
    Row(
      visit: visit("2026-11-01T10:05:00-05:00", minutes: 20, .telehealth),
      codes: [.slotInPast, .wrongVisitType], says: []),
  ]

  @Test(arguments: rows) func aVisit(_ row: Row) throws {
    let found = refusals(
      of: row.visit, in: try office(),
      busy: [busy("2026-12-02T10:15:00-05:00", "2026-12-02T10:20:00-05:00")],
      patientBusy: [busy("2026-12-02T10:00:00-05:00", "2026-12-02T11:00:00-05:00")], now: now)
    #expect(found.map(\.code) == row.codes)
    for text in row.says { #expect(found.first?.message.contains(text) == true, "\(found)") }
    for refusal in found {
      #expect(refusal.message.contains("nearcare "), "every message names the next step")
      #expect(!refusal.message.contains("\n"))
    }
  }

  @Test func allThatIsWrongIsListedInOrder() throws {
    let office = try office()
    let worst = visit("2026-12-13T09:15:00-05:00", minutes: 30, .telehealth)
    let away = Schedule(
      role: drLee, zone: office.zone, blocks: office.blocks,
      exceptions: [try away("2026-12-13 09:00", "2026-12-13 10:00")], rules: office.rules)
    let taken = [Busy(start: worst.start, end: worst.end)]
    let found = refusals(of: worst, in: away, busy: taken, patientBusy: taken, now: now)
    #expect(
      found.map(\.code) == [.beyondHorizon, .timeOff, .wrongVisitType, .slotTaken, .patientBusy])
    #expect(found == found.sorted())
  }

  @Test func aRoleWithoutHoursAndAnotherRole() throws {
    let empty = try schedule("America/New_York", [])
    #expect(empty.isEmpty)
    let tomorrow = visit("2026-12-02T09:00:00-05:00")
    #expect(
      refusals(of: tomorrow, in: empty, busy: [], now: now).map(\.code) == [.noSchedule])
    #expect(slots(in: empty, busy: [], now: now).isEmpty)
    var other = tomorrow
    other.role = RoleID(npi: drLee.npi, site: SiteKey("000000")!)
    #expect(
      refusals(of: other, in: try office(), busy: [], now: now) == [.unknownRole(other.role)])
  }

  @Test func aBareStartIsJudgedByTheShapeThatComesNearest() throws {
    func codes(_ start: String, _ type: VisitType? = nil, busy: [Busy] = []) throws -> [String] {
      refusals(
        ofStart: instant(start), visitType: type, in: try office(), busy: busy, now: now
      ).map(\.code.rawValue)
    }
    #expect(try codes("2026-12-02T09:00:00-05:00") == [])
    #expect(try codes("2026-12-02T13:20:00-05:00") == [])
    #expect(try codes("2026-12-02T13:20:00-05:00", .inPerson) == ["wrong-visit-type"])
    #expect(try codes("2026-12-02T13:30:00-05:00") == ["off-grid"])
    #expect(try codes("2026-12-02T20:00:00-05:00") == ["outside-schedule"])
    #expect(try codes("2026-12-03T09:00:00-05:00") == ["time-off"])
    let taken = [busy("2026-12-02T09:00:00-05:00", "2026-12-02T09:30:00-05:00")]
    #expect(try codes("2026-12-02T09:00:00-05:00", busy: taken) == ["slot-taken"])
    let empty = try schedule("America/New_York", [])
    #expect(
      refusals(ofStart: now, in: empty, busy: [], now: now).map(\.code) == [.noSchedule])
  }

  /// Programs read these texts, and their order decides which of several a caller sees.
  @Test func theCodesAndTheirOrderAreAContract() {
    #expect(
      Refusal.Code.allCases.map(\.rawValue) == [
        "malformed-slot", "malformed-time", "not-signed-in", "session-expired", "locked-out",
        "sign-in-failed", "not-permitted", "first-is-administrator", "last-administrator",
        "login-taken", "unknown-login", "unknown-patient", "already-registered",
        "unknown-role", "unknown-hold", "not-your-hold", "hold-expired", "hold-used",
        "hold-extended", "unknown-appointment", "already-cancelled",
        "already-rescheduled", "not-booked", "appointment-started", "check-in-closed",
        "not-started", "same-slot", "unknown-entry", "entry-over", "no-offer", "offer-expired",
        "idempotency-key-reused", "series-length", "dates-over", "slot-in-past", "notice",
        "beyond-horizon", "no-schedule", "outside-schedule", "holiday", "time-off",
        "wrong-visit-type", "wrong-duration", "off-grid", "slot-taken", "buffer", "travel-time",
        "day-full", "week-full", "no-room", "patient-busy", "too-many-holds", "too-many-entries",
        "series-refused", "strands-visits",
      ])
    #expect(Refusal.Code.allCases.shuffled().sorted() == Refusal.Code.allCases)
  }

  @Test func refusalsOfRequestsNameValueLimitAndNextStep() throws {
    let zone = try Zone("America/New_York")
    let slot = try #require(SlotID("1234567893-4fz0q8-20261124T1400Z-30p"))
    let texts: [(Refusal, Refusal.Code, [String])] = [
      (.malformedSlot("x y"), .malformedSlot, ["'x y'", "nearcare slots"]),
      (.malformedTime("noon"), .malformedTime, ["'noon'", "2026-11-24T09:00:00-05:00"]),
      (.notSignedIn, .notSignedIn, ["nearcare register"]),
      (.sessionExpired(at: now, zone: zone), .sessionExpired, ["2026-12-01T08:00:00-05:00"]),
      (.alreadyRegistered(by: "e-mail"), .alreadyRegistered, ["e-mail"]),
      (.unknownRole(drLee), .unknownRole, ["1234567893-4fz0q8", "nearcare search"]),
      (.unknownHold("h1"), .unknownHold, ["'h1'", "nearcare hold"]),
      (.notYourHold("h1"), .notYourHold, ["'h1'", "session"]),
      (
        .holdExpired("h1", slot: slot, at: now, zone: zone), .holdExpired,
        ["'h1'", "2026-12-01T08:00:00-05:00", "nearcare hold \(slot)"]
      ),
      (.holdUsed("h1", appointment: "a1"), .holdUsed, ["'h1'", "a1", "nearcare appointments"]),
      (.unknownAppointment("a1"), .unknownAppointment, ["'a1'", "nearcare appointments"]),
      (
        .alreadyCancelled("a1", at: now, zone: zone), .alreadyCancelled,
        ["a1", "2026-12-01T08:00:00-05:00"]
      ),
      (
        .appointmentStarted("a1", start: now, zone: zone), .appointmentStarted,
        ["a1", "2026-12-01T08:00:00-05:00", "call the practice"]
      ),
      (.idempotencyKeyReused("k", by: "a1"), .idempotencyKeyReused, ["'k'", "a1", "new one"]),
      (.tooManyHolds(live: 3, limit: 3), .tooManyHolds, ["hold 3", "3 are", "nearcare release"]),
      (
        .holdExtended("h1", until: now, zone: zone), .holdExtended,
        ["'h1'", "2026-12-01T08:00:00-05:00", "nearcare book h1"]
      ),
      (
        .offerNotExtended("h1", until: now, zone: zone), .holdExtended,
        ["'h1'", "2026-12-01T08:00:00-05:00", "nearcare book h1"]
      ),
      (.alreadyRescheduled("a1", to: "a2"), .alreadyRescheduled, ["a1", "a2"]),
      (.notBooked("a1", state: "no-show"), .notBooked, ["a1", "no-show", "nearcare appointments"]),
      (
        .checkInClosed("a1", from: now, to: now, zone: zone), .checkInClosed,
        ["a1", "2026-12-01T08:00:00-05:00", "nearcare reschedule"]
      ),
      (
        .notStarted("a1", start: now, zone: zone), .notStarted,
        ["a1", "2026-12-01T08:00:00-05:00", "try again"]
      ),
      (
        .sameSlot("a1", zone: zone, start: now), .sameSlot,
        ["a1", "2026-12-01T08:00:00-05:00", "another slot"]
      ),
      (.unknownEntry("w1"), .unknownEntry, ["'w1'", "nearcare waitlist list"]),
      (.entryOver("w1", state: "left"), .entryOver, ["w1", "left", "nearcare waitlist join"]),
      (.noOffer("w1"), .noOffer, ["w1", "nearcare waitlist list"]),
      (
        .offerExpired("w1", at: now, zone: zone), .offerExpired,
        ["w1", "2026-12-01T08:00:00-05:00", "next in line"]
      ),
      (.seriesLength(1, allowed: 2...52), .seriesLength, ["1 weeks", "2 to 52"]),
      (
        .tooManyEntries(open: 9, limit: 9), .tooManyEntries,
        ["9 places", "nearcare waitlist leave"]
      ),
      (.noSchedule(drLee), .noSchedule, ["1234567893-4fz0q8", "call the practice"]),
    ]
    for (refusal, code, parts) in texts {
      #expect(refusal.code == code)
      for part in parts { #expect(refusal.message.contains(part), "\(refusal)") }
    }
    let long = String(repeating: "x", count: 5000)
    #expect(Refusal.malformedSlot(long).message.count < 300)
  }
}
