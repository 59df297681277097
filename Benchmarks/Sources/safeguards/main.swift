import Asking
import Booking
import CivilTime
import Foundation
import Privacy
import ProviderDirectory
import Scheduling
import SearchIndex
import Store

// safeguards HOME NOW FIRST_DAY COUNT
//
// What sealing and audit cost a booking: COUNT whole bookings with a reason, and COUNT transactions
// each that write what a booking writes with the reason sealed or without one, with its audit row
// or without, all in turns in one store. A line each: what it was and nanoseconds.

let arguments = CommandLine.arguments
guard arguments.count == 5, let now = Instant(rfc3339: arguments[2]),
  let firstDay = CivilDate(iso: arguments[3]), let count = Int(arguments[4])
else { refuse(usage: "safeguards HOME NOW FIRST_DAY COUNT") }
let home = HomeDirectory(path: arguments[1])
let store = try Store.open(home, createIfMissing: false, clock: .fixed(at: now))
let vault = try Vault.open(for: store)
let bookings = Bookings(store: store, vault: vault)
let reason = "a rash on both arms since the middle of the week"

struct NotBooked: Error { let detail: String }

let patients = try (0...count / 2).map { number in
  let details = try PatientDetails(
    name: "Made Up", birthDate: firstDay.adding(days: -10_000),
    email: EmailAddress("safe.\(number)@example.com"), phone: PhoneNumber("212-555-0100"))
  guard case .done(let registration) = try bookings.register(details) else {
    throw NotBooked(detail: "patient \(number) was not registered")
  }
  return registration
}

let roles = try IndexSearcher(IndexGenerations(root: home.indexPath).current()).candidates(
  CandidateQuery(onlyWithSchedule: true, limit: count * 4, matchedCount: .estimated)
).candidates.map(\.roleID)

/// The first open slot of each of COUNT practitioners.
let slots = try store.read { transaction in
  let schedules = try transaction.schedules(of: roles)
  var found: [SlotID] = []
  for role in roles where found.count < count {
    let day = firstDay.adding(days: 7 * (found.count / patients.count))
    let request = SlotRequest(dates: day...day.adding(days: 6), limit: 1)
    guard let schedule = schedules[role],
      let slot = Scheduling.slots(
        in: schedule, matching: request, busy: [], now: now
      ).first
    else { continue }
    found.append(slot.id)
  }
  return found
}
guard slots.count == count else {
  throw NotBooked(detail: "\(slots.count) open slots, \(count) are needed: use a larger home")
}

/// The visit with what is planned and posted with it, at a time that nothing else takes.
func write(_ number: Int, isSealed: Bool, isAudited: Bool) throws {
  try store.write { transaction in
    let patient = patients[number % patients.count].patient
    let id = ClaimID(at: now, random: .system)
    // In a year of its own, an hour after the one before.
    let start = now.adding(seconds: 400 * 86_400 + Int64(number) * 3600)
    guard
      let slot = SlotID(
        role: roles[number % roles.count], start: start, minutes: 30, visitType: .inPerson),
      let wall = CivilDateTime(date: firstDay, time: TimeOfDay(minutes: 600)!)
    else { throw NotBooked(detail: "no slot at \(start)") }
    let claim = Claim(
      id: id, slot: slot, state: .booked, patient: patient,
      sessionHash: [UInt8](repeating: 0, count: 32), wall: wall, timeZone: "America/New_York",
      tzdataVersion: "", sealedReason: try isSealed ? vault.seal(reason: reason, of: id) : nil,
      createdAt: now, changedAt: now, changedBy: "patient \(patient)")
    if let conflict = try transaction.place(claim) { throw NotBooked(detail: "\(conflict)") }
    try transaction.plan(
      [.confirmation, .reminder24h, .reminder1h].map {
        PlannedMessage($0, dueAt: start.adding(seconds: -3600), expiresAt: start)
      }, of: id)
    try transaction.post(.booked, of: id)
    if isAudited {
      try transaction.audit(
        .book, of: patient, subject: id.appointmentText, by: .patient(patient), vault: vault)
    }
  }
}

func measured(_ what: String, _ body: () throws -> Void) throws {
  let start = nanoseconds()
  try body()
  print("\(what)\t\(nanoseconds() - start)")
}

let variants: [(name: String, isSealed: Bool, isAudited: Bool)] = [
  ("neither", false, false), ("sealed", true, false), ("audited", false, true),
  ("both", true, true),
]
for number in 0..<count {
  for step in 0..<5 {
    let variant = (step + number) % 5
    if variant == 4 {
      try measured("whole booking") {
        let outcome = try bookings.book(
          .slot(slots[number]), reason: reason, as: patients[number % patients.count].token)
        guard case .done = outcome else { throw NotBooked(detail: "\(outcome)") }
      }
    } else {
      let (name, isSealed, isAudited) = variants[variant]
      try measured(name) {
        try write(number * 4 + variant, isSealed: isSealed, isAudited: isAudited)
      }
    }
  }
}
