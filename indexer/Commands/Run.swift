import Console
import ArgumentParser
import Store

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Loads provider files and switches to a new index generation.",
    discussion: """
      Examples:
        indexer run --nppes npidata_pfile_20260101-20260107.csv
        indexer run --nppes week1.csv week2.csv --deactivations report.csv
        indexer run --nppes npidata.csv --plans plans.json --networks a.json b.json --json

      This is a full load: the directory becomes what these files say. Schedules and bookings of \
      earlier runs stay. Every row is accepted, or rejected into a file with its line, field and \
      reason. A network or plan file that is not whole JSON is set aside and the run goes on.
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("NPPES main files (npidata_pfile_*.csv).", valueName: "file"))
  var nppes: [String]

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

  @OptionGroup var options: HomeOptions

  func run() throws {
    finishing {
      let inputs = RunInputs(
        nppes: nppes, sites: sites, deactivations: deactivations, plans: plans,
        networks: networks, schedules: schedules, taxonomy: taxonomy)
      let summary = try IndexRun(
        inputs, home: options.directory, clock: options.clock(), progress: .onTerminal()
      ).run()
      if options.json {
        try writeJSON(summary)
      } else {
        writeLine(summary.text)
      }
    }
  }
}
