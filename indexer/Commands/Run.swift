import ArgumentParser
import Console
import Foundation
import Store

/// What both ways of loading take besides their files.
struct RunOptions: ParsableArguments {
  enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Option(
    help: ArgumentHelp(
      "The most that the new generation may lose of the one that serves: of its roles, and of any"
        + " state or specialty with 1,000 or more. Unless it is given, directories under 1,000"
        + " roles may lose any.", valueName: "percent"))
  var maxLoss = LossLimit.usual

  @Option(help: "What stderr tells: text for a person, or a JSON object a line.")
  var log = LogFormat.text

  @OptionGroup var options: HomeOptions

  /// Loads the files and prints what came of it; ends the program when nothing is served.
  func load(_ inputs: RunInputs) {
    let progress: Progress
    do {
      progress = log == .json ? Progress(.json(try options.clock())) : .onTerminal()
    } catch {
      return finishing { throw error }
    }
    do {
      let summary = try IndexRun(
        inputs, home: options.directory, clock: options.clock(), maxLoss: maxLoss,
        progress: progress
      ).run()
      if options.json {
        try writeJSON(summary)
      } else {
        writeLine(summary.text)
      }
    } catch let refusal as SwitchRefusal {
      progress.end()
      progress.failed(refusal.message, .refused)
      if options.json { finishing { try writeJSON(RefusalReply(refusal)) } }
      Foundation.exit(ExitStatus.refused.rawValue)
    } catch {
      let failure = Failure(error) ?? Failure(.internalFault, "\(error)")
      progress.end()
      progress.failed(failure.message, failure.status)
      Foundation.exit(failure.status.rawValue)
    }
  }
}

private struct RefusalReply: Encodable {
  struct Refused: Encodable {
    var code = "max-loss"
    let message: String
  }
  let refused: Refused

  init(_ refusal: SwitchRefusal) { refused = Refused(message: refusal.message) }
}

/// The files that a full load and an update take alike.
struct FeedOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("NPPES secondary practice locations (pl_pfile_*.csv).", valueName: "file"))
  var sites: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Deactivation reports: CSV with an NPI and a date.", valueName: "file"))
  var deactivations: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("QHP plans.json files.", valueName: "file"))
  var plans: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("QHP providers.json files.", valueName: "file"))
  var networks: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Weekly hours as CSV.", valueName: "file"))
  var schedules: [String] = []

  @Option(
    help: ArgumentHelp("NUCC code set as CSV, in place of the built-in one.", valueName: "file"))
  var taxonomy: String?

  func inputs(_ nppes: [String], isUpdate: Bool) -> RunInputs {
    RunInputs(
      isUpdate: isUpdate, nppes: nppes, sites: sites, deactivations: deactivations, plans: plans,
      networks: networks, schedules: schedules, taxonomy: taxonomy)
  }
}

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Loads provider files in full and switches to a new index generation.",
    discussion: """
      Examples:
        indexer run --nppes npidata_pfile_20260101-20260107.csv
        indexer run --nppes week1.csv week2.csv --deactivations report.csv
        indexer run --nppes npidata.csv --plans plans.json --networks a.json b.json --json

      This is a full load: the directory becomes what these files say. Schedules and bookings of \
      earlier runs stay. Every row is accepted, or rejected into a file with its line, field and \
      reason. A network or plan file that is not whole JSON is set aside and the run goes on.

      Before the switch the new index is checked and compared with the one that serves. One that \
      lost more than --max-loss is not served: the exit code is 2, and a report beside the index \
      says what is missing.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("NPPES main files (npidata_pfile_*.csv).", valueName: "file"))
  var nppes: [String]

  @OptionGroup var feeds: FeedOptions
  @OptionGroup var options: RunOptions

  func run() { options.load(feeds.inputs(nppes, isUpdate: false)) }
}

struct Update: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Applies weekly update files to the last full load, and switches.",
    discussion: """
      Examples:
        indexer update --nppes npidata_pfile_20260105-20260111.csv --sites pl_pfile_2026*.csv
        indexer update --deactivations report.csv
        indexer update --nppes week.csv --plans plans.json --networks a.json b.json

      The directory becomes what a full load of all the files together would make it; what these \
      files do not name stays. Network files are the exception: they replace all network files of \
      before, so give them all or none. A practitioner who is new or moved is in no plan until \
      network files are read again.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("NPPES weekly files (npidata_pfile_*.csv).", valueName: "file"))
  var nppes: [String] = []

  @OptionGroup var feeds: FeedOptions
  @OptionGroup var options: RunOptions

  func validate() throws {
    let inputs = feeds.inputs(nppes, isUpdate: true)
    guard inputs.count > 0 else {
      throw ValidationError("give at least one file, for example --nppes or --deactivations")
    }
  }

  func run() { options.load(feeds.inputs(nppes, isUpdate: true)) }
}
