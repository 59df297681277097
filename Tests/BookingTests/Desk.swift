import Booking
import CivilTime
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Testing

/// A clinic with three practitioners, the first of them at two sites, and patients that are signed
/// in.
struct Desk {
  let clinic: TestClinic
  let store: Store
  let vault: Vault
  let bookings: Bookings
  let ann: SessionToken
  let bob: SessionToken

  /// Next to nothing.
  static let passphraseCost = PassphraseVerifier.Cost(rounds: 16, blockSize: 1, parallelism: 1)
  static let heart = TestClinic.role(person: 1)
  static let heartElsewhere = TestClinic.role(person: 1, site: 2)
  static let skin = TestClinic.role(person: 2)

  /// - Parameter sessionsEnd: whether they do as for real patients; else they outlast any test.
  init(
    limits: BookingLimits = .standard, sessionsEnd: Bool = false, seed: UInt64 = 1
  ) throws {
    var limits = limits
    limits.passphraseCost = Self.passphraseCost
    if !sessionsEnd {
      limits.sessionSeconds = 3650 * 86_400
      limits.idleSeconds = limits.sessionSeconds
    }
    clinic = try TestClinic()
    store = try clinic.open()
    vault = try Vault.open(for: store)
    bookings = Bookings(
      store: store, vault: vault, random: TestClinic.random(seed: seed), limits: limits)
    try clinic.add([Self.heart, Self.skin], to: store)
    try clinic.add([Self.heartElsewhere], slotMinutes: 45, to: store)
    ann = try Self.register("Ann", bookings).token
    bob = try Self.register("Bob", bookings).token
  }

  static func details(_ name: String, phone: String = "212-555-0147") throws -> PatientDetails {
    try PatientDetails(
      name: name, birthDate: CivilDate(iso: "1980-02-29")!,
      email: EmailAddress("\(name)@example.org"), phone: PhoneNumber(phone))
  }

  static func register(_ name: String, _ bookings: Bookings) throws -> Registration {
    try bookings.register(details(name)).value
  }

  /// A time of the heart doctor's on Tuesday 2026-11-24 in New York.
  func slot(_ hour: Int, _ minute: Int = 0) -> SlotID { slot(Self.heart, hour, minute) }

  func slot(_ role: RoleID, _ hour: Int, _ minute: Int = 0) -> SlotID {
    TestClinic.slot(role, day: 1, hour, minute, minutes: role == Self.heartElsewhere ? 45 : 30)
  }
}

struct UnexpectedRefusal: Error, CustomStringConvertible {
  let description: String
}

extension Outcome {
  var value: Value {
    get throws {
      switch self {
      case .done(let value): return value
      case .refused(let refusal): throw UnexpectedRefusal(description: refusal.description)
      }
    }
  }

  /// Nil when it was done.
  var code: Refusal.Code? {
    if case .refused(let refusal) = self { refusal.code } else { nil }
  }
}
