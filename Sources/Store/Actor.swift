/// Who does something, as the audit trail and the history of a claim record it.
public enum Actor: Hashable, Sendable, CustomStringConvertible {
  case patient(PatientID)
  /// Somebody at the practice's desk, by their login, or in a home without staff accounts by the
  /// name they go by on this machine.
  case frontDesk(String)
  /// Somebody who sees patients, by their login.
  case practitioner(String)
  /// Nobody has signed in.
  case nobody
  /// The program itself, for example an expired hold that makes way.
  case system
  /// Whoever edits the practice's schedules at this home.
  case clinic
  /// Whoever runs accounts and reads the audit trail, by their login or as `frontDesk`.
  case administrator(String)

  public var description: String {
    switch self {
    case .patient(let id): "patient \(id)"
    case .frontDesk(let name): "front-desk \(name)"
    case .practitioner(let name): "practitioner \(name)"
    case .nobody: "nobody"
    case .system: "system"
    case .clinic: "clinic"
    case .administrator(let name): "administrator \(name)"
    }
  }
}
