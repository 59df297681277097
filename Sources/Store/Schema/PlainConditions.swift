/// The conditions that every booking is checked against, without lists.
///
/// SQLite makes a table in memory for each list of three or more values whenever a statement that
/// has it begins, and a fifth of a booking's instructions went there. What is allowed stays the
/// same, so only the schema's own text changes
/// (https://www.sqlite.org/lang_altertable.html, section 7), and no trigger changes its turn.
enum PlainConditions {
  static let statements = [
    "PRAGMA writable_schema = ON",
    exchange(
      in: "claim",
      [
        (
          """
          state IN ('held', 'booked', 'released', 'expired', 'cancelled', 'rescheduled', \
          'checked-in', 'no-show', 'completed')
          """,
          isAny(
            "state", of: "held", "booked", "released", "expired", "cancelled", "rescheduled",
            "checked-in", "no-show", "completed")
        ),
        (
          "state NOT IN ('held', 'released', 'expired') OR hold_expires_at IS NOT NULL",
          """
          hold_expires_at IS NOT NULL
            OR NOT (\(isAny("state", of: "held", "released", "expired")))
          """
        ),
      ]),
    exchange(
      in: "message_job",
      [
        (
          """
          kind IN (
              'confirmation', 'change', 'cancellation', 'reminder-24h', 'reminder-1h', 'offer')
          """,
          isAny(
            "kind", of: "confirmation", "change", "cancellation", "reminder-24h", "reminder-1h",
            "offer")
        ),
        (
          "(state IN ('waiting', 'leased', 'delivered', 'given-up', 'cancelled'))",
          "(\(isAny("state", of: "waiting", "leased", "delivered", "given-up", "cancelled")))"
        ),
        (
          "(state IN ('delivered', 'given-up', 'cancelled'))",
          "(\(isAny("state", of: "delivered", "given-up", "cancelled")))"
        ),
      ]),
    exchange(
      in: "claim_insert_overlap",
      [
        (
          "ON claim WHEN NEW.state IN ('held', 'booked', 'checked-in')",
          "ON claim WHEN \(isAny("NEW.state", of: "held", "booked", "checked-in"))"
        )
      ]),
    "PRAGMA writable_schema = RESET",
  ]

  private static func isAny(_ column: String, of values: String...) -> String {
    values.map { "\(column) = '\($0)'" }.joined(separator: " OR ")
  }

  private static func exchange(
    in name: String, _ texts: [(former: String, new: String)]
  ) -> String {
    let sql = texts.reduce("sql") { sql, text in
      "replace(\(sql), \(literal(text.former)), \(literal(text.new)))"
    }
    return "UPDATE sqlite_schema SET sql = \(sql) WHERE name = '\(name)'"
  }

  private static func literal(_ text: String) -> String {
    "'\(text.replacing("'", with: "''"))'"
  }
}
