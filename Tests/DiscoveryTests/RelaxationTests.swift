import CivilTime
import Discovery
import Geospatial
import ProviderDirectory
import Scheduling
import SearchIndex
import StoreTestSupport
import TestSupport
import Testing

/// What is said to work when nothing fits, against counting with loops.
@Suite struct RelaxationTests {
  /// A search as a patient has it in mind.
  struct Ask {
    var miles: Double?
    var specialties: [TaxonomyCode]
    var plan: String?
    var gender: Gender?
    var language: String?
    var name: String?
    var visitType: VisitType?
    var wantsNewPatients = false
    var narrowed: FacetValue?
    var dates: ClosedRange<CivilDate>?
    var times: Range<TimeOfDay>?
    var onlyBookable = false

    func request() throws -> SearchRequest {
      SearchRequest(
        candidates: CandidateQuery(
          specialties: specialties, insurance: plan.map { [.plan($0)] } ?? [],
          area: try miles.map {
            try .circle(center: DiscoveryWorld.center, radiusMeters: $0 * metersPerMile)
          },
          origin: DiscoveryWorld.center,
          newPatients: wantsNewPatients ? [.accepting, .someLocations] : [], visitType: visitType,
          languages: language.map { [$0] } ?? [], gender: gender, name: name,
          narrowed: narrowed.map { [$0] } ?? []),
        dates: dates, times: times, visitType: visitType, onlyBookable: onlyBookable)
    }

    func count(in world: DiscoveryWorld) throws -> Int {
      try world.roles.count { role in
        let distance = Geodesic.distanceMeters(DiscoveryWorld.center, role.site.coordinate)
        guard case .person(_, _, let last, _, _) = role.name,
          distance <= (miles ?? .infinity) * metersPerMile,
          specialties.isEmpty || role.taxonomies.contains(where: specialties.contains),
          plan == nil || role.plans.contains(where: { $0.planID == plan }),
          gender == nil || role.gender == gender,
          language == nil || role.languages.contains(language!),
          name == nil || last.lowercased() == name,
          !wantsNewPatients || role.newPatients == .accepting
            || role.newPatients == .someLocations,
          narrowed == nil || role.languages.contains(narrowed!.code),
          visitType == nil || role.visitTypes.contains(visitType!)
        else { return false }
        guard onlyBookable else { return true }
        let wanted = SlotRequest(dates: dates, times: times, visitType: visitType, limit: 1)
        return !slots(
          in: world.schedules[role.id]!, matching: wanted, busy: try world.busy(role.id),
          now: TestClinic.start
        ).isEmpty
      }
    }

    func changed(_ change: (inout Ask) -> Void) -> Ask {
      var ask = self
      change(&ask)
      return ask
    }

    /// Every condition there is, and the change that lets it go.
    var changes: [(condition: Relaxation.Condition, change: (inout Ask) -> Void)] {
      var changes: [(condition: Relaxation.Condition, change: (inout Ask) -> Void)] = []
      for wider in Relaxation.radii where wider > miles ?? .infinity {
        changes.append((.radius(miles: wider), { $0.miles = wider }))
      }
      if plan != nil { changes.append((.insurance, { $0.plan = nil })) }
      if gender != nil { changes.append((.gender, { $0.gender = nil })) }
      if language != nil { changes.append((.languages, { $0.language = nil })) }
      if wantsNewPatients { changes.append((.newPatients, { $0.wantsNewPatients = false })) }
      if narrowed != nil { changes.append((.narrowing, { $0.narrowed = nil })) }
      if visitType != nil { changes.append((.visitType, { $0.visitType = nil })) }
      if specialties.count == 1 {
        changes.append(
          (
            .broaderSpecialty(RelaxationTests.broader), { $0.specialties = RelaxationTests.broader }
          ))
      }
      if name != nil {
        changes.append((.specialty, { $0.specialties = [] }))
        changes.append((.name, { $0.name = nil }))
      }
      if dates != nil || times != nil {
        changes.append((.dates, { ($0.dates, $0.times, $0.onlyBookable) = (nil, nil, true) }))
      }
      if onlyBookable {
        changes.append((.openSlot, { ($0.dates, $0.times, $0.onlyBookable) = (nil, nil, false) }))
      }
      return changes
    }

    /// Every condition that, let go alone, finds someone, and how many; of the radii the smallest.
    func waysOut(in world: DiscoveryWorld) throws -> [[Relaxation.Condition]: Int] {
      var ways: [[Relaxation.Condition]: Int] = [:]
      var isWidened = false
      for (condition, change) in changes {
        let isRadius = if case .radius = condition { true } else { false }
        if isRadius, isWidened { continue }
        let count = try changed(change).count(in: world)
        guard count > 0 else { continue }
        ways[[condition]] = count
        isWidened = isWidened || isRadius
      }
      return ways
    }

