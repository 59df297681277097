import Booking
import CivilTime
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Testing

@Suite struct AccessTests {
  let desk: Desk
  let owner = Asker.frontDesk(FrontDesk(name: "root"))
  init() throws { desk = try Desk(sessionsEnd: true) }

  private static let passphrase = "correct horse battery"
  private var now: Int64 { desk.clinic.clock.now.secondsSinceEpoch }

  /// Makes an account; the first one is an administrator's, which makes the others.
  private func add(
    _ login: String, _ post: StaffPost, by asker: Asker
  ) throws -> OneTimeSecret {
    try desk.bookings.addStaff(login: login, post, passphrase: Self.passphrase, by: asker).value
  }

  private func signIn(
    _ login: String, _ codes: OneTimeSecret?, passphrase: String = Self.passphrase,
    later seconds: Int64 = 30
  ) throws -> Outcome<SignIn> {
    // A code opens once.
    desk.clinic.clock.advance(seconds: seconds)
    return try desk.bookings.signIn(
      SignInAttempt(
        name: login, passphrase: Passphrase(typed: passphrase), code: codes?.code(at: now)))
  }

  private struct House {
    let admin, heart, site: Asker
    let codes: [String: OneTimeSecret]
    let heartToken, siteToken: SessionToken
  }

  /// An administrator, the heart doctor, and the front desk of the second site.
  private func house() throws -> House {
    let codes = try add("iris", StaffPost(role: .administrator, npi: nil, sites: []), by: owner)
    let iris = try signIn("iris", codes).value.token
    let admin = Asker.patient(iris)
    let heart = try add(
      "dr.heart", StaffPost(role: .practitioner, npi: Desk.heart.npi, sites: []), by: admin)
    let site = try add(
      "mona", StaffPost(role: .frontDesk, npi: nil, sites: [Desk.heartElsewhere.site]), by: admin)
    let heartToken = try signIn("dr.heart", heart).value.token
    let siteToken = try signIn("mona", site).value.token
    return House(
      admin: admin, heart: .patient(heartToken), site: .patient(siteToken),
      codes: ["iris": codes, "dr.heart": heart, "mona": site], heartToken: heartToken,
      siteToken: siteToken)
  }

