import Console
import ArgumentParser
import CivilTime
import SearchIndex
import Store

/// One generation as `status` and its sisters print it.
struct GenerationReply: Encodable {
  var generation: String
  var created: String
  var documents: Int
  var contentDigest: String
  var bytes: Int64
  var current: Bool
  var feeds: [String: String]
  /// Since it was published; nil where nobody asks.
  var ageS: Int64?

  init(_ generation: Generation, current: Bool, now: Instant? = nil) {
    self.generation = generation.name
    created = generation.manifest.created.rfc3339(offsetSeconds: 0)
    ageS = now.map { $0.secondsSinceEpoch - generation.manifest.created.secondsSinceEpoch }
    documents = generation.manifest.documents
    contentDigest = generation.manifest.contentDigest
    bytes = generation.manifest.files.reduce(0) { $0 + $1.size }
    self.current = current
    feeds = generation.manifest.feeds
  }

  var text: String {
    let feeds = feeds.sorted { $0.key < $1.key }.map {
      "    \($0.key): \(Terminal.safe($0.value))"
    }
    let age = ageS.map { " (\(Self.age($0)))" } ?? ""
    return
      ([
        "\(current ? "* " : "  ")\(generation)  \(created)\(age)  \(documents) documents, "
          + megabytes
      ] + feeds).joined(separator: "\n")
  }

  static func age(_ seconds: Int64) -> String {
    switch seconds {
    case ..<0: "in the future"
    case ..<7200: "\(seconds / 60) min old"
    case ..<172_800: "\(seconds / 3600) h old"
    default: "\(seconds / 86_400) days old"
    }
  }

  private var megabytes: String { "\((bytes + 500_000) / 1_000_000) MB" }
}

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the index generations, the served one with a star, and the files read.")
  @OptionGroup var options: HomeOptions

  /// One file that the directory is made of.
  private struct FeedReply: Encodable {
    let kind, file, read: String
    let finished: Bool
    let rows, accepted, rejected: Int
    let quarantined: String?

    init(_ feed: FeedRecord) {
      kind = feed.kind.rawValue
      file = feed.name
      read = feed.read.rfc3339(offsetSeconds: 0)
      finished = feed.finished != nil
      (rows, accepted, rejected) = (feed.rows, feed.accepted, feed.rejected)
      quarantined = feed.quarantined
    }

    var cells: [String] {
      [
        kind, Terminal.safe(file), "read \(read)", "\(rows) rows", "\(rejected) rejected",
        finished ? (quarantined == nil ? "" : "set aside") : "of a run that did not end",
      ]
    }
  }

  private struct Reply: Encodable {
    var current: String?
    var generations: [GenerationReply]
    var damaged: [String: String]
    var feeds: [FeedReply]
  }

  /// What the directory is made of; empty before the first run.
  private func feeds() throws -> [FeedReply] {
    do {
      let store = try Store.open(
        options.directory, createIfMissing: false, clock: try options.clock())
      return try store.read { transaction in
        guard let version = try transaction.directoryVersion() else { return [] }
        return try transaction.feeds(of: version).map(FeedReply.init)
      }
    } catch StoreError.noDatabase {
      return []
    }
  }

  func run() throws {
    finishing {
      let generations = IndexGenerations(root: options.directory.indexPath)
      let current = try generations.currentGenerationName()
      let now = try options.clock().now()
      var reply = Reply(current: current, generations: [], damaged: [:], feeds: try feeds())
      for name in try generations.names() {
        do throws(IndexError) {
          reply.generations.append(
            GenerationReply(
              try generations.generation(named: name), current: name == current, now: now))
        } catch {
          reply.damaged[name] = error.description
        }
      }
      if options.json { return try writeJSON(reply) }
      for generation in reply.generations { writeLine(generation.text) }
      for (name, reason) in reply.damaged.sorted(by: { $0.key < $1.key }) {
        writeLine("! \(name)  \(reason)")
      }
      if !reply.feeds.isEmpty { writeLine("the directory is made of") }
      for line in Columns.lines(reply.feeds.map(\.cells), textColumns: [0, 1, 2, 5]) {
        writeLine(line)
      }
    }
  }
}

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads every byte of the served generation and compares it with its manifest.",
    discussion: """
      Exits 65 when a byte differs. Run it every few weeks: a disk may lose what nobody reads.
      """)
  @OptionGroup var options: HomeOptions

  @Flag(help: "Read the older generations too, to which a rollback would return.")
  var all = false

  private struct Reply: Encodable {
    var verified: GenerationReply
    var alsoVerified: [String]
  }

  func run() throws {
    finishing {
      let generations = IndexGenerations(root: options.directory.indexPath)
      let current = try generations.currentGenerationName()
      let generation = try generations.generation(named: current)
      try generation.verify()
      let others = all ? try generations.names().filter { $0 != current } : []
      for name in others { try generations.generation(named: name).verify() }
      let reply = Reply(
        verified: GenerationReply(generation, current: true), alsoVerified: others)
      if options.json { return try writeJSON(reply) }
      let names = ([current] + others).joined(separator: ", ")
      writeLine(
        "\(names) \(others.isEmpty ? "is" : "are") as published; \(current) has"
          + " \(reply.verified.documents) documents")
    }
  }
}

struct Rollback: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves the generation before the current one again.")
  @OptionGroup var options: HomeOptions

  private struct Reply: Encodable {
    var from: String
    var current: GenerationReply
  }

  func run() throws {
    finishing {
      let generations = IndexGenerations(root: options.directory.indexPath)
      let before = try generations.currentGenerationName()
      let generation = try generations.rollback()
      if options.json {
        return try writeJSON(
          Reply(from: before, current: GenerationReply(generation, current: true)))
      }
      writeLine("\(before) → \(generation.name), \(generation.manifest.documents) documents")
    }
  }
}

struct Prune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Removes old generations; the served one always stays.")
  @OptionGroup var options: HomeOptions

  @Option(help: "How many of the newest to keep, at least 1.")
  var keep = IndexGenerations.defaultKept

  private struct Reply: Encodable {
    var removed: [String]
    var kept: [String]
  }

  func validate() throws {
    guard keep >= 1 else { throw ValidationError("--keep is \(keep), but at least 1 must stay") }
  }

  func run() throws {
    finishing {
      let generations = IndexGenerations(root: options.directory.indexPath)
      let removed = try generations.prune(keep: keep)
      let reply = Reply(removed: removed, kept: try generations.names())
      if options.json { return try writeJSON(reply) }
      writeLine("removed: \(reply.removed.isEmpty ? "none" : reply.removed.joined(separator: " "))")
      writeLine("kept: \(reply.kept.joined(separator: " "))")
    }
  }
}