    /// How many there are with two conditions let go, in this order.
    func count(without pair: [Relaxation.Condition], in world: DiscoveryWorld) throws -> Int {
      var ask = self
      for condition in pair {
        try #require(changes.first { $0.condition == condition }).change(&ask)
      }
      return try ask.count(in: world)
    }
  }

  static let broader = [DiscoveryWorld.specialty, DiscoveryWorld.narrow]

  static func randomAsk(using generator: inout SeededGenerator) -> Ask {
    func sometimes<Value>(_ values: Value...) -> Value? {
      Int.random(in: 0..<3, using: &generator) == 0 ? values.randomElement(using: &generator) : nil
    }
    let day = CivilDate(iso: "2026-11-24")!.adding(days: .random(in: 0...6, using: &generator))
    var ask = Ask(
      miles: [nil, 2, 6, 15, 20].randomElement(using: &generator)!,
      specialties: Bool.random(using: &generator) ? broader : [DiscoveryWorld.specialty])
    ask.plan = sometimes(DiscoveryWorld.plan, "NOBODY")
    ask.gender = sometimes(.female, .male)
    ask.language = sometimes("es", "fr")
    ask.name = sometimes("up", "out", "nobody")
    ask.wantsNewPatients = Int.random(in: 0..<3, using: &generator) == 0
    ask.narrowed = sometimes(FacetValue(.language, "es"), FacetValue(.language, "fr"))
    ask.visitType = sometimes(.inPerson, .telehealth)
    ask.dates = sometimes(day...day, day...day.adding(days: 2))
    ask.times = sometimes(TimeOfDay(minutes: 720)!..<TimeOfDay(minutes: 900)!)
    ask.onlyBookable =
      ask.dates != nil || ask.times != nil || Int.random(in: 0..<4, using: &generator) == 0
    return ask
  }

  @Test(arguments: [21, 22] as [UInt64]) func countsAreThoseOfLoops(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let world = try DiscoveryWorld(seed: seed, count: 150)
    try world.book(60, using: &generator)
    let pipeline = SearchPipeline(
      searcher: world.searcher, store: world.store, now: TestClinic.start)
    var told = Set<String>()
    var pairs = 0
    for round in 0..<150 {
      let ask = Self.randomAsk(using: &generator)
      let found = try pipeline.relaxations(
        of: try ask.request(), broader: Self.broader, budget: Budget(limit: .seconds(60)))
      let counts = Dictionary(uniqueKeysWithValues: found.map { ($0.conditions, $0.count) })
      let expected = try ask.waysOut(in: world)
      let comment: Comment = "seed \(seed) round \(round): \(ask)"
      #expect(found.count { $0.isExact } == found.count)
      guard expected.isEmpty else {
        #expect(counts == expected, comment)
        for condition in counts.keys { told.insert("\(condition[0])".prefix { $0 != "(" } + "") }
        continue
      }
      try Self.expectPairs(counts, of: ask, in: world, comment)
      pairs += counts.count
    }
    #expect(pairs > 20, "hardly ever are two conditions too many")
    #expect(told.count == 12, "every condition is seen to help: \(told.sorted())")
  }

  /// What is told of pairs is right, and where nothing is, there is no pair to tell.
  static func expectPairs(
    _ told: [[Relaxation.Condition]: Int], of ask: Ask, in world: DiscoveryWorld,
    _ comment: Comment
  ) throws {
    #expect(told.count <= Relaxation.mostPairs, comment)
    for (pair, count) in told {
      #expect(pair.count == 2, comment)
      #expect(try ask.count(without: pair, in: world) == count, comment)
    }
    guard told.isEmpty else { return }
    let conditions = ask.changes.map(\.condition)
    for (place, first) in conditions.enumerated() {
      for second in conditions[(place + 1)...] where (first, second) != (.specialty, .name) {
        #expect(try ask.count(without: [first, second], in: world) == 0, comment)
      }
    }
  }

  /// A spent budget tells nothing rather than something that was not counted.
  @Test func aSpentBudgetTellsNothing() throws {
    let world = try DiscoveryWorld(seed: 3, count: 30)
    let pipeline = SearchPipeline(
      searcher: world.searcher, store: world.store, now: TestClinic.start)
    let ask = Ask(miles: 1, specialties: [DiscoveryWorld.specialty], plan: "NOBODY")
    let found = try pipeline.relaxations(
      of: try ask.request(), broader: [], budget: Budget(limit: .zero))
    #expect(found.isEmpty)
  }
}