  @Test func theFirstAccountIsAnAdministratorsAndClosesTheHome() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    #expect(try desk.bookings.history(of: visit.id, by: owner).code == nil)
    #expect(
      try desk.bookings.addStaff(
        login: "mona", StaffPost(role: .frontDesk, npi: nil, sites: [Desk.heart.site]),
        passphrase: Self.passphrase, by: owner
      ).code == .firstIsAdministrator)
    _ = try house()
    #expect(try desk.bookings.history(of: visit.id, by: owner).code == .notSignedIn)
    #expect(try desk.bookings.staff(by: owner).code == .notSignedIn)
    #expect(try desk.bookings.permit(.editSchedule, by: owner).code == .notSignedIn)
    #expect(
      try desk.clinic.text(
        "SELECT actor || ' ' || action || ' ' || subject FROM audit "
          + "ORDER BY sequence DESC LIMIT 1") == "nobody refused edit-schedule ")
  }

  @Test func staffReachTheirOwnAndNothingElse() throws {
    let house = try house()
    let here = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value.id
    let elsewhere = try desk.bookings.book(
      .slot(desk.slot(Desk.heartElsewhere, 12)), as: desk.ann
    ).value.id
    let skin = try desk.bookings.book(.slot(desk.slot(Desk.skin, 15)), as: desk.bob).value.id
    func may(_ asker: Asker, _ id: ClaimID) throws -> Bool {
      try desk.bookings.history(of: id, by: asker).code != .notPermitted
    }
    #expect(try [here, elsewhere, skin].map { try may(house.heart, $0) } == [true, true, false])
    #expect(try [here, elsewhere, skin].map { try may(house.site, $0) } == [false, true, false])
    #expect(try [here, elsewhere, skin].map { try may(house.admin, $0) } == [false, false, false])
    let ann = try patient(desk.ann)
    let bob = try patient(desk.bob)
    #expect(try desk.bookings.record(of: ann, by: house.heart).value.visits.count == 2)
    #expect(try desk.bookings.record(of: ann, by: house.site).value.visits.map(\.id) == [elsewhere])
    #expect(try desk.bookings.record(of: bob, by: house.site).code == .notPermitted)
    #expect(try desk.bookings.record(of: ann, by: house.admin).code == .notPermitted)
    let tomorrow = TestClinic.start..<TestClinic.start.adding(seconds: 3 * 86_400)
    #expect(try desk.bookings.agenda(tomorrow, by: house.heart).value.count == 2)
    #expect(
      try desk.bookings.agenda(tomorrow, by: house.site).value.map(\.appointment.id)
        == [elsewhere])
    #expect(
      try desk.bookings.agenda(tomorrow, at: [Desk.skin], by: house.site).code == .notPermitted)
    // Both have one telephone number.
    let phone = try PhoneNumber("212-555-0147")
    #expect(
      try desk.bookings.findPatients(email: nil, phone: phone, by: house.site).value.map(\.id)
        == [ann])
    #expect(
      try desk.bookings.hold(desk.slot(16), as: house.siteToken).code == .notPermitted)
    try desk.store.read { _ = try $0.verifyAudit(vault: desk.vault) }
  }

  private func patient(_ token: SessionToken) throws -> PatientID {
    try #require(try desk.bookings.whoIs(token).value.patient)
  }

  @Test func anEmergencyShowsOthersPatientsForAnHourAndIsListed() throws {
    let house = try house()
    _ = try desk.bookings.book(.slot(desk.slot(Desk.skin, 15)), as: desk.bob).value
    let bob = try patient(desk.bob)
    #expect(try desk.bookings.record(of: bob, by: house.heart).code == .notPermitted)
    let end = try desk.bookings.breakGlass(reason: "collapsed", as: house.heartToken).value
    #expect(try desk.bookings.record(of: bob, by: house.heart).value.visits.count == 1)
    #expect(
      try desk.clinic.text(
        "SELECT group_concat(action) FROM (SELECT action FROM audit "
          + "ORDER BY sequence DESC LIMIT 2)") == "read-patient,read-in-emergency")
    #expect(try desk.bookings.breakGlass(reason: "x", as: desk.ann).code == .notPermitted)
    #expect(try desk.bookings.emergencies(by: house.heart).code == .notPermitted)
    let listed = try desk.bookings.emergencies(by: house.admin).value
    #expect(listed.map(\.login) == ["dr.heart"])
    #expect(listed.map(\.reason) == ["collapsed"])
    #expect(listed.map(\.endsAt) == [end])
    for minute in stride(from: 10, to: 60, by: 10) {
      desk.clinic.clock.set(to: end.adding(seconds: Int64(minute - 60) * 60))
      #expect(try desk.bookings.record(of: bob, by: house.heart).code == nil)
    }
    desk.clinic.clock.set(to: end)
    #expect(try desk.bookings.record(of: bob, by: house.heart).code == .notPermitted)
  }

  @Test func sessionsEndUnusedAfterFifteenMinutesAndInAnyCaseAfterTwelveHours() throws {
    let cid = try Desk.register("Cid", desk.bookings)
    desk.clinic.clock.advance(seconds: 899)
    #expect(try desk.bookings.appointments(as: cid.token).code == nil)
    desk.clinic.clock.advance(seconds: 899)
    #expect(try desk.bookings.appointments(as: cid.token).code == nil)
    desk.clinic.clock.advance(seconds: 900)
    #expect(try desk.bookings.appointments(as: cid.token).code == .sessionExpired)
    let again = try Desk.register("Cid", desk.bookings)
    #expect(again.expiresAt == desk.clinic.clock.now.adding(seconds: 12 * 3600))
    while desk.clinic.clock.now < again.expiresAt.adding(seconds: -600) {
      #expect(try desk.bookings.appointments(as: again.token).code == nil)
      desk.clinic.clock.advance(seconds: 600)
    }
    #expect(try desk.bookings.appointments(as: again.token).code == nil)
    desk.clinic.clock.set(to: again.expiresAt.adding(seconds: -1))
    #expect(try desk.bookings.appointments(as: again.token).code == nil)
    desk.clinic.clock.set(to: again.expiresAt)
    #expect(try desk.bookings.appointments(as: again.token).code == .sessionExpired)
  }

  @Test func aPassphraseEndsOtherSessionsAndRegisteringIsNoSignInAnyMore() throws {
    let first = try Desk.register("Cid", desk.bookings)
    let other = try Desk.register("Cid", desk.bookings)
    let hold = try desk.bookings.hold(desk.slot(9), as: first.token).value
    let set = try desk.bookings.setPassphrase(
      Self.passphrase, present: nil, newCodes: false, as: first.token
    ).value
    for token in [first.token, other.token] {
      #expect(try desk.bookings.appointments(as: token).code == .notSignedIn)
    }
    #expect(try desk.bookings.book(.hold(hold.id), as: set.token).code == nil, "the hold is kept")
    #expect(try desk.bookings.register(Desk.details("Cid")).code == .alreadyRegistered)
    let again = try signIn("CID@example.org", nil).value
    #expect(try desk.bookings.appointments(as: again.token).value.count == 1)
    let wrong = try desk.bookings.setPassphrase(
      "another passphrase", present: Passphrase(typed: "wrong"), newCodes: false, as: again.token)
    #expect(wrong.code == .signInFailed)
    let coded = try desk.bookings.setPassphrase(
      "another passphrase", present: Passphrase(typed: Self.passphrase), newCodes: true,
      as: again.token
    ).value
    #expect(try signIn("cid@example.org", nil).code == .signInFailed)
    #expect(
      try signIn("cid@example.org", nil, passphrase: "another passphrase").code == .signInFailed)
    #expect(
      try signIn("cid@example.org", coded.codes, passphrase: "another passphrase").code == nil)
    #expect(
      try desk.clinic.count("SELECT instr(passphrase_sealed, 'scrypt') FROM patient_secret") == 0)
  }

  @Test func detailsAreNoSignInWhereThereIsAStaff() throws {
    _ = try house()
    #expect(try desk.bookings.register(Desk.details("Ann")).code == nil, "a repeated request")
    desk.clinic.clock.advance(seconds: 900)
    #expect(try desk.bookings.register(Desk.details("Ann")).code == .alreadyRegistered)
  }

  @Test func anotherPostAnotherPassphraseOrClosingEndsTheSessions() throws {
    let house = try house()
    let post = try StaffPost(role: .frontDesk, npi: nil, sites: [Desk.heart.site])
    func isIn(_ token: SessionToken) throws -> Bool {
      try desk.bookings.whoIs(token).code == nil
    }
    #expect(try isIn(house.siteToken))
    _ = try desk.bookings.changeStaff(login: "mona", to: post, by: house.admin).value
    #expect(try !isIn(house.siteToken))
    let mona = try signIn("mona", house.codes["mona"]).value.token
    #expect(try desk.bookings.whoIs(mona).value.post == post)
    let codes = try desk.bookings.resetStaff(
      login: "mona", passphrase: "other words of hers", by: house.admin
    ).value
    #expect(try !isIn(mona))
    #expect(try signIn("mona", house.codes["mona"]).code == .signInFailed)
    let again = try signIn("mona", codes, passphrase: "other words of hers").value.token
    _ = try desk.bookings.closeStaff(login: "mona", by: house.admin).value
    #expect(try !isIn(again))
    #expect(try signIn("mona", codes, passphrase: "other words of hers").code == .signInFailed)
    #expect(try desk.bookings.closeStaff(login: "mona", by: house.admin).code == .unknownLogin)
    #expect(try desk.bookings.closeStaff(login: "iris", by: house.admin).code == .lastAdministrator)
    #expect(
      try desk.bookings.changeStaff(login: "iris", to: post, by: house.admin).code
        == .lastAdministrator)
    #expect(
      try desk.bookings.addStaff(
        login: "mona", post, passphrase: Self.passphrase, by: house.admin
      ).code == .loginTaken)
  }

  /// The same answer, whatever is wrong; and after five the same lock, whoever has the name.
  @Test func failuresAreAlikeAndCloseTheName() throws {
    let house = try house()
    let codes = house.codes["mona"]
    #expect(try signIn("mona", codes, passphrase: "wrong").code == .signInFailed)
    #expect(try signIn("mona", nil).code == .signInFailed)
    #expect(try signIn("mona", codes).code == nil, "and the count begins anew")
    for name in ["mona", "nobody.has.this", "ann@example.org", "not a name at all"] {
      for _ in 1...4 {
        #expect(try signIn(name, codes, passphrase: "wrong").code == .signInFailed)
      }
      // The fifth closes the name for a minute, the sixth for two, up to an hour.
      for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
        #expect(try signIn(name, codes, passphrase: "wrong", later: 1).code == .signInFailed)
        let wait = Int64(minutes) * 60 - 1
        #expect(try signIn(name, codes, later: wait).code == .lockedOut, "\(name), \(minutes)")
      }
    }
    #expect(
      try desk.clinic.count(
        "SELECT count(*) FROM audit WHERE action = 'sign-in-refused' AND patient_id IS NOT NULL")
        == 0)
  }

  /// However an address is written, it is one name.
  @Test func spellingsOfAnAddressShareTheirAttempts() throws {
    _ = try desk.bookings.setPassphrase(
      Self.passphrase, present: nil, newCodes: false, as: desk.ann
    ).value
    for name in ["ann@example.org", " ann@example.org", "ANN@example.org\t", "Ann@Example.org"] {
      #expect(try signIn(name, nil, passphrase: "wrong", later: 1).code == .signInFailed)
    }
    #expect(try signIn("\n ann@example.org ", nil, passphrase: "x").code == .signInFailed)
    for name in ["ann@example.org", "  ann@example.org"] {
      #expect(try signIn(name, nil, later: 1).code == .lockedOut)
    }
  }

  @Test func aCodeOpensOnce() throws {
    let house = try house()
    desk.clinic.clock.advance(seconds: 60)
    let attempt = SignInAttempt(
      name: "mona", passphrase: Passphrase(typed: Self.passphrase),
      code: house.codes["mona"]?.code(at: now))
    #expect(try desk.bookings.signIn(attempt).code == nil)
    #expect(try desk.bookings.signIn(attempt).code == .signInFailed)
  }

  /// Who can write the file and has no key makes no administrator of themselves.
  @Test func anAccountEditedOutsideDoesNotOpen() throws {
    let house = try house()
    try desk.clinic.stray(
      "UPDATE staff SET role = 'administrator', sites = '' WHERE login = 'mona'")
    #expect(throws: SealingError.self) { try signIn("mona", house.codes["mona"]) }
  }

  @Test func anOlderBackupBringsNoAccountBack() throws {
    let house = try house()
    let file = desk.clinic.home.path + "/older"
    try desk.store.backUp(to: file, vault: desk.vault)
    _ = try desk.bookings.closeStaff(login: "mona", by: house.admin).value
    let ann = try desk.bookings.setPassphrase(
      Self.passphrase, present: nil, newCodes: false, as: desk.ann
    ).value
    _ = try desk.bookings.signOut(ann.token).value
    _ = try desk.store.restore(
      from: file, keeping: desk.clinic.home.path + "/kept", vault: desk.vault)
    #expect(try signIn("mona", house.codes["mona"]).code == .signInFailed)
    #expect(try desk.bookings.whoIs(house.heartToken).code == .notSignedIn)
    #expect(try desk.bookings.whoIs(desk.ann).code == .notSignedIn)
    #expect(try signIn("ann@example.org", nil).code == nil)
    #expect(try signIn("iris", house.codes["iris"]).code == nil)
    #expect(try desk.bookings.staff(by: owner).code == .notSignedIn)
    try desk.store.read { _ = try $0.verifyAudit(vault: desk.vault) }
  }

  /// A backup from before a data key was added has not got that key.
  @Test func aBackupOfBeforeTheKeysChangedKeepsTheAccountsOfToday() throws {
    let house = try house()
    let file = desk.clinic.home.path + "/older"
    try desk.store.backUp(to: file, vault: desk.vault)
    let master = try desk.clinic.home.keyFile.load()
    let fresh = try desk.store.addDataKey(master: master, by: .system, vault: desk.vault)
    _ = try desk.store.reseal(vault: fresh, wishKeys: Wish.keys(ofEncoded:))
    _ = try desk.store.restore(
      from: file, keeping: desk.clinic.home.path + "/kept", vault: desk.vault, present: fresh)
    #expect(try Vault.open(for: desk.store).ring.keys.count == 1)
    #expect(try signIn("iris", house.codes["iris"]).code == nil)
    #expect(try signIn("dr.heart", house.codes["dr.heart"]).code == nil)
    try desk.store.read { _ = try $0.verifyAudit(vault: desk.vault) }
  }

  @Test func whatIsNotOnesOwnIsRefusedAndRecorded() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), reason: "rash", as: desk.ann).value
    let before = try desk.clinic.count("SELECT max(sequence) FROM audit")
    let unknown = ClaimID(appointment: "a-0000000000001")!
    for id in [visit.id, unknown] {
      #expect(try desk.bookings.cancel(id, as: desk.bob).code == .unknownAppointment)
      #expect(
        try desk.bookings.history(of: id, by: .patient(desk.bob)).code == .unknownAppointment)
      #expect(
        try desk.bookings.reschedule(id, to: .slot(desk.slot(10)), as: desk.bob).code
          == .unknownAppointment)
    }
    let bob = try patient(desk.bob)
    #expect(
      try desk.clinic.count(
        """
        SELECT count(*) FROM audit WHERE sequence > \(before) AND action = 'refused'
          AND actor = 'patient \(bob)'
        """) == 6)
  }

  /// An answer that shows a reason is a read, however often it was given.
  @Test func repeatedAnswersAreOnRecord() throws {
    let place = Place.slot(desk.slot(9))
    let first = try desk.bookings.book(place, reason: "rash", idempotencyKey: "k", as: desk.ann)
      .value
    let again = try desk.bookings.book(place, reason: "rash", idempotencyKey: "k", as: desk.ann)
      .value
    #expect(again.reason == "rash")
    let last = "SELECT actor || ' ' || action FROM audit ORDER BY sequence DESC LIMIT 1"
    #expect(try desk.clinic.text(last) == "patient \(try patient(desk.ann)) read-appointment")
    desk.clinic.clock.set(to: first.start)
    for action in ["check-in", "read-appointment"] {
      _ = try desk.bookings.checkIn(first.id, by: FrontDesk(name: "mona")).value
      #expect(try desk.clinic.text(last) == "front-desk mona \(action)")
    }
    // Another patient's same key is their own.
    #expect(
      try desk.bookings.book(place, idempotencyKey: "k", as: desk.bob).code == .sessionExpired)
  }
}
