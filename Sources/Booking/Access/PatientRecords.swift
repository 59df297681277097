public import CivilTime
public import Privacy
public import ProviderDirectory
import Scheduling
public import Store

/// A visit with whom it is for.
public struct AgendaVisit: Hashable, Sendable {
  public let appointment: Appointment
  public let patient: Patient

  public init(appointment: Appointment, patient: Patient) {
    self.appointment = appointment
    self.patient = patient
  }
}

/// What the staff may see of patients: each look is a row of the audit trail for each patient seen.
extension Bookings {
  /// The visits that start within `range`, by start: the practitioner's own, or at the front desk's
  /// sites.
  ///
  /// - Parameter roles: only those at these; nil for all of the asker's own.
  public func agenda(
    _ range: Range<Instant>, at roles: [RoleID]? = nil, by asker: Asker
  ) throws -> Outcome<[AgendaVisit]> {
    try request { transaction in
      let caller = try self.caller(asker, transaction)
      let own = try roles ?? ownRoles(of: caller, transaction)
      let subject = "agenda of \(own.count == 1 ? "role \(own[0])" : "\(own.count) roles")"
      try require(
        .readAgenda, caller, owns: roles.map(caller.owns) ?? true, subject, transaction)
      let claims = try transaction.visits(at: own, starting: range)
      try transaction.audit(
        .readAgenda, of: nil, subject: subject, by: caller.actor, vault: vault)
      return try claims.map { claim in
        let found = try transaction.patient(claim.patient, by: caller.actor, vault: vault)
        guard let patient = found else { throw BookingFault.claimVanished(claim.id) }
        return AgendaVisit(appointment: try appointment(claim), patient: patient)
      }
    }
  }

  /// A patient with all their visits.
  public func record(
    of id: PatientID, by asker: Asker
  ) throws -> Outcome<(patient: Patient, visits: [Appointment])> {
    try request { transaction in
      let caller = try self.caller(asker, transaction)
      try require(
        .readPatient, caller, owns: try owns(id, caller, transaction), of: id, "patient",
        transaction)
      guard let patient = try transaction.patient(id, by: caller.actor, vault: vault) else {
        throw Refused(.unknownPatient("\(id)"))
      }
      let isAll = Policy.reach(of: caller.role, .readPatient, inEmergency: caller.isInEmergency)
      let claims = try transaction.claims(of: id, in: ClaimState.visits)
        .filter { isAll == .any || caller.owns($0) }
      return (patient, try claims.map(appointment))
    }
  }

  /// The patients with an e-mail address or a telephone number, those alone whom the asker may see.
  public func findPatients(
    email: EmailAddress?, phone: PhoneNumber?, by asker: Asker
  ) throws -> Outcome<[Patient]> {
    try request { transaction in
      let caller = try self.caller(asker, transaction)
      let key = email == nil ? "by phone" : "by e-mail"
      try require(.findPatient, caller, owns: true, key, transaction)
      let usual = Policy.reach(of: caller.role, .findPatient, inEmergency: caller.isInEmergency)
      var found: [PatientID] = []
      if let email, let id = try transaction.patientID(withEmail: email, vault: vault) {
        found.append(id)
      }
      if let phone { found += try transaction.patientIDs(withPhone: phone, vault: vault) }
      try transaction.audit(
        .findPatient, of: nil, subject: key, by: caller.actor, vault: vault)
      var patients: [Patient] = []
      for id in found {
        let isOwn = try owns(id, caller, transaction)
        guard usual == .any || isOwn else { continue }
        // In an emergency it is recorded that others' patients were seen.
        try require(.findPatient, caller, owns: isOwn, of: id, key, transaction)
        if let patient = try transaction.patient(id, by: caller.actor, vault: vault) {
          patients.append(patient)
        }
      }
      return patients
    }
  }

  /// Lets the session see others' patients for an hour.
  public func breakGlass(
    reason: String, as token: SessionToken?
  ) throws -> Outcome<Instant> {
    try request { transaction in
      let caller = try self.caller(.patient(token), transaction)
      try require(.breakGlass, caller, owns: false, "open", transaction)
      guard let session = caller.staffSession else { throw Refused(.notSignedIn) }
      let end = transaction.now.adding(seconds: limits.emergencySeconds)
      try transaction.openEmergency(in: session, until: end, reason: reason, vault: vault)
      try transaction.audit(
        .breakGlass, of: nil, subject: "until \(end.rfc3339())", by: caller.actor, vault: vault)
      return end
    }
  }

  /// Every time of emergency, the newest first.
  public func emergencies(by asker: Asker) throws -> Outcome<[Emergency]> {
    try request { transaction in
      let caller = try self.caller(asker, transaction)
      try require(.readAudit, caller, owns: false, "emergencies", transaction)
      try transaction.audit(
        .readAudit, of: nil, subject: "emergencies", by: caller.actor, vault: vault)
      return try transaction.emergencies(vault: vault)
    }
  }

  /// Whether a patient is one of the caller's own.
  func owns(
    _ patient: PatientID, _ caller: Caller, _ transaction: ReadTransaction
  ) throws -> Bool {
    guard let post = caller.account?.post else { return caller.session?.patient == patient }
    return try transaction.hasVisited(patient, npi: post.npi, sites: post.sites)
  }

  private func ownRoles(of caller: Caller, _ transaction: ReadTransaction) throws -> [RoleID] {
    guard let post = caller.account?.post else { return [] }
    if let npi = post.npi { return try transaction.roles(of: npi) }
    return try post.sites.flatMap { try transaction.roles(at: $0) }
  }
}
