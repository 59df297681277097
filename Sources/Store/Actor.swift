/// Who does something, as the audit trail and the history of a claim record it.
public enum Actor: Hashable, Sendable, CustomStringConvertible {
  case patient(PatientID)
  /// Somebody at the practice's desk, by the name they go by on this machine.
  case frontDesk(String)
  /// The program itself, for example an expired hold that makes way.
  case system
  /// Whoever edits the practice's schedules at this home.
  case clinic
  /// Whoever reads the audit trail, by the name they go by on this machine.
  case administrator(String)

  public var description: String {
    switch self {
    case .patient(let id): "patient \(id)"
    case .frontDesk(let name): "front-desk \(name)"
    case .system: "system"
    case .clinic: "clinic"
    case .administrator(let name): "administrator \(name)"
    }
  }
}
