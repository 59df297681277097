import ArgumentParser
import Booking
import Console
import Messaging
import Privacy
import ProviderDirectory
import Store

extension Messages {
  struct Notify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show or set whether and where a practitioner is told of their visits.",
      discussion: """
        Examples:
          nearcare messages notify 1234567893
          nearcare messages notify 1234567893 --email desk@clinic.example --reminders
          nearcare messages notify 1234567893 --off

        Such mails say when and where, never whom. They begin with the next visit that is booked,
        moved or cancelled.
        """)

    @Argument(help: "The practitioner's NPI.") var npi: String
    @Option(help: "Where to.") var email: String?
    @Flag(help: "Reminders too, not only bookings, moves and cancellations.")
    var reminders = false
    @Flag(help: "Nothing from now on.") var off = false
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard !(off && (email != nil || reminders)), email != nil || !reminders else {
        throw ValidationError("give --email, perhaps with --reminders, or --off alone")
      }
    }

    func run() throws {
      let program = try Program(options)
      guard let npi = Int64(npi).flatMap({ NPI($0) }) else {
        throw Failure(.usage, "\"\(Terminal.safe(npi))\" is not a valid NPI; look it up")
      }
      let bookings = try program.bookings(createIfMissing: false)
      let desk = Asker.frontDesk(try program.desk())
      let notice: PractitionerNotice?
      if let email {
        notice = try done(
          try bookings.setPractitionerNotice(
            PractitionerNotice(email: try EmailAddress(email), hasReminders: reminders), of: npi,
            by: desk))
      } else if off {
        notice = try done(try bookings.setPractitionerNotice(nil, of: npi, by: desk))
      } else {
        notice = try done(try bookings.practitionerNotice(of: npi, by: desk))
      }
      if options.json {
        return try writeJSON(NoticeReply(npi: "\(npi)", notice))
      }
      guard let notice else { return writeLine("\(npi)  is told nothing") }
      let what = notice.hasReminders ? "with reminders" : "without reminders"
      writeLine("\(npi)  \(notice.email.text)  \(what)")
    }
  }
}

private struct NoticeReply: Encodable {
  let npi: String
  let email: Nullable<String>
  let reminders: Bool

  init(npi: String, _ notice: PractitionerNotice?) {
    self.npi = npi
    email = Nullable(notice?.email.text)
    reminders = notice?.hasReminders ?? false
  }
}
