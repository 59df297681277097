public import ProviderDirectory

extension WriteTransaction {
  /// - Parameter keys: under which a freed slot finds it, of 32 bytes each.
  public func insert(_ entry: WaitlistEntry, keys: [[UInt8]], by actor: Actor) throws {
    try execute(
      """
      INSERT INTO waitlist (waitlist_id, position, patient_id, session_hash, state, severity,
        wish_sealed, replaces_id, idempotency_key, created_at, closes_at, changed_at, changed_by)
      SELECT ?, coalesce(max(position), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM waitlist
      """,
      [
        entry.id.rawValue, entry.patient.rawValue, entry.sessionHash, entry.state.rawValue,
        entry.severity.rawValue, entry.sealedWish, entry.replaces?.rawValue,
        entry.idempotencyKey, entry.createdAt.secondsSinceEpoch, entry.closesAt.secondsSinceEpoch,
        entry.changedAt.secondsSinceEpoch, actor.description,
      ])
    try insert(keys, of: entry.id.rawValue)
  }

  private func insert(_ keys: [[UInt8]], of entry: Int64) throws {
    for key in keys {
      try execute(
        "INSERT INTO waitlist_key (key_hash, waitlist_id) VALUES (?, ?)", [key, entry])
    }
  }

  /// Gives an entry that is found by keys others in their place; one that has ended stays without.
  func hashAnew(_ entry: Int64, keys: [[UInt8]]) throws {
    try execute("DELETE FROM waitlist_key WHERE waitlist_id = ?", [entry])
    if db.changesCount > 0 { try insert(keys, of: entry) }
  }

  /// A change that no entry makes is a fault: `StoreError.statement`.
  public func move(_ entry: WaitlistID, to state: WaitlistEntry.State, by actor: Actor) throws {
    try execute(
      "UPDATE waitlist SET state = ?, changed_at = ?, changed_by = ? WHERE waitlist_id = ?",
      [state.rawValue, now.secondsSinceEpoch, actor.description, entry.rawValue])
    switch state {
    case .waiting, .offered: break
    case .claimed, .left, .over:
      try execute("DELETE FROM waitlist_key WHERE waitlist_id = ?", [entry.rawValue])
    }
  }

  /// Ends entries for which no slot is left to begin, at most `limit`; returns how many.
  public func closeDueEntries(limit: Int) throws -> Int {
    var due: [WaitlistID] = []
    try forEachRow(
      """
      SELECT waitlist_id FROM waitlist WHERE state = 'waiting' AND closes_at <= ?
        ORDER BY closes_at LIMIT ?
      """, [now.secondsSinceEpoch, limit]
    ) { row in
      if let id = WaitlistID(rawValue: row.integer(0)) { due.append(id) }
    }
    for id in due { try move(id, to: .over, by: .system) }
    return due.count
  }

  /// More may be bookable at the roles than before: whoever stands in line after `place` is to be
  /// asked, by the next request that touches the practitioner or the next round of work.
  public func noteNewHours(of roles: some Sequence<RoleID>, after place: LinePlace = .front) throws
  {
    guard try anyoneWaits() else { return }
    for role in roles {
      try execute(
        """
        INSERT INTO waitlist_hours (role_id, after_severity, after_position) VALUES (?, ?, ?)
        ON CONFLICT (role_id) DO UPDATE
          SET after_severity = excluded.after_severity, after_position = excluded.after_position
          WHERE (waitlist_hours.after_severity, waitlist_hours.after_position)
            > (excluded.after_severity, excluded.after_position)
        """, [role.rawValue, place.severity, place.position])
    }
  }

  /// The whole line has been asked; returns for how many roles of the person.
  @discardableResult
  public func forgetNewHours(of npi: NPI) throws -> Int {
    let first = npi.number << 30
    try execute(
      "DELETE FROM waitlist_hours WHERE role_id BETWEEN ? AND ?", [first, first | 0x3fff_ffff])
    return db.changesCount
  }
}
