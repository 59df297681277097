import ProviderDirectory

/// What a generation has that the one before had not, and the other way round.
public struct GenerationChanges: Hashable, Sendable {
  public struct Tally: Hashable, Sendable, Encodable {
    /// Roles in the generation before, and in this one.
    public var before = 0
    public var after = 0
    public var added = 0
    /// In both, with another name, plan, hours or whatever else is indexed.
    public var changed = 0
    public var removed = 0

    /// Whether any role came, went or changed.
    public var isChanged: Bool { added + changed + removed > 0 }

    public init() {}
  }

  /// The generation before; nil when there is none that can be read.
  public let from: String?
  public let to: String
  public private(set) var roles = Tally()
  /// By USPS code.
  public private(set) var states: [String: Tally] = [:]
  /// By NUCC code; a role counts under each that it lists.
  public private(set) var specialties: [String: Tally] = [:]
  /// By plan id; a role that joins a plan is added to it, though not new.
  public private(set) var plans: [String: Tally] = [:]

  /// Compares two generations: what is the same in both is not read.
  public init(from old: Generation?, to new: Generation) throws(IndexError) {
    from = old?.name
    to = new.name
    let after = try IndexSearcher(new)
    guard let old else {
      roles.after = after.count
      roles.added = after.count
      for (path, counts) in try Self.groups(of: after) {
        for (text, count) in counts {
          self[keyPath: path][text, default: Tally()].after = count
          self[keyPath: path][text]?.added = count
        }
      }
      return
    }
    let before = try IndexSearcher(old)
    roles.before = before.count
    roles.after = after.count
    for (path, counts) in try Self.groups(of: before) {
      for (text, count) in counts { self[keyPath: path][text, default: Tally()].before = count }
    }
    for (path, counts) in try Self.groups(of: after) {
      for (text, count) in counts { self[keyPath: path][text, default: Tally()].after = count }
    }
    try compare(before, after)
  }

  private typealias Groups = WritableKeyPath<Self, [String: Tally]>

  /// What a role counts under, in each kind of groups.
  private static var kinds: [(path: Groups, texts: (PractitionerRole) -> [String])] {
    [
      (\.states, { [$0.site.state] }), (\.specialties, { $0.taxonomies.map(\.text) }),
      (\.plans, { $0.plans.map(\.planID) }),
    ]
  }

  /// How many documents each state, specialty and plan has, from the postings alone.
  private static func groups(
    of searcher: IndexSearcher
  ) throws(IndexError) -> [(Groups, [(String, Int)])] {
    var groups: [(Groups, [(String, Int)])] = []
    let prefixes: [(Groups, TermPrefix)] = [
      (\.states, .state), (\.specialties, .specialty), (\.plans, .plan),
    ]
    var superseded: [Groups: [String: Int]] = [:]
    for document in searcher.places.superseded {
      let role = try searcher.role(document)
      for kind in kinds {
        for text in kind.texts(role) { superseded[kind.path, default: [:]][text, default: 0] += 1 }
      }
    }
    for (path, prefix) in prefixes {
      let texts = try searcher.xapian.texts(of: prefix, startingWith: [], limit: .max) ?? []
      var terms = TermList()
      for text in texts { terms.append(prefix, text) }
      let counts = try searcher.xapian.frequencies(of: terms)
      groups.append(
        (
          path,
          zip(texts, counts).map { text, count in
            let text = String(decoding: text, as: UTF8.self)
            return (text, Int(count) - (superseded[path]?[text] ?? 0))
          }.filter { $0.1 > 0 }
        ))
    }
    return groups
  }

  /// Walks both in the order of documents, which is by place and then role id.
  private mutating func compare(
    _ before: IndexSearcher, _ after: IndexSearcher
  ) throws(IndexError) {
    let oldDigests = try DigestColumn(path: before.generation.digestsPath)
    let newDigests = try DigestColumn(path: after.generation.digestsPath)
    var oldOrder = before.places.liveOrder
    var newOrder = after.places.liveOrder
    while true {
      let (old, new) = (oldOrder.first, newOrder.first)
      switch (old, new) {
      case (nil, nil): return
      case (let old?, let new)
      where new.map({ before.places.precedes(old, after.places, $0) }) ?? true:
        count(try before.role(UInt32(old + 1)), nil)
        oldOrder.take(old)
      case (let old, let new?)
      where old.map({ after.places.precedes(new, before.places, $0) }) ?? true:
        count(nil, try after.role(UInt32(new + 1)))
        newOrder.take(new)
      default:
        let (old, new) = (old!, new!)
        if oldDigests.digests[old] != newDigests.digests[new] {
          count(try before.role(UInt32(old + 1)), try after.role(UInt32(new + 1)))
        }
        oldOrder.take(old)
        newOrder.take(new)
      }
    }
  }

  private mutating func count(_ old: PractitionerRole?, _ new: PractitionerRole?) {
    Self.count(&roles, was: old != nil, is: new != nil)
    for kind in Self.kinds {
      let was = Set(old.map(kind.texts) ?? [])
      let has = Set(new.map(kind.texts) ?? [])
      for text in was.union(has) {
        Self.count(
          &self[keyPath: kind.path][text, default: Tally()], was: was.contains(text),
          is: has.contains(text))
      }
    }
  }

  private static func count(_ tally: inout Tally, was: Bool, is new: Bool) {
    switch (was, new) {
    case (true, false): tally.removed += 1
    case (false, true): tally.added += 1
    default: tally.changed += 1
    }
  }
}

extension GenerationChanges {
  /// A state or specialty that lost more than it may, or the whole directory.
  public struct Loss: Hashable, Sendable {
    public let what: String
    public let before: Int
    public let lost: Int
  }

  /// Smaller states and specialties are not judged by themselves: of twenty roles, one is 5 %.
  public static let smallestJudged = 1000

  /// What lost more than `share` of its roles: the directory by the roles that are gone, since they
  /// may be booked, states and specialties by how many fewer they have. The directory comes first,
  /// then who lost most.
  public func losses(beyond share: Double) -> [Loss] {
    var losses: [Loss] = []
    func judge(_ what: String, _ lost: Int, of before: Int) {
      if lost > 0, Double(lost) > share * Double(before) {
        losses.append(Loss(what: what, before: before, lost: lost))
      }
    }
    for (kind, groups) in [("state", states), ("specialty", specialties)] {
      for (text, tally) in groups where tally.before >= Self.smallestJudged {
        judge("\(kind) \(text)", tally.before - tally.after, of: tally.before)
      }
    }
    losses.sort { ($0.lost, $1.what) > ($1.lost, $0.what) }
    let ofGroups = losses
    losses = []
    judge("the directory", roles.removed, of: roles.before)
    return losses + ofGroups
  }
}
