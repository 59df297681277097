import ArgumentParser
import Console

/// The patient's and the front desk's command line.
struct Nearcare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nearcare",
    abstract: "Find a doctor who fits, has time and takes your plan, and book the visit.",
    discussion: """
      Examples:
        nearcare config set near 10001
        nearcare search "cardiologist in NYC available next Tuesday, takes Blue Cross"
        nearcare register --name "Ana Ruiz" --birth-date 1990-04-12 --email ana@example.com \
      --phone 212-555-0100
        nearcare hold 1234567893-4fz0q8-20261201T1400Z-30p
        nearcare book 1234567893-4fz0q8-20261201T1400Z-30p
        nearcare appointments

      Exit codes: 0 done, 1 nothing found, 2 refused (slot taken and the like), 64 usage,
      65 bad data, 69 unavailable, 70 internal, 73 cannot write, 74 I/O, 75 try later,
      77 not permitted, 78 configuration.
      """,
    subcommands: [
      Search.self, Parse.self, Slots.self, WhyNot.self, Register.self, HoldSlot.self,
      ReleaseHold.self, Book.self, Appointments.self, Reschedule.self, Cancel.self, CheckIn.self,
      NoShow.self, Complete.self, Waitlist.self, Work.self, Messages.self, Config.self,
      Doctor.self, ScheduleCommand.self, Backup.self, Restore.self, Audit.self, Login.self,
      Logout.self, WhoAmI.self, SetPassphrase.self, Staff.self, Agenda.self, PatientCommand.self,
      BreakGlass.self, Keys.self, Retention.self,
    ])
}

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(help: "Where nearcare keeps its data (default: NEARCARE_HOME, or the XDG data folder).")
  var home: String?
  @Flag(help: "One JSON object on stdout.") var json = false
}

@main
enum Main {
  static func main() {
    hideArguments()
    forbidCoreDumps()
    do {
      try refuseTooLong(CommandLine.arguments)
      var command = try Nearcare.parseAsRoot(
        NewPatientsFlag.spelledOut(Array(CommandLine.arguments.dropFirst())))
      try Permissions.check(command)
      try command.run()
    } catch {
      finish(with: error, json: CommandLine.arguments.contains("--json"))
    }
  }

  /// Nobody types as much, and reading arguments takes time that grows with their number squared.
  private static let longest = (arguments: 1000, bytes: 65_536)

  private static func refuseTooLong(_ arguments: [String]) throws {
    let bytes = arguments.reduce(0) { $0 + $1.utf8.count }
    guard arguments.count > longest.arguments || bytes > longest.bytes else { return }
    throw Failure(
      .usage,
      """
      the command line has \(arguments.count - 1) words of \(bytes) bytes; at most \
      \(longest.arguments) words and \(longest.bytes) bytes are read. Use fewer words.
      """)
  }
}
