import Foundation
import Testing

/// Role × command × owner: each command is run by each role on its own and on others' visits,
/// patients and schedules.
///
/// What is expected stands here, apart from the program's own table. `+` is allowed, `-` refused
/// with exit code 77, `?` answered as if there were no such visit, so that a patient does not learn
/// that there is one.
@Suite struct PermissionMatrixTests {
  /// The command, then what nobody, a patient, a practitioner, a front desk and an administrator may
  /// with their own, and where that differs, after a slash, with others'. Then the arguments; what
  /// is in brackets is what others' is named by. Commands are such that, allowed or not, the next
  /// row finds the home as it needs it.
  static let table = """
    search                  +++++        dentist --limit 1 --budget-ms 60000
    parse                   +++++        dentist
    slots                   +++++        $ROLE
    why-not                 +++++        $ROLE 2026-12-01T09:00
    config get              +++++        near
    work                    +++++        --once
    doctor                  +++++
    backup                  +++++        no/such/folder/copy
    whoami                  -++++
    register                +++++        --name X --birth-date 1 --email x --phone 1
    login                   +++++
    passphrase              -++++

    hold                    -+---        1234567893-4fz0q8-20261201T1400Z-30p
    release                 -+---        h-1nr7pm40k2vf8
    book                    -+---        1234567893-4fz0q8-20261201T1400Z-30p
    appointments            -+---
    waitlist join           -+---        --with $ROLE
    waitlist list           -+---
    waitlist claim          -+---        w-1nr7pm40k2vf8
    waitlist leave          -+---        w-1nr7pm40k2vf8

    appointments            -+++-/-?---  [VISIT] --history --as-front-desk
    agenda                  --++-/-----  --with [ROLE]
    patient show            --++-/-----  [PATIENT]
    patient find            --++-        --phone 212-555-0199
    reschedule              -+---/-?---  [VISIT] 1234567893-4fz0q8-20261201T1400Z-30p
    messages list           -+++-        --as-front-desk
    messages list           -----        --as-front-desk --dry-run
    messages show           -+++-/-?---  [VISIT] --as-front-desk
    messages resend         -+-+-/-?---  [VISIT] --as-front-desk
    patient preferences     -+-+-/-----  [PATIENT] --language en
    messages notify         --++-/-----  [NPI] --off
    check-in                --++-/-----  [VISIT]
    no-show                 --++-/-----  [VISIT]
    complete                --++-/-----  [VISIT]
    cancel                  ---+-/-----  [VISIT] --as-front-desk --override fire
    cancel                  -+++-/-?---  [VISIT]

    schedule show           --++-        $ROLE
    schedule import         --++-        no-such-file
    schedule set            --++-/-----  [ROLE] --notice-minutes usual
    schedule hours list     --++-        $ROLE
    schedule hours add      --++-/-----  [ROLE] --from 2027-01-05T10:00 --to 2027-01-05T11:00 --minutes 30 --dry-run
    schedule hours remove   --++-        $ROLE 99
    schedule time-off list  --++-        $ROLE
    schedule time-off add   --++-/-----  [ROLE] --from 2027-01-05 --to 2027-01-05 --dry-run
    schedule time-off remove --++-       $ROLE 99
    schedule holiday list   --++-        $SITE
    schedule holiday add    --++-/-----  [SITE] 2027-01-05 Closed --dry-run
    schedule holiday remove --++-        $SITE 2027-01-06
    schedule room list      --++-        $SITE
    schedule room add       --++-/-----  [SITE] exam 1
    schedule room remove    --++-        $SITE exam 99
    schedule visit-type list --++-       $ROLE
    schedule visit-type add --++-/-----  [ROLE] long --minutes 60 --dry-run
    schedule visit-type remove --++-     $ROLE none

    config set              ---++        session-hours 12
    doctor                  ---+-        --time-zones
    audit verify            ----+
    audit show              ----+
    audit export            ----+        no/such/folder/trail
    keys reencrypt          ----+
    restore                 ----+        no-such-file
    break-glass list        ----+
    retention report        ----+
    retention apply         ----+
    retention hold          ----+        $PATIENT --reason dispute
    retention lift          ----+        99
    retention holds         ----+
    keys status             ----+
    keys rotate             ----+        --to no/such/folder/key
    keys prune              ----+
    staff list              ----+
    staff add               ----+        x --role administrator
    staff change            ----+        no-one --role administrator
    staff reset             ----+        no-one
    staff close             ----+        no-one

    patient reset           ---+-/-----  [PATIENT] --passphrase-file pass
    break-glass open        --++-        --reason drill
    logout                  +++++
    """

