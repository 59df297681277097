import Geospatial
public import ProviderDirectory

/// Questions whose answers are counted twice: by looking at every role that goes into an index, and
/// by asking the index that came of them.
///
/// An answer is kept as the number of roles and the sum of their ids, so that a question that fits
/// a million roles costs no memory.
public struct Canaries: Sendable {
  fileprivate struct Answer: Equatable {
    var count = 0
    var sum: UInt64 = 0

    mutating func add(_ role: Int64) {
      count += 1
      sum &+= UInt64(bitPattern: role)
    }
  }

  fileprivate struct Circle {
    let center: Coordinate
    let radiusMeters: Double
  }

  fileprivate struct Canary {
    let query: CandidateQuery
    let circle: Circle?
    /// A word that the name must have; nil where any name does.
    let word: [UInt8]?
    var answer = Answer()
  }

  private var canaries: [Canary] = []
  /// Which canaries a role can be an answer to.
  private var ofSpecialty: [TaxonomyCode: [Int]] = [:]
  private var ofWord: [[UInt8]: [Int]] = [:]
  /// Of the role at hand; kept, so that a million roles allocate little.
  private var asked: [Int] = []

  /// How many questions a night's index is asked.
  public static let usualCount = 200

  public init() {}

  public var count: Int { canaries.count }

  /// A question about each role, of several kinds in turn, to which the role is an answer. A role
  /// without anything to ask for gives none.
  ///
  /// - Parameter samples: roles with the insurers that they are found under.
  public init(about samples: [(role: PractitionerRole, insurerIDs: [String])]) throws(IndexError) {
    for (number, sample) in samples.enumerated() {
      try add(about: sample.role, sample.insurerIDs, number)
    }
  }

  private mutating func add(
    about role: PractitionerRole, _ insurerIDs: [String], _ number: Int
  ) throws(IndexError) {
    var query = CandidateQuery(specialties: Array(role.taxonomies.prefix(1 + number % 2)))
    var word: [UInt8]?
    switch number % 6 {
    case 0: query.newPatients = [role.newPatients]
    case 1: query.insurance = insurerIDs.prefix(2).map { .insurer($0) }
    case 2: query.insurance = role.plans.prefix(1).map { .plan($0.planID) }
    case 3:
      query.languages = role.languages
      query.gender = role.gender
    case 4:
      query.visitType = VisitType.allCases.first { role.visitTypes.contains($0) }
      query.onlyWithSchedule = role.hasSchedule
      query.licence = role.licenceStates.last.map { .of(state: $0) } ?? .noneListed
    default:
      query.specialties = []
      word = Self.plainWord(of: role.name)
      query.name = word.map { String(decoding: $0, as: UTF8.self) }
    }
    guard !query.specialties.isEmpty || word != nil else { return }
    var circle: Circle?
    if number % 4 < 2 {
      query.states = [role.site.state]
    } else {
      let near = Circle(
        center: role.site.coordinate,
        radiusMeters: [1_500, 8_000, 40_000, 160_000][number / 4 % 4])
      circle = near
      do {
        query.area = try .circle(center: near.center, radiusMeters: near.radiusMeters)
      } catch {
        throw .invalidQuery(detail: "\(error)")
      }
    }
    for code in query.specialties { ofSpecialty[code, default: []].append(canaries.count) }
    if let word { ofWord[word, default: []].append(canaries.count) }
    canaries.append(Canary(query: query, circle: circle, word: word))
  }

  /// The first word of the surname, or of the organization's name, that is written in one piece.
  private static func plainWord(of name: ProviderName) -> [UInt8]? {
    let text =
      switch name {
      case .person(_, _, let last, _, _): last
      case .organization(let name): name
      }
    return NameWords.words(of: text).first { $0.parts.count == 1 && $0.joined.count > 1 }?.joined
  }

  /// Counts a role that goes into the index.
  mutating func see(_ role: PractitionerRole, insurerIDs: [String], nameWords: [[UInt8]]) {
    guard !canaries.isEmpty else { return }
    asked.removeAll(keepingCapacity: true)
    for code in role.taxonomies { if let found = ofSpecialty[code] { asked += found } }
    if !ofWord.isEmpty { for word in nameWords { if let found = ofWord[word] { asked += found } } }
    // Two of a role's codes may be in one question.
    asked.sort()
    var previous: Int?
    for number in asked where number != previous {
      previous = number
      if canaries[number].isAnswered(by: role, insurerIDs: insurerIDs) {
        canaries[number].answer.add(role.id.rawValue)
      }
    }
  }

  /// Counts what another shard's roles answered.
  mutating func add(_ other: Canaries) {
    for number in canaries.indices {
      canaries[number].answer.count += other.canaries[number].answer.count
      canaries[number].answer.sum &+= other.canaries[number].answer.sum
    }
  }

  /// Counts the roles that an index has and that its continuation keeps: those of all
  /// practitioners but `changed`.
  mutating func see(
    _ searcher: IndexSearcher, withoutPractitioners changed: Set<Int64>
  ) throws(IndexError) {
    for number in canaries.indices {
      for document in try searcher.documents(canaries[number].query) {
        let index = Int(document) - 1
        if changed.contains(searcher.places.practitioner(index)) { continue }
        canaries[number].answer.add(searcher.places.roles[index])
      }
    }
  }

  /// The first question that the index answers otherwise than the roles; nil when there is none.
  func difference(from searcher: IndexSearcher) throws(IndexError) -> String? {
    for (number, canary) in canaries.enumerated() {
      var answer = Answer()
      for document in try searcher.documents(canary.query) {
        answer.add(searcher.places.roles[Int(document) - 1])
      }
      if answer != canary.answer {
        return "test question \(number + 1) of \(canaries.count): \(answer.count) roles found, and"
          + " \(canary.answer.count) went in"
          + (answer.count == canary.answer.count ? ", which are others" : "")
      }
    }
    return nil
  }
}

extension Canaries.Canary {
  /// Specialty and name decided which roles are asked; a circle costs the most and comes last.
  fileprivate func isAnswered(by role: PractitionerRole, insurerIDs: [String]) -> Bool {
    let insured =
      query.insurance.isEmpty
      || query.insurance.contains { filter in
        switch filter {
        case .insurer(let id): insurerIDs.contains(id)
        case .plan(let id): role.plans.contains { $0.planID == id }
        }
      }
    return insured
      && (query.states.isEmpty || query.states.contains(role.site.state))
      && (query.licence?.isMet(by: role) ?? true)
      && (query.newPatients.isEmpty || query.newPatients.contains(role.newPatients))
      && (query.visitType.map { role.visitTypes.contains($0) } ?? true)
      && (query.languages.isEmpty || query.languages.contains { role.languages.contains($0) })
      && (query.gender == nil || query.gender == role.gender)
      && (!query.onlyWithSchedule || role.hasSchedule)
      && (circle.map { $0.contains(role.site.coordinate) } ?? true)
  }
}

extension LicenceFilter {
  fileprivate func isMet(by role: PractitionerRole) -> Bool {
    switch self {
    case .of(let state): role.licenceStates.contains(state)
    case .noneListed: role.licenceStates.isEmpty
    }
  }
}

extension Canaries.Circle {
  fileprivate func contains(_ place: Coordinate) -> Bool {
    // A degree of latitude is 110,574 m at the equator and more elsewhere: most places are too far
    // north or south, which takes no geodesic to see.
    abs(center.latitude - place.latitude) * 110_000 <= radiusMeters
      && Geodesic.distanceMeters(center, place) <= radiusMeters
  }
}
