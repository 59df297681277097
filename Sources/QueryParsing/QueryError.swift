/// Why words were refused. Each message names the value and the next step.
public enum QueryError: Error, Hashable, Sendable {
  case tooLong(bytes: Int, limit: Int)
  case unknownPlace(String, suggestions: [String])
  /// The place "me" without a home.
  case homeUnknown
  case unknownWhen(String)
  case unknownSpecialty(String, suggestions: [String])
  case unknownInsurance(String, suggestions: [String])
  case unknownVisitType(String)
  case unknownLanguage(String, suggestions: [String])
  case unknownGender(String)
  case unknownState(String)
  case unknownSort(String)
}

extension QueryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let bytes, let limit):
      "The query has \(bytes) bytes; at most \(limit) are read. Use fewer words."
    case .unknownPlace(let text, let suggestions):
      "No place \(Self.quoted(text)) is known\(Self.list(suggestions)). Give a ZIP code, "
        + "a city and state such as \"Boston, MA\", or a latitude and longitude such as 40.7,-74.0."
    case .homeUnknown:
      "Where you are is not known. Set NEARCARE_NEAR or run `nearcare config set near PLACE`, "
        + "with a ZIP code, a city and state, or a latitude and longitude."
    case .unknownWhen(let text):
      "The time \(Self.quoted(text)) is not understood. Say for example \"tomorrow morning\", "
        + "\"next Tuesday\", \"within 10 days\", \"Dec 3\" or \"2026-12-03 after 5pm\"."
    case .unknownSpecialty(let text, let suggestions):
      "No specialty \(Self.quoted(text)) is known\(Self.list(suggestions)). Use patients' words "
        + "such as \"heart doctor\", or a NUCC code such as 207RC0000X."
    case .unknownInsurance(let text, let suggestions):
      "No insurer \(Self.quoted(text)) is known\(Self.list(suggestions)). Use a brand such as "
        + "\"Aetna\", or a plan id such as 38344AK0570001."
    case .unknownVisitType(let text):
      "No visit type \(Self.quoted(text)) is known. Use \"in-person\" or \"telehealth\"."
    case .unknownLanguage(let text, let suggestions):
      "No language \(Self.quoted(text)) is known\(Self.list(suggestions)). Use its English name or "
        + "its ISO 639-1 code, such as \"Spanish\" or \"es\"."
    case .unknownState(let text):
      "No state, district or territory \(Self.quoted(text)) is known. Write it as NY or New York."
    case .unknownGender(let text):
      "No gender \(Self.quoted(text)) is recorded. Use \"female\" or \"male\"."
    case .unknownSort(let text):
      "There is no order \(Self.quoted(text)). Use \"soonest\", \"distance\" or \"best\"."
    }
  }

  /// Long values are cut: the message is read on a terminal.
  private static func quoted(_ text: String) -> String {
    let shown = text.count > 60 ? text.prefix(60) + "…" : text[...]
    return "\"\(shown)\""
  }

  private static func list(_ suggestions: [String]) -> String {
    suggestions.isEmpty ? "" : " (did you mean \(suggestions.joined(separator: ", "))?)"
  }
}
