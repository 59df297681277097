import Console
import ArgumentParser
import CivilTime
import Foundation
import Store

struct Indexer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "indexer",
    abstract: "Turns national provider files into the index that nearcare searches.",
    discussion: """
      Examples:
        indexer run --nppes npidata_pfile_20260101-20260107.csv
        indexer run --nppes npidata_*.csv --sites pl_pfile.csv --plans plans.json \\
          --networks providers.json --schedules schedules.csv
        indexer update --nppes npidata_pfile_20260108-20260114.csv --deactivations report.csv
        indexer sample --providers 20000 --seed 7 --out sample
        indexer sample --nppes npidata_pfile.csv --out sample
        indexer status
        indexer rollback

      A run builds aside, checks, and switches at the end: until then, and if it fails, the \
      generation before it serves.
      """,
    subcommands: [
      Run.self, Update.self, Sample.self, Status.self, Verify.self, Rollback.self, Prune.self,
    ])
}

/// The options that every command takes.
struct HomeOptions: ParsableArguments {
  @Option(
    help: "Where nearcare keeps its data (default: NEARCARE_HOME, or the XDG data folder).")
  var home: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  var directory: HomeDirectory {
    HomeDirectory(option: home, environment: ProcessInfo.processInfo.environment)
  }

  /// Throws `Failure` when NEARCARE_NOW is set to something else than a time.
  func clock() throws -> Clock {
    do {
      return try Clock.system(environment: ProcessInfo.processInfo.environment)
    } catch {
      throw Failure(.configuration, "\(error)")
    }
  }
}
