public import ProviderDirectory
import Scheduling
public import Store

/// By which ways, when and in which language people are told of visits.
extension Bookings {
  /// - Parameter patient: nil for the asker's own.
  public func messagePreferences(
    of patient: PatientID?, by asker: Asker
  ) throws -> Outcome<MessagePreferences> {
    try request { transaction in
      let (patient, actor) = try whose(patient, asker, transaction)
      try transaction.audit(
        .readPreferences, of: patient, subject: "preferences", by: actor, vault: vault)
      return try transaction.messagePreferences(of: patient, vault: vault)
    }
  }

  /// Changes what of a patient's preferences `change` changes; from the next message on, and of
  /// those too that are on their way and not yet sent.
  ///
  /// - Parameter patient: nil for the asker's own.
  public func setMessagePreferences(
    of patient: PatientID?, by asker: Asker, _ change: (inout MessagePreferences) -> Void
  ) throws -> Outcome<MessagePreferences> {
    try request { transaction in
      let (patient, actor) = try whose(patient, asker, transaction)
      var preferences = try transaction.messagePreferences(of: patient, vault: vault)
      change(&preferences)
      try transaction.set(preferences, of: patient, vault: vault)
      try transaction.audit(
        .setPreferences, of: patient, subject: "preferences", by: actor, vault: vault)
      return preferences
    }
  }

  private func whose(
    _ patient: PatientID?, _ asker: Asker, _ transaction: WriteTransaction
  ) throws -> (PatientID, Actor) {
    let caller = try self.caller(asker, transaction)
    guard let id = patient ?? caller.session?.patient else { throw Refused(.notSignedIn) }
    try require(
      .setPreferences, caller, owns: try owns(id, caller, transaction), of: id, "preferences",
      transaction)
    guard try transaction.isPatient(id) else { throw Refused(.unknownPatient("\(id)")) }
    return (id, caller.actor)
  }

  /// Where a practitioner is told of their visits; nil for one who wants to be told nothing.
  public func practitionerNotice(
    of npi: NPI, by asker: Asker
  ) throws -> Outcome<PractitionerNotice?> {
    try request { transaction in
      let actor = try whoSetsNotices(of: npi, asker, transaction)
      try transaction.audit(.readNotices, of: nil, subject: "NPI \(npi)", by: actor, vault: vault)
      return try transaction.practitionerNotice(of: npi, vault: vault)
    }
  }

  /// - Parameter notice: nil for none; visits that are booked already are told of as they were
  ///   planned, to this address.
  public func setPractitionerNotice(
    _ notice: PractitionerNotice?, of npi: NPI, by asker: Asker
  ) throws -> Outcome<PractitionerNotice?> {
    try request { transaction in
      let actor = try whoSetsNotices(of: npi, asker, transaction)
      try transaction.set(notice, of: npi, vault: vault)
      try transaction.audit(.setNotices, of: nil, subject: "NPI \(npi)", by: actor, vault: vault)
      return notice
    }
  }

  /// A front desk does it for whoever works at one of its sites.
  private func whoSetsNotices(
    of npi: NPI, _ asker: Asker, _ transaction: WriteTransaction
  ) throws -> Actor {
    let caller = try self.caller(asker, transaction)
    let roles = try transaction.roles(of: npi)
    try require(
      .setNotices, caller, owns: roles.contains { caller.owns([$0]) }, "NPI \(npi)", transaction)
    return caller.actor
  }
}
