import Synchronization
import Testing

@testable import indexer

/// Whoever stops taking, or reading, lets the other side end too.
@Suite struct ReadAheadTests {
  private struct Fault: Error, Equatable { let number: Int }

  @Test func portionsComeInOrder() throws {
    var taken: [Int] = []
    try readAhead { hand in
      for number in 0..<1000 { try hand(number) }
    } store: {
      taken.append($0)
    }
    #expect(taken == Array(0..<1000))
  }

  @Test func nothingToReadIsNoFault() throws {
    try readAhead { (_: (Int) throws -> Void) in
    } store: { _ in
      Issue.record("nothing was read")
    }
  }

  @Test func aFaultOfTheReaderComesAfterWhatItRead() {
    var taken: [Int] = []
    #expect(throws: Fault(number: 3)) {
      try readAhead { hand in
        for number in 0..<3 { try hand(number) }
        throw Fault(number: 3)
      } store: {
        taken.append($0)
      }
    }
    #expect(taken == [0, 1, 2])
  }

  @Test(arguments: 0..<20) func aFaultOfTheStoreEndsTheReader(at last: Int) {
    let read = Atomic(0)
    #expect(throws: Fault(number: last)) {
      try readAhead { hand in
        for number in 0..<1000 {
          read.store(number, ordering: .relaxed)
          try hand(number)
        }
      } store: {
        if $0 == last { throw Fault(number: last) }
      }
    }
    // One portion waits, and one is being made.
    #expect(read.load(ordering: .relaxed) <= last + 2)
  }

  /// A reader that passes over faults is refused each time, and never waits for nobody.
  @Test func aReaderThatPassesOverFaultsEndsToo() {
    #expect(throws: Fault(number: 0)) {
      try readAhead { hand in
        for number in 0..<100 {
          do { try hand(number) } catch { continue }
        }
      } store: {
        throw Fault(number: $0)
      }
    }
  }
}
