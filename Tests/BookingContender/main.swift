// A process that books, for tests in which processes contend and are killed.
//
//     BookingContender HOME TOKEN             books each slot id it reads from standard input
//     BookingContender HOME TOKEN SEED SLOT…  holds, books, releases, cancels at random, for ever
//     BookingContender HOME serve HOLD-SECONDS OFFER-SECONDS   answers requests; see Server
//
// Each request's answer is one line on standard output, written once it is true.

import Booking
import CivilTime
import Foundation
import Privacy
import Scheduling
import Store

func say(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

func text<Value>(_ outcome: Outcome<Value>, _ done: (Value) -> String) -> String {
  switch outcome {
  case .done(let value): done(value)
  case .refused(let refusal): "refused \(refusal.code.rawValue)"
  }
}

struct Contender {
  let bookings: Bookings
  let token: SessionToken?

  func race() throws {
    say("ready")
    while let line = readLine() {
      guard let slot = SlotID(line) else { continue }
      say(text(try bookings.book(.slot(slot), as: token)) { "booked \($0.text) \($0.slot)" })
    }
  }

  func churn(seed: UInt64, slots: [SlotID]) throws {
    var state = seed
    var holds: [ClaimID] = []
    var visits: [ClaimID] = []
    say("ready")
    while true {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let choice = Int(state >> 33)
      let slot = slots[choice / 8 % slots.count]
      switch choice % 8 {
      case 0, 1:
        let outcome = try bookings.hold(slot, as: token)
        if case .done(let hold) = outcome { holds.append(hold.id) }
        say(text(outcome) { "held \($0.text) \($0.slot)" })
      case 2 where !holds.isEmpty:
        let outcome = try bookings.book(.hold(holds.removeFirst()), as: token)
        if case .done(let visit) = outcome { visits.append(visit.id) }
        say(text(outcome) { "booked \($0.text) \($0.slot)" })
      case 3 where !holds.isEmpty:
        say(text(try bookings.release(holds.removeLast(), as: token)) { "released \($0.text)" })
      case 4 where !visits.isEmpty:
        let visit = visits.removeFirst()
        // Said before as well: a process killed in between may have cancelled.
        say("cancelling \(visit.appointmentText)")
        say(text(try bookings.cancel(visit, as: token)) { "cancelled \($0.text)" })
      default:
        let outcome = try bookings.book(.slot(slot), as: token)
        if case .done(let visit) = outcome { visits.append(visit.id) }
        say(text(outcome) { "booked \($0.text) \($0.slot)" })
      }
    }
  }
}

let arguments = CommandLine.arguments
do {
  let store = try Store.open(
    HomeDirectory(path: arguments[1]), createIfMissing: false,
    clock: try Clock.system(environment: ProcessInfo.processInfo.environment))
  let contender = Contender(
    bookings: Bookings(store: store, vault: try Vault.open(for: store)),
    token: SessionToken(arguments[2]))
  if arguments[2] == "serve" {
    let limits = BookingLimits(
      holdSeconds: Int64(arguments[3]) ?? 300, offerSeconds: Int64(arguments[4]) ?? 1800)
    try Server(store: store, vault: try Vault.open(for: store), limits: limits).serve()
  } else if arguments.count == 3 {
    try contender.race()
  } else if let seed = UInt64(arguments[3]) {
    try contender.churn(seed: seed, slots: arguments.dropFirst(4).compactMap { SlotID($0) })
  }
} catch {
  say("fault \(error)")
  exit(70)
}
