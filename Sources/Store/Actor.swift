/// Who does something, as the audit trail and the history of a claim record it.
public enum Actor: Hashable, Sendable, CustomStringConvertible {
  case patient(PatientID)
  /// The program itself, for example an expired hold that makes way.
  case system

  public var description: String {
    switch self {
    case .patient(let id): "patient \(id)"
    case .system: "system"
    }
  }
}
