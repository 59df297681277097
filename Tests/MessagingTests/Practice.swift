import Booking
import CivilTime
import Foundation
import Messaging
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Synchronization
import TestSupport

/// A practice in three time zones with patients who are signed in, and a worker for its messages.
final class Practice {
  let clinic: TestClinic
  let store: Store
  let vault: Vault
  let bookings: Bookings
  let inbox = Inbox()
  let roles: [RoleID]
  private(set) var patients: [(session: SessionToken, id: PatientID, email: String)] = []

  static let zones = ["America/New_York", "America/Los_Angeles", "America/Phoenix"]

  convenience init(patients count: Int = 2, seed: UInt64 = 1) throws {
    try self.init(emails: (0..<count).map { "patient\($0)@example.org" }, seed: seed)
  }

  init(emails: [String], seed: UInt64 = 1) throws {
    clinic = try TestClinic()
    store = try clinic.open()
    vault = try Vault.open(for: store)
    bookings = Bookings(
      store: store, vault: vault, random: TestClinic.random(seed: seed),
      limits: BookingLimits(sessionSeconds: 400 * 86_400, idleSeconds: 400 * 86_400))
    roles = (0..<6).map { TestClinic.role(person: 1 + $0, site: UInt32(1 + $0 % 3)) }
    for (number, role) in roles.enumerated() {
      try clinic.add([role], zone: Self.zones[number % 3], to: store)
    }
    for (number, email) in emails.enumerated() {
      let details = try PatientDetails(
        name: "Pat Ient \(number)", birthDate: CivilDate(iso: "1980-02-29")!,
        email: EmailAddress(email), phone: PhoneNumber("\(2_125_550_147 + number)"))
      let registration = try bookings.register(details).value
      patients.append((registration.token, registration.patient, email))
    }
  }

  func zone(of role: RoleID) throws -> Zone {
    try Zone(Self.zones[roles.firstIndex(of: role)! % 3])
  }

  /// Nil for a wall time that the clocks skip or repeat that day.
  func slot(_ role: RoleID, _ date: CivilDate, _ minutes: Int) throws -> SlotID? {
    let resolved = try zone(of: role).resolve(date, TimeOfDay(minutes: minutes)!)
    guard case .unique(let start) = resolved else { return nil }
    return SlotID(role: role, start: start, minutes: 30, visitType: .inPerson)
  }

  /// - Parameter other: a store of the same home that is the worker's own.
  func worker(
    _ channel: (any MessageChannel)? = nil, limits: MessageLimits = .standard,
    store other: Store? = nil
  ) throws -> MessageWorker {
    try MessageWorker(
      store: other ?? store, vault: vault, random: TestClinic.random(seed: 9),
      channels: [.email: channel ?? inbox],
      composer: MessageComposer(
        texts: MessageTexts(), from: EmailAddress("visits@clinic.example")), limits: limits)
  }

  /// The words of messages in a state, as they were sent.
  func bodies(of state: MessageState) throws -> [String] {
    try store.read { try $0.messages(about: nil, in: [state], limit: 99).messages }
      .compactMap { try vault.body(of: $0) }
  }

  /// The keys of what arrives now, after their appointment's id.
  func arrivals() throws -> [String] {
    let before = inbox.messages.count
    _ = try worker().work()
    return inbox.messages.dropFirst(before).map { String($0.key.drop { $0 != "." }) }.sorted()
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
}

/// A channel that takes everything, once a key, and can be told to answer otherwise.
final class Inbox: MessageChannel {
  private struct State {
    var messages: [OutgoingMessage] = []
    var keys: Set<String> = []
    var repeats = 0
    var tries: [String] = []
    var answer: (@Sendable (OutgoingMessage) -> ChannelAnswer?)?
  }

  private let state = Mutex(State())
  let name: String

  init(name: String = "inbox") { self.name = name }

  var messages: [OutgoingMessage] { state.withLock { $0.messages } }
  /// How often a message came again.
  var repeats: Int { state.withLock { $0.repeats } }
  var tries: [String] { state.withLock { $0.tries } }

  /// From now on; nil takes the message.
  func answer(_ body: (@Sendable (OutgoingMessage) -> ChannelAnswer?)?) {
    state.withLock { $0.answer = body }
  }

  func send(_ message: OutgoingMessage) -> ChannelAnswer {
    let answer = state.withLock { state in
      state.tries.append(message.key)
      return state.answer
    }
    if let said = answer?(message) { return said }
    return state.withLock { state in
      if state.keys.insert(message.key).inserted {
        state.messages.append(message)
      } else {
        state.repeats += 1
      }
      return .delivered(id: "inbox-\(message.key)")
    }
  }
}
