import ArgumentParser
import Booking
import CivilTime
import Console
import Messaging
import Privacy
import Store

extension PatientCommand {
  struct Preferences: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show or set how you, or a patient of yours, are told of visits.",
      discussion: """
        Examples:
          nearcare patient preferences
          nearcare patient preferences --channels sms,email     a text message; if none goes, a mail
          nearcare patient preferences --channels none          nothing at all
          nearcare patient preferences --quiet 22:00-07:00 --language es
          nearcare patient preferences p-1nr7pm40k2vf8 --channels email       as the front desk

        Channels are tried in the order given, and those left out are never used; usual is e-mail
        alone. In quiet hours, 21:00-08:00 unless set, no text message and no push is sent: it waits
        for their end. When it would be of no use by then, it goes by e-mail, if that is wanted.
        """)

    @Argument(help: "A patient's number, for the staff; nobody's for your own.")
    var patientID: String?
    @Option(help: "email, sms and push, with commas between, in the order to try; or none.")
    var channels: String?
    @Option(help: "Hours of the wall clock, as 21:00-08:00; or none.") var quiet: String?
    @Option(help: "The zone of that clock, such as America/New_York; or site, each visit's own.")
    var timeZone: String?
    @Option(help: "en or es.") var language: String?
    @Option(help: "A file of mode 0600 with what the practice's app calls this device, for push.")
    var deviceFile: String?
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let patient = try patientID.map { try parsePatient($0) }
      let asker: Asker =
        patient == nil ? .patient(try program.requireSession()) : .frontDesk(try program.desk())
      let bookings = try program.bookings(createIfMissing: false)
      let changes = try changes()
      let preferences = try done(
        changes.isEmpty
          ? try bookings.messagePreferences(of: patient, by: asker)
          : try bookings.setMessagePreferences(of: patient, by: asker) { preferences in
            for change in changes { change(&preferences) }
          })
      if options.json { return try writeJSON(PreferencesReply(preferences)) }
      for line in PreferencesReply(preferences).lines { writeLine(line) }
      let settings = try program.messagingSettings()
      let missing = preferences.media.filter {
        switch $0 {
        case .email: false
        case .sms: settings.sms == nil
        case .push: (settings.push == nil && settings.webhook == nil) || preferences.device == nil
        }
      }
      if !missing.isEmpty {
        let names = missing.map(\.rawValue).joined(separator: " and ")
        writeNote("Nothing goes by \(names) yet: it is not set up here, or no device is known.")
      }
    }

    private typealias Change = (inout MessagePreferences) -> Void

    private func changes() throws -> [Change] {
      var changes: [Change] = []
      if let media = try channels.map(Self.media) { changes.append { $0.media = media } }
      if let quiet {
        let hours = quiet == "none" ? nil : QuietHours(quiet)
        guard hours != nil || quiet == "none" else {
          throw Failure(
            .usage,
            """
            --quiet "\(Terminal.safe(quiet))" is not two different times as 21:00-08:00, or none
            """)
        }
        changes.append { $0.quietHours = hours }
      }
      if let timeZone {
        let zone = timeZone == "site" ? nil : try Self.zone(timeZone)
        changes.append { $0.timeZone = zone }
      }
      if let language {
        guard let known = MessageLanguage(rawValue: language) else {
          throw Failure(.usage, "--language \"\(Terminal.safe(language))\" is neither en nor es")
        }
        changes.append { $0.language = known }
      }
      if let device = try deviceFile.map(Self.device) { changes.append { $0.device = device } }
      return changes
    }

    private static func media(_ text: String) throws -> [MessageMedium] {
      guard text != "none" else { return [] }
      let words = text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
      let media = words.compactMap { MessageMedium(rawValue: $0) }
      guard media.count == words.count, Swift.Set(media).count == media.count else {
        throw Failure(
          .usage,
          """
          --channels "\(Terminal.safe(text))" is not a list of email, sms and push, each once, \
          with commas between; or none
          """)
      }
      return media
    }

    private static func zone(_ name: String) throws -> String {
      do {
        return try Zone(name).name
      } catch ZoneError.unknownZone {
        let shown = Terminal.safe("\(ZoneError.unknownZone(name))")
        throw Failure(.usage, "--time-zone: \(shown)")
      }
    }

    private static func device(_ path: String) throws -> String {
      let lines = try SecretFile(path: path).lines().filter { !$0.isEmpty }
      guard lines.count == 1, lines[0].utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw Failure(
          .badData,
          "\(path) does not hold one line with a device's token; write what the app shows into it")
      }
      return lines[0]
    }
  }
}

private struct PreferencesReply: Encodable {
  let channels: [String]
  let quietHours, timeZone: Nullable<String>
  let language: String
  let device: Bool

  enum CodingKeys: String, CodingKey {
    case channels, language, device
    case quietHours = "quiet_hours"
    case timeZone = "time_zone"
  }

  init(_ preferences: MessagePreferences) {
    channels = preferences.media.map(\.rawValue)
    quietHours = Nullable(preferences.quietHours?.description)
    timeZone = Nullable(preferences.timeZone)
    language = preferences.language.rawValue
    device = preferences.device != nil
  }

  var lines: [String] {
    [
      "channels  \(channels.isEmpty ? "none" : channels.joined(separator: ", then "))",
      "quiet     \(quietHours.value ?? "none")\(timeZone.value.map { " in \($0)" } ?? "")",
      "language  \(language)",
    ]
  }
}
