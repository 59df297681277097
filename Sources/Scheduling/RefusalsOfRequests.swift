public import CivilTime
public import ProviderDirectory

// The refusals that come of the request itself, of who makes it, and of the hold or appointment it
// names.

extension Refusal {
  public static func malformedSlot(_ text: String) -> Refusal {
    Refusal(
      .malformedSlot,
      "'\(text.prefix(80))' is not a slot id; copy one from `nearcare search` or `nearcare slots`, "
        + "such as 1234567893-4fz0q8-20261124T1400Z-30p")
  }

  public static func malformedTime(_ text: String) -> Refusal {
    Refusal(
      .malformedTime,
      "'\(text.prefix(80))' is not a time; write RFC 3339, such as 2026-11-24T09:00:00-05:00")
  }

  public static let notSignedIn = Refusal(
    .notSignedIn,
    "nobody is signed in at this terminal; sign in with `nearcare login`, or as a new patient with "
      + "`nearcare register`")

  /// A change of schedules that was not made.
  public static func strandsVisits(_ count: Int) -> Refusal {
    Refusal(
      .strandsVisits,
      "nothing has changed: it would strand \(count) booked "
        + "visit\(count == 1 ? "" : "s"); move or cancel them first, or repeat the command with "
        + "--strand, which leaves them booked for you to settle")
  }

  public static func sessionExpired(at expiry: Instant, zone: Zone) -> Refusal {
    Refusal(
      .sessionExpired,
      "the session ended at \(zone.rfc3339(expiry)); sign in again with `nearcare login`, or, "
        + "without a passphrase, with `nearcare register` and the same details")
  }

  /// Names the column, never its value.
  public static func alreadyRegistered(by field: String) -> Refusal {
    Refusal(
      .alreadyRegistered,
      "a patient with this \(field) is registered already; one \(field) belongs to one patient, "
        + "so sign in as that patient with `nearcare login`, or use another \(field)")
  }

  public static func unknownRole(_ role: RoleID) -> Refusal {
    Refusal(
      .unknownRole, "no practitioner at a site has the id \(role); find one with `nearcare search`")
  }

  public static func unknownHold(_ id: String) -> Refusal {
    Refusal(
      .unknownHold,
      "there is no hold '\(id.prefix(80))'; hold a slot again with `nearcare hold SLOT_ID`")
  }

  public static func notYourHold(_ id: String) -> Refusal {
    Refusal(
      .notYourHold,
      "the hold '\(id.prefix(80))' belongs to another session, and only that session may use it; "
        + "hold another slot")
  }

  public static func holdExpired(
    _ id: String, slot: SlotID, at expiry: Instant, zone: Zone
  ) -> Refusal {
    Refusal(
      .holdExpired,
      "the hold '\(id.prefix(80))' ended at \(zone.rfc3339(expiry)); "
        + "if the slot is still open, `nearcare hold \(slot)` holds it again")
  }

  public static func holdUsed(_ id: String, appointment: String) -> Refusal {
    Refusal(
      .holdUsed,
      "the hold '\(id.prefix(80))' became appointment \(appointment) already; "
        + "see `nearcare appointments`")
  }

  /// Also for an appointment of somebody else, of which the asker learns nothing.
  public static func unknownAppointment(_ id: String) -> Refusal {
    Refusal(
      .unknownAppointment,
      "you have no appointment '\(id.prefix(80))'; see `nearcare appointments`")
  }

  public static func alreadyCancelled(_ id: String, at instant: Instant, zone: Zone) -> Refusal {
    Refusal(
      .alreadyCancelled,
      "appointment \(id.prefix(80)) was cancelled at \(zone.rfc3339(instant)); "
        + "nothing is left to do, and another can be booked with `nearcare search`")
  }

  public static func appointmentStarted(_ id: String, start: Instant, zone: Zone) -> Refusal {
    Refusal(
      .appointmentStarted,
      "appointment \(id.prefix(80)) started at \(zone.rfc3339(start)) and can no longer be changed "
        + "here; call the practice")
  }

  public static func idempotencyKeyReused(_ key: String, by appointment: String) -> Refusal {
    Refusal(
      .idempotencyKeyReused,
      "the idempotency key '\(key.prefix(80))' made appointment \(appointment), another request; "
        + "a key stands for one request, so use a new one")
  }

  public static func tooManyHolds(live: Int, limit: Int) -> Refusal {
    Refusal(
      .tooManyHolds,
      "you hold \(live) slots, and \(limit) are allowed; book one, or let one go with "
        + "`nearcare release HOLD_ID`")
  }
}
