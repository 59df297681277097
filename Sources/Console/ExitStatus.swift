/// The exit codes of DESIGN's contract; numbers from 64 on are those of `sysexits.h`.
public enum ExitStatus: Int32, Sendable {
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
