import Foundation
import Testing

/// What a reviewer tries in the first hour.
@Suite struct ReviewTests {
  private static let register = """
    nearcare register --name "Ana Example" --birth-date 1990-04-12 --email ana@example.com \
    --phone 212-555-0100
    """
  private static let passphrase = StaffedHome.passphrase

  @Test func aSessionFileIsWorthNothingAfterSigningOut() throws {
    let home = try StaffedHome()
    let taken = home.session(of: "patient") + ".taken"
    try FileManager.default.copyItem(atPath: home.session(of: "patient"), toPath: taken)
    let with = ["NEARCARE_SESSION": taken]
    #expect(try home.run("nearcare appointments", as: "patient", extra: with).status == 0)
    #expect(try home.run("nearcare logout", as: "patient").status == 0)
    #expect(try home.run("nearcare appointments", as: "patient", extra: with).status == 77)
    #expect(try home.run("nearcare whoami", as: "patient", extra: with).status == 77)
    _ = try home.run("chmod 644 \(taken)", as: "patient")
    let loose = try home.run("nearcare appointments", as: "patient", extra: with)
    #expect(loose.status == 77 && loose.stderr.contains("mode 0644"), "\(loose)")
  }

  /// Nine guesses by as many processes at once are five guesses.
  @Test func aLockHoldsForAllProcesses() throws {
    let home = try StaffedHome()
    let run = try home.run(
      """
      seq 9 | xargs -P 9 -I GUESS sh -c 'echo GUESS | nearcare login the-front-desk 2>> said'; \
      grep -c 'is wrong' said; grep -c 'failed too often' said; \
      printf '%s\\n' "\(Self.passphrase)" 000000 | nearcare login the-front-desk
      """, as: "nobody")
    #expect(run.stdout == "5\n4\n", "\(run)")
    #expect(run.status == 77 && run.stderr.contains("failed too often"), "\(run)")
    // Nobody else is locked out, and who is signed in goes on.
    #expect(try home.run("nearcare agenda", as: "front-desk").status == 0)
  }

  @Test func aReplayedKeyIsTheSamePatientsAlone() throws {
    let home = try StaffedHome()
    let find = "nearcare slots $ROLE --json | grep -o '[0-9]*-[0-9a-z]*-[0-9T]*Z-[0-9]*[pt]'"
    let slots = try home.run(find, as: "patient").stdout.split(separator: "\n").map(String.init)
    let book = "nearcare book \(slots[1]) --idempotency-key k1 --reason itching --json"
    let first = try home.run(book, as: "patient")
    #expect(first.status == 0, "\(first)")
    #expect(try home.run(book, as: "patient").stdout == first.stdout)
    let other = try home.run(
      "nearcare book \(slots[2]) --idempotency-key k1 --json", as: "patient")
    #expect(other.status == 2 && other.stdout.contains("idempotency-key-reused"), "\(other)")
    let stranger = try home.run(book, as: "other")
    #expect(stranger.status == 2 && stranger.stdout.contains("slot-taken"), "\(stranger)")
    #expect(!stranger.stdout.contains("itching"))
  }

  @Test(arguments: [
    "1234567893-4fz0q8-20261201T1400Z-30p'; DROP TABLE claim; --", "../../etc/passwd",
    "1234567893-4fz0q8-99999999T9999Z-30p", "1234567893-4fz0q8-20261201T1400Z-99999999999p",
    "h-zzzzzzzzzzzzz", "h-0000000000000", "%s%s%n",
    "1234567893-4fz0q8-20261201T1400Z-30p-\u{202E}x",
  ])
  func craftedSlotIDs(id: String) throws {
    let home = try StaffedHome()
    let quoted = "'" + id.replacingOccurrences(of: "'", with: "'\\''") + "'"
    for command in ["hold", "book", "slots", "why-not", "release", "cancel"] {
      let time = command == "why-not" ? " 2026-12-01T09:00" : ""
      let run = try home.run("nearcare \(command) \(quoted)\(time)", as: "patient")
      #expect([2, 64].contains(run.status), "\(command) \(id): \(run)")
      #expect(!run.stderr.contains("\u{202E}"))
    }
    #expect(try home.run("nearcare appointments", as: "patient").status == 0)
  }

