import Foundation
import Testing

/// Canary patients: what they are called, how they are reached and what they suffer from is found in
/// no file that the programs leave, whatever happened to them.
@Suite struct LeakTests {
  private static let canaries = [
    "Xylwhelmina", "Quackenbuxh", "xylwhelmina.q", "canary.example", "6465538841", "553-8841",
    "1931-07-09", "zygomycosis", "Feathxrstonehaugh", "overslept badly",
  ]
  /// Commands of a patient under way, most of them killed half-way. NEARCARE_KILLS=100 for longer.
  private static let kills =
    ProcessInfo.processInfo.environment["NEARCARE_KILLS"].flatMap { Int($0) } ?? 6

  private static let register = """
    nearcare register --name "Xylwhelmina Quackenbuxh" --birth-date 1931-07-09 \
    --email xylwhelmina.q@canary.example --phone 646-553-8841
    """

  private func home() throws -> (home: SampleHome, slots: [String]) {
    let home = try SampleHome()
    let found = try home.run(
      """
      nearcare search --near 10001 --radius 5000 --limit 3 --slots 20 --budget-ms 60000 --json \
      | grep -o '[0-9]*-[0-9a-z]*-[0-9T]*Z-[0-9]*[pt]'
      """)
    return (home, found.stdout.split(separator: "\n").map(String.init))
  }

  @Test func aRandomWorkloadWithKillsLeavesNoPlainTextInAnyFile() throws {
    let (home, slots) = try home()
    #expect(try home.run(Self.register).status == 0)
    let reason = "--reason 'zygomycosis, seen by Dr Feathxrstonehaugh'"
    var commands = slots.prefix(Self.kills).flatMap { slot in
      ["nearcare book \(slot) \(reason)", "nearcare appointments"]
    }
    commands += [
      "nearcare cancel $(nearcare appointments | grep booked | head -1 | cut -d' ' -f1) "
        + "--reason 'overslept badly'",
      "nearcare waitlist join --with \(slots[0].split(separator: "-")[0]) --json",
      "nearcare keys rotate --reencrypt", "nearcare backup copy.sqlite",
      "nearcare audit export trail.ndjson", "nearcare doctor", "nearcare work --once",
    ]
    for (number, command) in commands.enumerated() {
      // A third of them to the end, so that there is something to leak.
      let delay = number % 3 == 0 ? "1" : "0.0\(number * 7 % 9 + 1)"
      _ = try home.run(
        "cd $SAMPLE; export TMPDIR=$SAMPLE; timeout -s KILL \(delay) sh -c \"\(command)\" > out-\(number) 2> err-\(number)"
      )
    }
    #expect(try home.run("nearcare keys reencrypt").status == 0)
    #expect(
      try home.run("cd $SAMPLE; rm out-* ; nearcare appointments | grep -c booked").status == 0)
    for canary in Self.canaries {
      // Mails that wait for a mail server in the home's Maildir are what they are: see THREATMODEL.
      let found = try home.run("grep -rlai --exclude-dir=mail -- '\(canary)' $SAMPLE")
      #expect(found.stdout.isEmpty, "\(canary) stands in \(found.stdout)")
    }
  }

  /// Keys are changed while commands die at any moment, and all that was written opens. As many
  /// kills as above, between when a command has started and when it would have ended.
  @Test func reencryptionKilledAndResumedLosesNothing() throws {
    let (home, slots) = try home()
    #expect(try home.run(Self.register).status == 0)
    for slot in slots.prefix(5) {
      _ = try home.run("nearcare book \(slot) --reason zygomycosis")
    }
    let before = try home.run("nearcare appointments")
    #expect(before.stdout.split(separator: "\n").count > 1)
    let clock = ContinuousClock()
    let start = try clock.measure { _ = try home.run("nearcare keys status") } / .seconds(1)
    let whole =
      try clock.measure { _ = try home.run("nearcare keys rotate --reencrypt") } / .seconds(1)
    var killed = 0
    for number in 0..<Self.kills {
      let command = number % 2 == 0 ? "rotate --reencrypt" : "reencrypt"
      let share = (Double(number) * 0.618).truncatingRemainder(dividingBy: 1)
      let delay = start * 0.7 + share * max(whole * 1.1 - start * 0.7, 0.01)
      let run = try home.run(
        "timeout -s KILL \(String(format: "%.4f", delay)) nearcare keys \(command)")
      if run.status == 137 { killed += 1 }
      #expect(try home.run("nearcare appointments").stdout == before.stdout)
    }
    if Self.kills > 6 { print("\(killed) of \(Self.kills) were killed") }
    #expect(try home.run("nearcare keys reencrypt").status == 0)
    let status = try home.run("nearcare keys status --json").json()
    #expect(status["sealed_under_former_keys"] as? Int == 0)
    #expect(try home.run("nearcare appointments").stdout == before.stdout)
    #expect(try home.run("nearcare audit verify").status == 0)
    #expect(try home.run("nearcare doctor").stdout.contains("BAD") == false)
    #expect(try home.run("nearcare keys prune").status == 0)
    let found = try home.run("grep -rlai --exclude-dir=mail zygomycosis $SAMPLE")
    #expect(found.stdout.isEmpty, "\(found)")
  }

  /// While a command runs, what it was given is not to be read by everybody on the machine.
  @Test func argumentsAreNotShown() throws {
    let home = try SampleHome()
    let run = try home.run(
      """
      mkfifo $SAMPLE/typed; exec 3<> $SAMPLE/typed; \
      nearcare login xylwhelmina.q@canary.example < $SAMPLE/typed 2> $SAMPLE/said & \
      for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do \
        grep -q canary /proc/$!/cmdline || break; /bin/sleep 0.1; done; \
      tr '\\0' ' ' < /proc/$!/cmdline; kill -9 $!
      """)
    #expect(run.stdout.contains("nearcare") && !run.stdout.contains("canary"), "\(run)")
  }

  /// A crash leaves no memory behind: neither a file nor a handler may have it.
  @Test func coreDumpsAreForbidden() throws {
    let home = try SampleHome()
    let run = try home.run(
      """
      ulimit -c unlimited 2>/dev/null; nearcare work --every 3600 & \
      for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do \
        grep -q '^Max core file size *0 *0 ' /proc/$!/limits && break; /bin/sleep 0.1; done; \
      grep '^Max core' /proc/$!/limits; kill -9 $!
      """)
    #expect(run.stdout.contains(#/Max core file size +0 +0 /#), "\(run)")
  }
}
