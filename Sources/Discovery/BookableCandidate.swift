public import Scheduling

/// A candidate whose slots have been generated: open ones in the window, earliest first.
public struct BookableCandidate: Hashable, Sendable {
  public let nearby: NearbyCandidate
  /// Empty when nothing is open in the window, or no schedule is on file.
  public let slots: [Slot]

  public init(nearby: NearbyCandidate, slots: [Slot]) {
    self.nearby = nearby
    self.slots = slots
  }
}
