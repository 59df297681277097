import Console
import ArgumentParser
import Glibc
import ProviderDirectory

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes made-up provider files in the formats that `run` reads.",
    discussion: """
      Examples:
        indexer sample --providers 20000 --seed 7 --out sample
        indexer sample --nppes npidata_pfile.csv --out sample

      With --providers: fictional practitioners at real ZIP codes, with plans and weekly hours. \
      Their NPIs begin with 2, which CMS has not given out. With --nppes: made-up plans and hours \
      for the practitioners of real files. The same input and seed give the same bytes.
      """)

  @Option(help: "How many fictional practitioners to write, up to 50 million.")
  var providers: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Real NPPES main files to make plans and hours up for.", valueName: "file"))
  var nppes: [String] = []

  @Option(help: "What the random numbers start from.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The folder to write to; made when missing.", valueName: "dir"))
  var out: String

  @Flag(help: "Print one JSON object.")
  var json = false

  private struct Reply: Encodable {
    var out: String
    var providers: Int
    var files: [String]
  }

  func validate() throws {
    guard (providers == nil) != nppes.isEmpty else {
      throw ValidationError("give either --providers N or --nppes FILE")
    }
    if let providers, !(1...50_000_000).contains(providers) {
      throw ValidationError("--providers is \(providers), but must be from 1 to 50000000")
    }
  }

  func run() throws {
    finishing {
      try makeFolder(out)
      let made: SampleRun
      if let providers {
        made = try SampleRun.fictional(providers, seed: seed, folder: out)
      } else {
        made = try SampleRun.forRealFiles(nppes, seed: seed, folder: out)
      }
      if json {
        return try writeJSON(Reply(out: out, providers: made.practitioners, files: made.files))
      }
      writeLine(
        "\(made.practitioners) practitioners: \(made.files.joined(separator: " ")) in \(out)")
    }
  }

  private func makeFolder(_ path: String) throws {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      prefix += component
      guard mkdir(prefix, 0o755) == 0 || errno == EEXIST else { throw OutputFile.failure(prefix) }
      prefix += "/"
    }
  }
}
