import Console
import ArgumentParser
import CivilTime
import SearchIndex

/// One generation as `status` and its sisters print it.
struct GenerationReply: Encodable {
  var generation: String
  var created: String
  var documents: Int
  var contentDigest: String
  var bytes: Int64
  var current: Bool
  var feeds: [String: String]

  init(_ generation: Generation, current: Bool) {
    self.generation = generation.name
    created = generation.manifest.created.rfc3339(offsetSeconds: 0)
    documents = generation.manifest.documents
    contentDigest = generation.manifest.contentDigest
    bytes = generation.manifest.files.reduce(0) { $0 + $1.size }
    self.current = current
    feeds = generation.manifest.feeds
  }

  var text: String {
    let feeds = feeds.sorted { $0.key < $1.key }.map { "    \($0.key): \($0.value)" }
    return
      ([
        "\(current ? "* " : "  ")\(generation)  \(created)  \(documents) documents, \(megabytes)"
      ] + feeds).joined(separator: "\n")
  }

  private var megabytes: String { "\((bytes + 500_000) / 1_000_000) MB" }
}

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists the index generations; the one with a star is served.")
  @OptionGroup var options: HomeOptions

  private struct Reply: Encodable {
    var current: String?
    var generations: [GenerationReply]
    var damaged: [String: String]
  }

  func run() throws {
    finishing {
      let generations = IndexGenerations(root: options.directory.indexPath)
      let current = try generations.currentGenerationName()
      var reply = Reply(current: current, generations: [], damaged: [:])
      for name in try generations.names() {
        do throws(IndexError) {
          reply.generations.append(
            GenerationReply(try generations.generation(named: name), current: name == current))
        } catch {
          reply.damaged[name] = error.description
        }
      }
      if options.json { return try writeJSON(reply) }
      for generation in reply.generations { writeLine(generation.text) }
      for (name, reason) in reply.damaged.sorted(by: { $0.key < $1.key }) {
        writeLine("! \(name)  \(reason)")
      }
    }
  }
}

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads every byte of the served generation and compares it with its manifest.",
    discussion: "Exits 65 when a byte differs.")
  @OptionGroup var options: HomeOptions

  private struct Reply: Encodable {
    var verified: GenerationReply
  }

  func run() throws {
    finishing {
      let generations = IndexGenerations(root: options.directory.indexPath)
      let generation = try generations.generation(named: try generations.currentGenerationName())
      try generation.verify()
      let reply = Reply(verified: GenerationReply(generation, current: true))
      if options.json { return try writeJSON(reply) }
      writeLine(
        "\(generation.name) is what its manifest says: \(reply.verified.documents) documents")
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
