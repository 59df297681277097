import Store

/// A row of the audit trail as FHIR R4's AuditEvent (https://hl7.org/fhir/R4/auditevent.html), the
/// elements that R4 requires and the ones that the row has. Codes are those of DICOM PS3.16, the
/// value set that R4 names for `type` and `subtype`.
struct AuditEvent: Encodable {
  struct Coding: Encodable {
    let system, code, display: String

    static func dicom(_ code: String, _ display: String) -> Coding {
      Coding(system: "http://dicom.nema.org/resources/ontology/DCM", code: code, display: display)
    }
  }

  struct Reference: Encodable {
    struct Identifier: Encodable {
      let system, value: String
    }
    var identifier: Identifier?
    var display: String?
  }

  struct Agent: Encodable {
    let who: Reference
    let requestor: Bool
  }

  struct Source: Encodable {
    let observer: Reference
  }

  struct Entity: Encodable {
    let what: Reference
    var type: Coding?
  }

  let resourceType = "AuditEvent"
  let id: String
  let type: Coding
  let subtype: [Coding]
  let action: String
  let recorded: String
  let outcome: String
  let agent: [Agent]
  let source: Source
  let entity: [Entity]

  init(_ entry: AuditEntry) {
    id = String(entry.sequence)
    let known = AuditAction(rawValue: entry.action)
    type = known?.eventType ?? .dicom("110100", "Application Activity")
    subtype = [
      Coding(system: "urn:nearcare:audit-action", code: entry.action, display: entry.action)
    ]
    action = known?.verb ?? "E"
    // 4 is "minor failure": it was asked for and refused.
    outcome = known == .refused || known == .signInRefused ? "4" : "0"
    recorded = entry.at.rfc3339(offsetSeconds: 0)
    let named = Reference.Identifier(system: "urn:nearcare:actor", value: entry.actor)
    agent = [Agent(who: Reference(identifier: named), requestor: entry.actor != "system")]
    source = Source(observer: Reference(display: "nearcare"))
    var entities = [Entity(what: Reference(display: entry.subject))]
    if let patient = entry.patient {
      let identifier = Reference.Identifier(
        system: "urn:nearcare:patient", value: patient.description)
      let person = Coding(
        system: "http://terminology.hl7.org/CodeSystem/audit-entity-type", code: "1",
        display: "Person")
      entities.insert(Entity(what: Reference(identifier: identifier), type: person), at: 0)
    }
    entity = entities
  }
}

extension AuditAction {
  fileprivate var eventType: AuditEvent.Coding {
    switch self {
    case .signIn, .signOut, .signInRefused: .dicom("110114", "User Authentication")
    case .readAudit, .removeAudit: .dicom("110101", "Audit Log Used")
    case .exportAudit: .dicom("110106", "Export")
    case .restore: .dicom("110107", "Import")
    case .setPassphrase, .rotateKeys, .addStaff, .changeStaff, .closeStaff:
      .dicom("110113", "Security Alert")
    case .breakGlass, .readInEmergency: .dicom("110127", "Emergency Override Started")
    case .findPatient: .dicom("110112", "Query")
    default: .dicom("110110", "Patient Record")
    }
  }

  /// Create, read, update, delete or execute.
  fileprivate var verb: String {
    switch self {
    case .createPatient, .hold, .book, .joinWaitlist, .addStaff: "C"
    case .readPatient, .listAppointments, .readHistory, .listWaitlist, .listStranded, .listShifted,
      .readAudit, .exportAudit, .readAppointment, .readAgenda, .findPatient, .readInEmergency,
      .listMessages, .readMessage, .listLegalHolds, .readPreferences, .readNotices:
      "R"
    case .release, .reschedule, .cancel, .extendHold, .overrideCancel, .checkIn, .noShow, .complete,
      .leaveWaitlist, .offer, .claimOffer, .setPassphrase, .rotateKeys, .changeStaff, .closeStaff,
      .setPreferences, .setNotices:
      "U"
    case .removeRecords, .removeAudit: "D"
    case .signIn, .signOut, .restore, .refused, .signInRefused, .breakGlass, .sendMessage,
      .resendMessage, .placeLegalHold, .liftLegalHold:
      "E"
    }
  }
}