  struct Row: Sendable, CustomTestStringConvertible {
    let command: String
    let own: [Character]
    let others: [Character]?
    let arguments: String

    var testDescription: String { "\(command) \(arguments)" }
  }

  static let rows: [Row] = table.split(separator: "\n").compactMap { line in
    guard let match = line.wholeMatch(of: #/\s*([a-z -]*?)\s+([+?-]{5})(?:/([+?-]{5}))?\s*(.*)/#)
    else { return nil }
    return Row(
      command: String(match.1), own: Array(match.2), others: match.3.map { Array($0) },
      arguments: String(match.4))
  }

  @Test func everyCellIsAsTheTableSays() throws {
    let home = try StaffedHome()
    for row in Self.rows {
      for (role, (own, others)) in zip(
        StaffedHome.roles,
        zip(
          row.own,
          row.others.map { $0.map(Optional.some) }
            ?? Array(repeating: nil, count: 5)))
      {
        if let others { try check(row, role, others, "$OTHERS_", home) }
        try check(row, role, own, "$", home)
      }
    }
  }

  private func check(
    _ row: Row, _ role: String, _ expected: Character, _ prefix: String, _ home: StaffedHome
  ) throws {
    let arguments = row.arguments.replacing(#/\[([A-Z]+)\]/#) { "\(prefix)\($0.1)" }
    let run = try home.run("nearcare \(row.command) \(arguments)", as: role)
    let found: Character =
      run.status == 77 ? "-" : run.stderr.contains("you have no appointment") ? "?" : "+"
    #expect(found == expected, "\(role): \(row.command) \(arguments): \(run)")
    #expect(![70, 139].contains(run.status), "\(role): \(row.command) \(arguments): \(run)")
    guard expected != "+" else { return }
    #expect(run.stdout.isEmpty, "nothing is told")
    for word in ["Quinlan", "Zebedee", "itching"] { #expect(!run.stderr.contains(word)) }
  }

  /// A command that is new has no row yet, and fails here.
  @Test func everyCommandHasARow() throws {
    let run = try ToolRun.shell("nearcare --experimental-dump-help", environment: [:])
    let tree = try #require(try run.json()["command"] as? [String: Any])
    let listed = Set(Self.rows.map(\.command))
    let known = Set(Self.commands(below: tree, named: ""))
    #expect(listed.subtracting(known) == [], "no such command")
    #expect(known.subtracting(listed) == [], "commands without a row")
  }

  private static func commands(below node: [String: Any], named path: String) -> [String] {
    let children = (node["subcommands"] as? [[String: Any]] ?? [])
      .filter { $0["commandName"] as? String != "help" }
    guard !children.isEmpty else { return [path] }
    return children.flatMap { child in
      let name = child["commandName"] as? String ?? "?"
      return commands(below: child, named: path.isEmpty ? name : "\(path) \(name)")
    }
  }

  /// In a home without an account the owner of its files may do all that the staff may.
  @Test func theOwnerOfAHomeWithoutAccountsActsForTheStaff() throws {
    let home = try SampleHome()
    let ids = """
      export ROLE=1234567893-4fz0q8 SITE=4fz0q8 VISIT=a-1nr7pm40k2vf8 PATIENT=p-1nr7pm40k2vf8 \
      NPI=1234567893; \
      cd $SAMPLE
      """
    for row in Self.rows where row.own[2...].contains("+") && row.command != "passphrase" {
      guard row.command != "break-glass open" else { continue }
      let arguments = row.arguments.replacing(#/\[([A-Z]+)\]/#) { "$\($0.1)" }
      let words = row.command.hasPrefix("cancel") ? "\(arguments) --as-front-desk" : arguments
      let run = try home.run("\(ids); nearcare \(row.command) \(words)")
      #expect(run.status != 77, "\(row.command): \(run)")
    }
  }
}
