public import ProviderDirectory

extension ReadTransaction {
  /// How long before its start a visit there can be cancelled without a flag; nil when the practice
  /// has not said.
  public func cancelNoticeSeconds(of role: RoleID) throws -> Int64? {
    var seconds: Int64?
    try forEachRow("SELECT seconds FROM cancel_notice WHERE role_id = ?", [role.rawValue]) {
      seconds = $0.integer(0)
    }
    return seconds
  }
}

extension WriteTransaction {
  /// - Parameter seconds: 0…30 days; nil goes back to the program's own.
  public func setCancelNotice(of role: RoleID, seconds: Int64?) throws {
    try execute("DELETE FROM cancel_notice WHERE role_id = ?", [role.rawValue])
    guard let seconds else { return }
    try execute(
      "INSERT INTO cancel_notice (role_id, seconds) VALUES (?, ?)", [role.rawValue, seconds])
  }
}
