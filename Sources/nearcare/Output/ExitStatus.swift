/// The exit codes of DESIGN's contract; numbers from 64 on are those of `sysexits.h`.
enum ExitStatus: Int32 {
  case done = 0
  case nothingFound = 1
  case refused = 2
  case usage = 64
  case badData = 65
  case unavailable = 69
  case internalFault = 70
  case cannotWrite = 73
  case inputOutput = 74
  case tryLater = 75
  case notPermitted = 77
  case configuration = 78
}

/// An error with an answer for the person: what was wrong with which value, and what to do next.
struct Failure: Error {
  let status: ExitStatus
  let message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}
