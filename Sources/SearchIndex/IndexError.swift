/// A fault of the index. Each description says what was found and what to do next.
public enum IndexError: Error, Hashable, Sendable {
  /// Nothing has been indexed in this home yet.
  case noIndex(root: String)
  /// Another process is building an index in the same home.
  case locked(path: String, holder: String)
  /// The stored bytes are not the ones that were published.
  case corrupt(path: String, detail: String)
  /// A reader was overtaken by a writer; cannot happen to a published generation.
  case modified(detail: String)
  /// Written by a version of nearcare or of Xapian that this one does not read.
  case unsupportedVersion(path: String, detail: String)
  case noSuchDocument(UInt32)
  /// Roles must be added in ascending order of (geohash, role id).
  case outOfOrder(detail: String)
  /// There is no older generation to return to.
  case nothingToRollBackTo(current: String)
  /// The file system refused, with the operation, the path and its reason.
  case fileSystem(operation: String, path: String, reason: String)
  /// A new index does not answer what a scan of the directory answers.
  case disagreement(detail: String)
  case invalidQuery(detail: String)
  /// A part of a name with `*` that stands for too many names, or has too few letters.
  case nameTooWide(String)
  /// The time that the caller gave ran out; there is no partial answer.
  case outOfTime
  /// A failure of the index library that names no cause to act on.
  case library(detail: String)
}

extension IndexError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noIndex(let root):
      "there is no index in \(root): run `indexer run` first"
    case .locked(let path, let holder):
      "\(holder) is building an index (\(path) is locked): wait for it to end"
    case .corrupt(let path, let detail):
      "the index is damaged: \(path): \(detail): run `indexer rollback` to return to the one"
        + " before, or `indexer run` to build it again"
    case .modified(let detail):
      "the index changed while it was being read (\(detail)): try again"
    case .unsupportedVersion(let path, let detail):
      "\(path) was written by another version (\(detail)): run `indexer run` to build it again"
    case .noSuchDocument(let id):
      "the index has no document \(id): it may have been replaced; search again"
    case .outOfOrder(let detail):
      "roles must be added to an index by geohash and then role id: \(detail)"
    case .nothingToRollBackTo(let current):
      "there is no sound index before \(current) to return to: run `indexer run`"
    case .fileSystem(let operation, let path, let reason):
      "cannot \(operation) \(path): \(reason)"
    case .disagreement(let detail):
      "the new index does not hold what the directory holds (\(detail)); the one before it serves"
        + " on: run `indexer run` again, and report it if it happens twice"
    case .invalidQuery(let detail):
      "the search cannot be run: \(detail)"
    case .nameTooWide(let start):
      "\"\(start)*\" is too short or fits more than \(CandidateQuery.widestName) names: give more"
        + " letters before the *, at least \(CandidateQuery.shortestNameStart)"
    case .outOfTime:
      "the search was given up when its time ran out: give it more"
    case .library(let detail):
      "the index library failed: \(detail)"
    }
  }
}