  @Test func whatSteersATerminalIsRefusedOrReplaced() throws {
    let home = try StaffedHome()
    let name = try home.run(
      """
      nearcare register --name "$(printf 'Eve\\033[2J Example')" --birth-date 1990-04-12 \
      --email eve@example.com --phone 212-555-0105
      """, as: "new")
    #expect(name.status == 64 && name.stderr.contains("control character"), "\(name)")
    let find = "nearcare slots $ROLE --json | grep -o '[0-9]*-[0-9a-z]*-[0-9T]*Z-[0-9]*[pt]'"
    let slot = try home.run("\(find) | sed -n 2p", as: "patient").stdout
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let book = try home.run(
      "nearcare book \(slot) --reason \"$(printf 'red\\033[31m eyes')\"", as: "patient")
    #expect(book.status == 0, "\(book)")
    let shown = try home.run("nearcare patient show $PATIENT", as: "front-desk")
    #expect(shown.stdout.contains("red\u{FFFD}[31m eyes"), "\(shown)")
    let break1 = try home.run(
      "nearcare break-glass open --reason \"$(printf 'a\\033]0;b\\007')\"", as: "front-desk")
    #expect(break1.status == 0)
    let listed = try home.run("nearcare break-glass list", as: "administrator")
    #expect(listed.status == 0 && !listed.stdout.contains("\u{1B}"), "\(listed)")
  }

  @Test func aMegabyteOfReasonsIsRefused() throws {
    let home = try StaffedHome()
    for command in [
      "book 1234567893-4fz0q8-20261201T1400Z-30p --reason", "cancel $VISIT --reason",
      "book 1234567893-4fz0q8-20261201T1400Z-30p --idempotency-key",
    ] {
      // One argument may have 128 KiB, so nine of them together.
      let run = try home.run(
        "nearcare \(command) \"$(head -c 100000 /dev/zero | tr '\\0' x)\"", as: "patient")
      #expect(run.status == 64 && run.stderr.count < 1000, "\(run.status)")
    }
    let secret = try home.run(
      "head -c 1000000 /dev/zero | tr '\\0' x | nearcare passphrase", as: "patient")
    #expect(secret.status == 64, "\(secret)")
  }

  @Test func theKeyIsNoLinkAndNobodyElsesToRead() throws {
    let home = try SampleHome()
    #expect(try home.run(Self.register).status == 0)
    let loose = try home.run("chmod 640 $NEARCARE_HOME/key; nearcare appointments")
    #expect(loose.status == 77 && loose.stderr.contains("chmod 600"), "\(loose)")
    let link = try home.run(
      """
      cd $NEARCARE_HOME; chmod 600 key; mv key elsewhere; ln -s elsewhere key; \
      nearcare appointments
      """)
    #expect(link.status == 65 && link.stderr.contains("not a regular file"), "\(link)")
    #expect(
      try home.run("cd $NEARCARE_HOME; mv -f elsewhere key; nearcare appointments").status == 0)
    let world = try home.run("chmod 777 $NEARCARE_HOME; nearcare appointments")
    #expect(world.status == 77 && world.stderr.contains("chmod 700"), "\(world)")
    // A home that others may list still holds nothing that they may read.
    let modes = try home.run(
      """
      chmod 755 $NEARCARE_HOME; nearcare config set near 10001; nearcare appointments; \
      find $NEARCARE_HOME -maxdepth 1 -type f -perm /077
      """)
    #expect(modes.status == 0 && modes.stdout.isEmpty, "\(modes)")
  }
}
