import Discovery
import ProviderDirectory
import QueryParsing

/// The command line of a search, to be written again with some options changed.
struct SearchCommand {
  private let words: String
  private var options: [(name: String, value: String?)]

  /// - Parameter options: the nil ones of those that take a value were not given.
  init(words: String, options: [(name: String, value: String?)], flags: [String]) {
    self.words = words
    self.options = options.filter { $0.value != nil } + flags.map { ($0, nil) }
  }

  private mutating func set(_ name: String, _ value: String? = nil) {
    remove(name)
    options.append((name, value))
  }

  private mutating func remove(_ names: String...) {
    options.removeAll { names.contains($0.name) }
  }

  /// What asks for the relaxed search, by the rule that options replace what the words say.
  ///
  /// - Parameter broader: what to call the broader specialty.
  func relaxed(by conditions: [Relaxation.Condition], sort: SortOrder?, broader: String?) -> Self {
    conditions.reduce(self) { $0.relaxed(by: $1, sort: sort, broader: broader) }
  }

  private func relaxed(
    by condition: Relaxation.Condition, sort: SortOrder?, broader: String?
  ) -> Self {
    var command = self
    switch condition {
    case .radius(let miles): command.set("--radius", Words.miles(miles))
    case .narrowing: command.remove("--only")
    case .insurance: command.set("--insurance", SearchFilters.any)
    case .broaderSpecialty: command.set("--specialty", broader ?? SearchFilters.any)
    case .specialty: command.set("--specialty", SearchFilters.any)
    case .name: command.set("--name", SearchFilters.any)
    case .gender: command.set("--gender", SearchFilters.any)
    case .languages: command.set("--language", SearchFilters.any)
    case .newPatients: command.set("--new-patients", SearchFilters.any)
    case .visitType: command.set("--visit", SearchFilters.any)
    case .dates:
      command.remove("--from", "--to")
      command.set("--when", SearchFilters.any)
      command.set("--available")
    case .openSlot:
      command.remove("--from", "--to", "--available")
      command.set("--when", SearchFilters.any)
      // The soonest first are those with a slot alone.
      if sort == .soonest { command.set("--sort", SortOrder.best.rawValue) }
    }
    return command
  }

  /// For a POSIX shell.
  var text: String {
    // After `--` nothing is an option, so words that begin with a dash stay words.
    let isBare = !words.hasPrefix("-")
    var parts = ["nearcare", "search"]
    if isBare, !words.isEmpty { parts.append(Self.quoted(words)) }
    for option in options {
      parts.append(option.name)
      if let value = option.value { parts.append(Self.quoted(value)) }
    }
    if !isBare { parts += ["--", Self.quoted(words)] }
    return parts.joined(separator: " ")
  }

  static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_.,:/@%+=-".utf8.contains(byte)
      }
    }
    if isPlain, !word.isEmpty { return word }
    if !word.contains(where: { "\"$`\\!".contains($0) }) { return "\"\(word)\"" }
    return "'\(word.replacing("'", with: #"'\''"#))'"
  }
}
