public import Scheduling

/// What came of a request: done, or refused for a reason that the patient can act upon. Faults are
/// thrown.
public enum Outcome<Value> {
  case done(Value)
  case refused(Refusal)
}

extension Outcome: Sendable where Value: Sendable {}
extension Outcome: Equatable where Value: Equatable {}
