import Testing

@testable import Privacy

@Suite struct PolicyTests {
  /// What nobody has granted is denied: each action stands in the table, and none is anybody's by
  /// accident.
  @Test func everyActionIsInTheTable() {
    #expect(Set(Policy.grants.keys) == Set(Action.allCases))
    for (action, roles) in Policy.grants {
      #expect(roles.values.allSatisfy { $0 != .none }, "\(action)")
    }
  }

  @Test func nobodyMayOnlySearchSignInAndRunTheTimers() {
    let open = Action.allCases.filter { Policy.reach(of: .nobody, $0) != .none }
    #expect(Set(open) == [.findCare, .signIn, .operate])
  }

  @Test func patientsReachNothingOfOthers() {
    let beyond = Action.allCases.filter { Policy.reach(of: .patient, $0) == .any }
    #expect(Set(beyond) == [.findCare, .signIn, .operate])
  }

  @Test func administratorsSeeNoPatient() {
    let allowed = Action.allCases.filter { Policy.reach(of: .administrator, $0) != .none }
    #expect(
      Set(allowed) == [
        .findCare, .signIn, .operate, .setPassphrase, .configure, .manageStaff, .readAudit,
        .maintain,
      ])
  }

  @Test func anEmergencyOpensReadingAloneAndOnlyToThoseWhoSeePatients() {
    for role in Role.allCases {
      for action in Action.allCases {
        let usual = Policy.reach(of: role, action)
        let then = Policy.reach(of: role, action, inEmergency: true)
        guard then != usual else { continue }
        #expect(usual == .own && then == .any)
        #expect([.readVisit, .readAgenda, .readPatient, .findPatient].contains(action))
        #expect([.practitioner, .frontDesk, .patient].contains(role))
      }
    }
    #expect(Policy.reach(of: .patient, .breakGlass) == .none)
  }

  @Test func thatPatientsMayDoSomethingLeavesTheCheckToTheRequest() {
    #expect(!Policy.isForStaffAlone(.cancelVisit))
    #expect(!Policy.isForStaffAlone(.findCare))
    #expect(Policy.isForStaffAlone(.attendVisit))
    #expect(Policy.isForStaffAlone(.readAudit))
  }
}
