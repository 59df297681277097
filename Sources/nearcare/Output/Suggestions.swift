import Console
import Discovery
import QueryParsing

/// What would find someone where the search as asked found nobody.
struct Suggestions {
  struct Suggestion: Encodable {
    /// The condition let go, or two with a `+` between them: `radius`, `insurance`, `specialty`,
    /// `name`, `gender`, `language`, `visit_type`, `new_patients`, `dates`, `only` or `open_slot`.
    let relaxed: String
    let count: Int
    /// False where there may be more than `count`.
    let isExact: Bool
    let command: String
    /// For people: `12 within 15 mi`.
    let words: String
    let isPair: Bool

    enum CodingKeys: String, CodingKey {
      case relaxed, count, command
      case isExact = "exact"
    }
  }

  let list: [Suggestion]

  static let none = Suggestions(list: [])

  /// A line each, under a heading; empty when there is none.
  var lines: [String] {
    list.isEmpty
      ? []
      : [list[0].isPair ? "No single change finds someone; two do:" : "What would find someone:"]
        + list.map { "  \($0.words): \(Terminal.safe($0.command))" }
  }
}

extension Suggestions {
  init(
    _ relaxations: [Relaxation], of command: SearchCommand, sort: SortOrder?, broader: String?
  ) {
    list = relaxations.map { relaxation in
      let count = "\(relaxation.isExact ? "" : "at least ")\(relaxation.count)"
      let said = relaxation.conditions.map { Self.said($0, broader: broader) }
      return Suggestion(
        relaxed: said.map(\.key).joined(separator: "+"), count: relaxation.count,
        isExact: relaxation.isExact,
        command: command.relaxed(by: relaxation.conditions, sort: sort, broader: broader).text,
        words: "\(count) " + said.map(\.words).joined(separator: ", "), isPair: said.count > 1)
    }
  }

  private static func said(
    _ condition: Relaxation.Condition, broader: String?
  ) -> (key: String, words: String) {
    switch condition {
    case .radius(let miles): ("radius", "within \(Words.miles(miles)) mi")
    case .narrowing: ("only", "without --only")
    case .insurance: ("insurance", "with other plans, or none listed")
    case .broaderSpecialty: ("specialty", "for \(broader ?? "a broader specialty")")
    case .specialty: ("specialty", "of that name in any specialty")
    case .name: ("name", "of other names")
    case .gender: ("gender", "of any gender")
    case .languages: ("language", "who list other languages")
    case .visitType: ("visit_type", "for any kind of visit")
    case .newPatients:
      ("new_patients", "with those who take no new patients or do not say")
    case .dates: ("dates", "with an open slot at another time")
    case .openSlot: ("open_slot", "in all, with or without a slot to book")
    }
  }
}
