/// Who somebody is to a home.
public enum Role: String, Hashable, Sendable, CaseIterable {
  /// Nobody is signed in.
  case nobody
  case patient
  case practitioner
  case frontDesk = "front-desk"
  /// Runs the accounts and reads the audit trail, and sees no patient.
  case administrator
  /// Whoever owns the files of a home in which no staff account was ever made.
  case owner

  /// Those that an account of the staff may have.
  public static let staff: [Role] = [.practitioner, .frontDesk, .administrator]
}

/// What somebody may want to do. Every command and every request to `Booking` is one of these.
public enum Action: String, Hashable, Sendable, CaseIterable {
  /// Search the directory and its open slots: nobody's data.
  case findCare = "find-care"
  /// Register, sign in, sign out, ask who is signed in.
  case signIn = "sign-in"
  /// Change the passphrase by which one signs in.
  case setPassphrase = "set-passphrase"
  /// Do what a timer does: it prints counts, and seals what it writes.
  case operate

  case holdSlot = "hold-slot"
  case bookVisit = "book-visit"
  case moveVisit = "move-visit"
  case listVisits = "list-visits"
  case waitForSlot = "wait-for-slot"
  case cancelVisit = "cancel-visit"
  case overrideCancel = "override-cancel"
  /// Mark a visit as checked in, missed or completed.
  case attendVisit = "attend-visit"

  case readVisit = "read-visit"
  case readAgenda = "read-agenda"
  case readPatient = "read-patient"
  case findPatient = "find-patient"
  /// Give a patient who has lost theirs another passphrase.
  case resetPatient = "reset-patient"
  /// See others' patients in an emergency, for a reason and for an hour.
  case breakGlass = "break-glass"

  case listMessages = "list-messages"
  /// See what was sent about a visit, word for word.
  case readMessage = "read-message"
  case resendMessage = "resend-message"
  /// Say how a patient is told of their visits: by which channels, when, in which language.
  case setPreferences = "set-preferences"
  /// Say whether and where a practitioner is told of theirs.
  case setNotices = "set-notices"
  /// See everybody's messages before they are sent.
  case rehearseMessages = "rehearse-messages"

  case readSchedule = "read-schedule"
  case editSchedule = "edit-schedule"
  /// List visits by their numbers, for the wall clock's sake.
  case reviewVisits = "review-visits"
  case configure

  case manageStaff = "manage-staff"
  case readAudit = "read-audit"
  /// Restore, keys and retention.
  case maintain
}

/// How far a role's permission goes.
public enum Reach: Int, Hashable, Sendable, Comparable, CaseIterable {
  case none
  /// A patient's own visits; a practitioner's own visits, patients and hours; of a front desk,
  /// those of its sites.
  case own
  case any

  public static func < (a: Reach, b: Reach) -> Bool { a.rawValue < b.rawValue }
}

/// The one table of who may do what. What is not in it is denied.
public enum Policy {
  private static let everybody = Dictionary(
    uniqueKeysWithValues: Role.allCases.map { ($0, Reach.any) })

  static let grants: [Action: [Role: Reach]] = [
    .findCare: everybody,
    .signIn: everybody,
    // Whoever may run it owns the key, as the operating system sees it, and learns nothing by it.
    .operate: everybody,
    .setPassphrase: [
      .patient: .own, .practitioner: .own, .frontDesk: .own, .administrator: .own,
    ],

    .holdSlot: [.patient: .own],
    .bookVisit: [.patient: .own],
    .moveVisit: [.patient: .own],
    .listVisits: [.patient: .own],
    .waitForSlot: [.patient: .own],
    .cancelVisit: [.patient: .own, .practitioner: .own, .frontDesk: .own, .owner: .any],
    .overrideCancel: [.frontDesk: .own, .owner: .any],
    .attendVisit: [.practitioner: .own, .frontDesk: .own, .owner: .any],

    .readVisit: [.patient: .own, .practitioner: .own, .frontDesk: .own, .owner: .any],
    .readAgenda: [.practitioner: .own, .frontDesk: .own, .owner: .any],
    .readPatient: [.practitioner: .own, .frontDesk: .own, .owner: .any],
    .findPatient: [.practitioner: .own, .frontDesk: .own, .owner: .any],
    .resetPatient: [.frontDesk: .own, .owner: .any],
    .breakGlass: [.practitioner: .any, .frontDesk: .any],

    .listMessages: [.patient: .own, .practitioner: .own, .frontDesk: .own, .owner: .any],
    .readMessage: [.patient: .own, .practitioner: .own, .frontDesk: .own, .owner: .any],
    .resendMessage: [.patient: .own, .frontDesk: .own, .owner: .any],
    .rehearseMessages: [.owner: .any],
    .setPreferences: [.patient: .own, .frontDesk: .own, .owner: .any],
    .setNotices: [.practitioner: .own, .frontDesk: .own, .owner: .any],

    .readSchedule: [.practitioner: .any, .frontDesk: .any, .owner: .any],
    .editSchedule: [.practitioner: .own, .frontDesk: .own, .owner: .any],
    .reviewVisits: [.frontDesk: .any, .owner: .any],
    .configure: [.frontDesk: .any, .administrator: .any, .owner: .any],

    .manageStaff: [.administrator: .any, .owner: .any],
    .readAudit: [.administrator: .any, .owner: .any],
    .maintain: [.administrator: .any, .owner: .any],
  ]

  /// What a role that has broken the glass may do to all as it may to its own.
  static let emergencies: Set<Action> = [.readVisit, .readAgenda, .readPatient, .findPatient]

  public static func reach(of role: Role, _ action: Action) -> Reach {
    grants[action]?[role] ?? .none
  }

  /// As `reach(of:_:)`, for somebody who has broken the glass.
  public static func reach(of role: Role, _ action: Action, inEmergency: Bool) -> Reach {
    let usual = reach(of: role, action)
    return inEmergency && usual == .own && emergencies.contains(action) ? .any : usual
  }

  /// Whether only the staff, or the owner in their place, may ever do it.
  public static func isForStaffAlone(_ action: Action) -> Bool {
    reach(of: .nobody, action) == .none && reach(of: .patient, action) == .none
  }
}
