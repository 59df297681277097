import ArgumentParser
import Foundation
import ProviderDirectory
import SearchIndex
import Store

/// The exit codes of `sysexits.h` that this program uses.
enum ExitStatus: Int32 {
  case badData = 65
  case unavailable = 69
  case internalFault = 70
  case cannotWrite = 73
  case inputOutput = 74
  case tryLater = 75
  case configuration = 78
}

/// An error with an answer for the operator: what was wrong, and what to do next.
struct Failure: Error {
  let status: ExitStatus
  let message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let fault as FileFault: self.init(fault.exitStatus, fault.description)
    case let error as StoreError: self.init(error.exitStatus, error.message)
    case let error as IndexError: self.init(error.exitStatus, error.description)
    case let error as TableError: self.init(.unavailable, error.description)
    default: self.init(.internalFault, "\(error)")
    }
  }
}

/// Runs a command's body; an error ends the program with its message on stderr and its exit code.
func finishing(_ body: () throws -> Void) {
  do {
    try body()
  } catch {
    let failure = Failure(error)
    writeNote("indexer: \(failure.message)")
    exit(failure.status.rawValue)
  }
}

extension FileFault {
  var exitStatus: ExitStatus {
    switch self {
    case .unreadable: .inputOutput
    case .notThisFormat, .missingColumns, .malformed: .badData
    }
  }
}

extension StoreError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .noDatabase: .unavailable
    case .cannotWrite: .cannotWrite
    case .inputOutput: .inputOutput
    case .tryLater: .tryLater
    case .damaged, .unreadableRow: .badData
    case .newerSchema, .setting: .configuration
    case .statement: .internalFault
    }
  }
}

extension IndexError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .noIndex, .nothingToRollBackTo: .unavailable
    case .locked, .modified: .tryLater
    case .corrupt, .unsupportedVersion: .badData
    case .fileSystem: .cannotWrite
    case .noSuchDocument, .outOfOrder, .invalidQuery, .library: .internalFault
    }
  }
}

func writeLine(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
func writeNote(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

/// Keys in snake case and in order, so that the same answer is the same text.
func writeJSON(_ reply: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  writeLine(String(decoding: try encoder.encode(reply), as: UTF8.self))
}

/// Writes all of `text`; a reader that went away ends the writing.
func write(_ text: String, to descriptor: Int32) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 {
      if errno == EINTR { continue }
      return
    }
    bytes = bytes.dropFirst(count)
  }
}
