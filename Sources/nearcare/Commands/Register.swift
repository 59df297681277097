import Console
import ArgumentParser
import Booking
import CivilTime
import Privacy
import Store

struct Register: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Register a patient and sign this terminal in.",
    discussion: """
      Examples:
        nearcare register --name "Ana Ruiz" --birth-date 1990-04-12 --email ana@example.com \
      --phone 212-555-0100

      The session ends 15 minutes after its last use. Set a passphrase with `nearcare passphrase` to
      sign in again, here or elsewhere; without one, registering again with the same details does,
      as long as the home has no staff accounts. What is given here is sealed before it is stored.
      Who else uses this machine can see a running command's arguments.
      """)

  @Option(help: "Full name.") var name: String
  @Option(help: "YYYY-MM-DD.") var birthDate: String
  @Option(help: "E-mail address.") var email: String
  @Option(help: "Telephone number, ten digits.") var phone: String
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    let patientID: String
    let isNew: Bool
    let sessionExpiresAt: String

    enum CodingKeys: String, CodingKey {
      case patientID = "patient_id"
      case isNew = "new"
      case sessionExpiresAt = "session_expires_at"
    }
  }

  func run() throws {
    let program = try Program(options)
    let details = try PatientDetails(
      name: name, birthDate: try day(birthDate, option: "--birth-date"),
      email: try EmailAddress(email), phone: try PhoneNumber(phone))
    let registration = try done(try program.bookings().register(details))
    try program.sessionFile.write(registration.token)
    if options.json {
      try writeJSON(
        Reply(
          patientID: "\(registration.patient)", isNew: registration.isNew,
          sessionExpiresAt: registration.expiresAt.rfc3339(offsetSeconds: 0)))
    } else {
      writeLine("Patient \(registration.patient)")
      writeNote(
        registration.isNew
          ? """
          Registered, and signed in at this terminal. To sign in again later, set a passphrase: \
          nearcare passphrase
          """ : "Known already; signed in again.")
    }
  }
}

/// The value of an outcome, or its refusal on the way out of the command.
func done<Value>(_ outcome: Outcome<Value>) throws -> Value {
  switch outcome {
  case .done(let value): return value
  case .refused(let refusal): throw Refused(refusal)
  }
}

extension Program {
  func bookings(createIfMissing: Bool = true) throws -> Bookings {
    let store = try openStore(createIfMissing: createIfMissing)
    return Bookings(
      store: store, vault: try Vault.open(for: store),
      limits: try Configuration(home: home).bookingLimits())
  }
}
