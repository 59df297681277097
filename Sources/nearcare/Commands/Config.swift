import Console
import ArgumentParser
import ProviderDirectory
import QueryParsing

struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show or change the settings of this home.",
    discussion: """
      Examples:
        nearcare config set near 10001
        nearcare config set near "Boston, MA"
        nearcare config get near
        nearcare config set session-idle-minutes 10     a session ends so long after its last use
        nearcare config set session-hours 8             and so long after it began
      """,
    subcommands: [Get.self, Set.self])

  struct Get: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a setting.")
    @Argument(
      help: "Which: near, session-idle-minutes, session-hours, retention-years, audit-years.")
    var setting: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let setting = try known(setting)
      let value = try Configuration(home: program.home).value(of: setting)
      if options.json {
        try writeJSON([setting.rawValue: Nullable(value)])
      } else if let value {
        writeLine(Terminal.safe(value))
      } else {
        let example = setting.range.map { String($0.upperBound) } ?? "10001"
        writeNote(
          "\(setting.rawValue) is not set; nearcare config set \(setting.rawValue) \(example)")
      }
      if value == nil { throw ExitCode(ExitStatus.nothingFound.rawValue) }
    }
  }

  struct Set: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Change a setting.")
    @Argument(
      help: "Which: near, session-idle-minutes, session-hours, retention-years, audit-years.")
    var setting: String
    @Argument(help: "Its value: a ZIP code, a place, or lat,lon; or a number.") var value: [String]
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let setting = try known(setting)
      let text = value.joined(separator: " ")
      if let range = setting.range { return try set(setting, text, in: range, program) }
      let place = try program.parser().place(text)
      try Configuration(home: program.home).set(setting, to: text)
      if options.json {
        try writeJSON([setting.rawValue: text])
      } else {
        writeNote("\"near me\" now means \(Terminal.safe(place.label))")
      }
    }

    private func set(
      _ setting: Configuration.Setting, _ text: String, in range: ClosedRange<Int>,
      _ program: Program
    ) throws {
      guard let number = Int(text), range.contains(number) else {
        throw Failure(
          .usage,
          """
          \(setting.rawValue) "\(Terminal.safe(text))" is not a number from \(range.lowerBound) \
          to \(range.upperBound)
          """)
      }
      try Configuration(home: program.home).set(setting, to: text)
      if options.json { return try writeJSON([setting.rawValue: text]) }
      writeNote("\(setting.rawValue) is now \(number)")
    }
  }
}

private func known(_ name: String) throws -> Configuration.Setting {
  guard let setting = Configuration.Setting(rawValue: name) else {
    let all = Configuration.Setting.allCases.map(\.rawValue).joined(separator: ", ")
    throw Failure(.usage, "there is no setting \"\(Terminal.safe(name))\"; there is \(all)")
  }
  return setting
}
