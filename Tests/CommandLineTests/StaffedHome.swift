import Foundation

/// A home with accounts of the staff and two patients, each with a visit at another practitioner and
/// site, and a session file for each of them. The first patient's practitioner and front desk have
/// the accounts.
///
/// Made once and copied: each sign-in costs a scrypt. Its clock stands still.
final class StaffedHome {
  let root: URL
  /// What the shell variables in commands stand for, `$VISIT` and `$OTHERS_VISIT` among them.
  let names: [String: String]
  /// Of the terminals, by role; nobody's is empty.
  static let roles = ["nobody", "patient", "practitioner", "front-desk", "administrator"]

  init() throws {
    let prototype = try Self.prototype.get()
    root = FileManager.default.temporaryDirectory
      .appendingPathComponent("nearcare-staffed-\(ProcessInfo.processInfo.globallyUniqueString)")
    try FileManager.default.copyItem(at: prototype.sample.root, to: root)
    names = prototype.names
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  var home: String { root.appendingPathComponent("home").path }

  func session(of role: String) -> String { root.appendingPathComponent("\(role).session").path }

  func run(
    _ command: String, as role: String, extra: [String: String] = [:]
  ) throws -> ToolRun {
    try ToolRun.shell(
      "cd \(root.path) && \(command)", environment: environment(role).merging(extra) { $1 })
  }

  func environment(_ role: String) -> [String: String] {
    names.merging([
      "NEARCARE_HOME": home, "NEARCARE_NOW": SampleHome.now, "NEARCARE_NEAR": "10001",
      "NEARCARE_SESSION": session(of: role), "TZ": "America/New_York", "HOME": root.path,
    ]) { $1 }
  }

  static let passphrase = "correct horse battery staple"

  private struct Prototype: Sendable {
    let sample: SampleHome
    var names: [String: String] = [:]
    var secrets: [String: String] = [:]

    func run(_ command: String, as role: String) throws -> [String: Any] {
      let session = sample.root.appendingPathComponent("\(role).session").path
      let run = try sample.run(
        "cd \(sample.path) && \(command) --json",
        extra: names.merging(["NEARCARE_SESSION": session]) { $1 })
      guard run.status == 0 else { throw SampleHome.SetUpFailed(command: command, run: run) }
      return try run.json()
    }

    mutating func build() throws {
      try Data("\(StaffedHome.passphrase)\n".utf8).write(
        to: sample.root.appendingPathComponent("pass"))
      _ = try sample.run("chmod 600 \(sample.path)/pass")
      let people = [("Quinlan", "patient", ""), ("Zebedee", "other", "OTHERS_")]
      let slots = try slotsAtTwoSites()
      for (number, (name, session, prefix)) in people.enumerated() {
        let registered = try run(
          """
          nearcare register --name "\(name) Example" --birth-date 1990-04-12 \
          --email \(name)@example.com --phone 212-555-010\(number)
          """, as: session)
        names[prefix + "PATIENT"] = registered["patient_id"] as? String
        names[prefix + "SLOT"] = slots[number]
        let parts = slots[number].split(separator: "-")
        names[prefix + "ROLE"] = "\(parts[0])-\(parts[1])"
        names[prefix + "NPI"] = "\(parts[0])"
        names[prefix + "SITE"] = "\(parts[1])"
        let booked = try run(
          "nearcare book \(slots[number]) --reason \"itching of \(name)\"", as: session)
        names[prefix + "VISIT"] = booked["appointment_id"] as? String
      }
      try addStaff()
    }

    private mutating func addStaff() throws {
      let posts = [
        ("administrator", "--role administrator"),
        ("practitioner", "--role practitioner --npi $NPI"),
        ("front-desk", "--role front-desk --site $SITE"),
      ]
      for (role, post) in posts {
        let added = try run(
          "nearcare staff add the-\(role) \(post) --passphrase-file pass", as: "administrator")
        secrets[role] = added["one_time_secret"] as? String
        names["CODE"] = try StaffedHome.code(secrets[role] ?? "")
        _ = try run(
          "printf '%s\\n' \"\(StaffedHome.passphrase)\" $CODE | nearcare login the-\(role)",
          as: role)
      }
    }

    private func slotsAtTwoSites() throws -> [String] {
      let found = try run(
        "nearcare search --near 10001 --radius 5000 --limit 60 --slots 1 --budget-ms 60000",
        as: "nobody")
      let ids = (found["results"] as? [[String: Any]] ?? []).compactMap { result in
        (result["slots"] as? [[String: Any]])?.first?["id"] as? String
      }
      let first = ids[0].split(separator: "-")
      let second = ids.first { id in
        let parts = id.split(separator: "-")
        return parts[0] != first[0] && parts[1] != first[1]
      }
      return [ids[0], second ?? ""]
    }
  }

  private static let prototype = Result<Prototype, any Error> {
    var prototype = Prototype(sample: try SampleHome())
    try prototype.build()
    return prototype
  }

  /// An authenticator app's code at the clock's time, by RFC 6238 and Python.
  static func code(_ secret: String, secondsLater: Int = 0) throws -> String {
    let script = """
      import base64, datetime, hmac, sys
      now = int(datetime.datetime.fromisoformat(sys.argv[2]).timestamp()) + int(sys.argv[3])
      mac = hmac.digest(base64.b32decode(sys.argv[1]), (now // 30).to_bytes(8, "big"), "sha1")
      at = mac[19] & 15
      print(f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7fffffff) % 1000000:06}")
      """
    let run = try ToolRun.shell(
      "python3 -c '\(script.replacingOccurrences(of: "'", with: "'\\''"))' "
        + "\(secret) \(SampleHome.now) \(secondsLater)",
      environment: [:])
    return run.stdout.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
