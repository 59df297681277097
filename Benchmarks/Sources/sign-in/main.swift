import Asking
import Booking
import CivilTime
import Foundation
import Privacy
import Store

// sign-in TRIES [ROUNDS BLOCK PARALLELISM]
//
// Whether the time that a refused sign-in takes tells if anybody has the name: TRIES of a name that
// somebody has and of one that nobody has, in turns, in a home made for it, on a clock that stands.
// The cost of scrypt is next to nothing unless one is given, so that all else shows the more.

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
guard numbers.count == CommandLine.arguments.count - 1, [1, 4].contains(numbers.count),
  numbers[0] >= 10
else { refuse(usage: "sign-in TRIES [ROUNDS BLOCK PARALLELISM]") }
let tries = numbers[0]
let cost =
  numbers.count == 4
  ? PassphraseVerifier.Cost(rounds: numbers[1], blockSize: numbers[2], parallelism: numbers[3])
  : PassphraseVerifier.Cost(rounds: 16, blockSize: 1, parallelism: 1)

struct Unexpected: Error { let outcome: String }

extension Outcome {
  func value() throws -> Value {
    guard case .done(let value) = self else { throw Unexpected(outcome: "\(self)") }
    return value
  }
}

let folder = NSTemporaryDirectory() + "sign-in-\(ProcessInfo.processInfo.globallyUniqueString)"
defer { try? FileManager.default.removeItem(atPath: folder) }
let now = Instant(rfc3339: "2026-11-23T08:00:00-05:00")!
let store = try Store.open(HomeDirectory(path: folder), clock: .fixed(at: now))
let vault = try Vault.open(for: store)

func bookings(freeAttempts: Int) -> Bookings {
  var limits = BookingLimits.standard
  (limits.passphraseCost, limits.freeAttempts) = (cost, freeAttempts)
  return Bookings(store: store, vault: vault, limits: limits)
}

let passphrase = "correct horse battery"
let open = bookings(freeAttempts: .max)
for number in 0..<20 {
  let details = try PatientDetails(
    name: "Made Up", birthDate: CivilDate(iso: "1980-02-29")!,
    email: EmailAddress("somebody.\(number)@example.org"), phone: PhoneNumber("212-555-0100"))
  let patient = try open.register(details).value()
  _ = try open.setPassphrase(
    passphrase, present: nil, newCodes: number % 2 == 0, as: patient.token
  ).value()
}
let owner = Asker.frontDesk(FrontDesk(name: "owner"))
let codes = try open.addStaff(
  login: "iris", StaffPost(role: .administrator, npi: nil, sites: []), passphrase: passphrase,
  by: owner
).value()
let iris = try open.signIn(
  SignInAttempt(
    name: "iris", passphrase: Passphrase(typed: passphrase),
    code: codes.code(at: now.secondsSinceEpoch))
).value()
for number in 0..<20 {
  _ = try open.addStaff(
    login: "somebody-\(number)", StaffPost(role: .administrator, npi: nil, sites: []),
    passphrase: passphrase, by: .patient(iris.token)
  ).value()
}

func microseconds(_ name: String, _ bookings: Bookings, _ text: String) throws -> Double {
  let attempt = SignInAttempt(name: name, passphrase: Passphrase(typed: text), code: "000000")
  let start = nanoseconds()
  let outcome = try bookings.signIn(attempt)
  let elapsed = nanoseconds() - start
  guard case .refused = outcome else { throw Unexpected(outcome: "\(outcome)") }
  return Double(elapsed) / 1000
}

func compare(
  _ what: String, _ known: String, _ unknown: String, _ bookings: Bookings,
  knownText: String = "wrong"
) throws {
  var times: (known: [Double], unknown: [Double]) = ([], [])
  let warmUp = tries / 20
  for round in 0..<tries + warmUp {
    let isKnownFirst = round % 2 == 0
    for isKnown in [isKnownFirst, !isKnownFirst] {
      let time = try microseconds(
        isKnown ? known : unknown, bookings, isKnown ? knownText : "wrong")
      guard round >= warmUp else { continue }
      if isKnown { times.known.append(time) } else { times.unknown.append(time) }
    }
  }
  report(what, times.known, times.unknown)
}

func report(_ what: String, _ known: [Double], _ unknown: [Double]) {
  let ranks = MannWhitney(known, unknown)
  let welch = Welch(known, unknown)
  func text(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
  print(
    [
      what.padding(toLength: 42, withPad: " ", startingAt: 0),
      text(median(known), 1), text(median(unknown), 1), text(ranks.share, 3), text(ranks.p, 3),
      text(welch.t, 2), text(welch.p, 3),
    ].joined(separator: "  "))
  fflush(nil)
}

print(
  "what, \(tries) tries each: µs at the median of known, unknown; share of pairs in which the known "
    + "one took longer, p of Mann and Whitney; Welch's t, its p")
try compare("login of the staff", "somebody-7", "nobody-7", open)
try compare(
  "the same, passphrase right, code wrong", "somebody-7", "nobody-7", open,
  knownText: passphrase)
try compare("e-mail address, with codes", "somebody.8@example.org", "nobody.8@example.org", open)
try compare("e-mail address, without", "somebody.9@example.org", "nobody.9@example.org", open)
let closing = bookings(freeAttempts: 1)
try compare("closed login", "somebody-3", "nobody-3", closing)
try compare("closed e-mail address", "somebody.3@example.org", "nobody.3@example.org", closing)
// What the test says of two of the same kind.
try compare("unknown beside unknown", "nobody-5", "nobody-6", open)
