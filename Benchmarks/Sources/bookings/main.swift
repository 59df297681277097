import Asking
import Booking
import CivilTime
import Foundation
import Privacy
import ProviderDirectory
import Scheduling
import SearchIndex
import Store

// bookings HOME NOW FIRST_DAY COUNT
//
// Registers patients and finds COUNT open slots from FIRST_DAY on, each of another practitioner.
// Then reads lines "FROM TO" and books FROM..<TO of them, each by the next patient: nanoseconds of
// each, a line each, and "." at the end.

let arguments = CommandLine.arguments
guard arguments.count == 5, let now = Instant(rfc3339: arguments[2]),
  let firstDay = CivilDate(iso: arguments[3]), let count = Int(arguments[4])
else { refuse(usage: "bookings HOME NOW FIRST_DAY COUNT") }
let home = HomeDirectory(path: arguments[1])
let store = try Store.open(home, createIfMissing: false, clock: .fixed(at: now))
let bookings = Bookings(store: store, vault: try Vault.open(for: store))

struct NotBooked: Error { let detail: String }

/// Each books ten times at most, some days apart.
let patients = try (0...count / 10).map { number in
  let details = try PatientDetails(
    name: "Made Up", birthDate: firstDay.adding(days: -10_000),
    email: EmailAddress("booking.\(number)@example.com"), phone: PhoneNumber("212-555-0100"))
  guard case .done(let registration) = try bookings.register(details) else {
    throw NotBooked(detail: "patient \(number) was not registered")
  }
  return registration.token
}

func openSlots() throws -> [SlotID] {
  let searcher = try IndexSearcher(IndexGenerations(root: home.indexPath).current())
  let roles = try searcher.candidates(
    CandidateQuery(onlyWithSchedule: true, limit: count * 4, matchedCount: .estimated)
  ).candidates.map(\.roleID)
  return try store.read { transaction in
    let schedules = try transaction.schedules(of: roles)
    var found: [SlotID] = []
    for role in roles where found.count < count {
      let day = firstDay.adding(days: 3 * (found.count / patients.count))
      let request = SlotRequest(dates: day...day.adding(days: 2), limit: 1)
      let start = Instant(secondsSinceEpoch: (Int64(day.daysSinceEpoch) - 1) * 86_400)
      guard let schedule = schedules[role],
        case let taken = try transaction.occupancy(
          of: [schedule], for: start..<start.adding(seconds: 6 * 86_400)),
        let slot = slots(
          in: schedule, matching: request, busy: taken.busy(role), rooms: taken.rooms(role),
          now: now
        ).first
      else { continue }
      found.append(slot.id)
    }
    return found
  }
}

let wanted = try openSlots()
guard wanted.count == count else {
  throw NotBooked(detail: "\(wanted.count) open slots, \(count) are needed: use a larger home")
}
while let line = readLine() {
  let bounds = line.split(separator: " ").compactMap { Int($0) }
  for number in bounds[0]..<bounds[1] {
    let start = nanoseconds()
    let outcome = try bookings.book(
      .slot(wanted[number]), as: patients[number % patients.count])
    let elapsed = nanoseconds() - start
    guard case .done = outcome else { throw NotBooked(detail: "\(outcome)") }
    print(elapsed)
  }
  print(".")
  fflush(nil)
}
