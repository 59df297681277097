import CivilTime
import Glibc
import Store
import Synchronization

/// A home directory of one test, removed with it.
final class TemporaryHome: Sendable {
  let home: HomeDirectory

  init() {
    var template = Array("/tmp/nearcare-store-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { preconditionFailure("mkdtemp: \(errno)") }
    home = HomeDirectory(path: String(cString: made) + "/home")
  }

  deinit {
    let root = String(home.path.dropLast("/home".count))
    for directory in [home.path, root] {
      if let entries = opendir(directory) {
        while let entry = readdir(entries) {
          let name = withUnsafeBytes(of: &entry.pointee.d_name) {
            String(cString: $0.bindMemory(to: CChar.self).baseAddress!)
          }
          unlink("\(directory)/\(name)")
        }
        closedir(entries)
      }
      rmdir(directory)
    }
  }
}

/// A clock that moves when told to.
final class SimulatedClock: Sendable {
  private let seconds: Atomic<Int64>

  init(_ start: Int64 = 1_795_000_000) { seconds = Atomic(start) }

  var now: Instant { Instant(secondsSinceEpoch: seconds.load(ordering: .sequentiallyConsistent)) }

  func advance(seconds count: Int64) {
    seconds.wrappingAdd(count, ordering: .sequentiallyConsistent)
  }
}

extension TemporaryHome {
  func open(
    createIfMissing: Bool = true, lockWaitSeconds: Double = 10,
    clock: SimulatedClock = SimulatedClock()
  ) throws -> Store {
    try Store.open(
      home, createIfMissing: createIfMissing, lockWaitSeconds: lockWaitSeconds,
      clock: Clock { clock.now })
  }
}
