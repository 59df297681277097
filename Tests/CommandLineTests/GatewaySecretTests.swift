import Foundation
import Testing

/// Canaries: the secrets of a home's gateways, and what a gateway repeats of a patient, are in nothing
/// that the programs print or leave behind, whatever the gateways answer.
@Suite struct GatewaySecretTests {
  private static let canaries = [
    "canary-of-twilio-71", "canary-of-the-webhook-0123456789ab", "canary-of-the-server-0123456789",
    // As basic authentication has it.
    Data("AC1:canary-of-twilio-71".utf8).base64EncodedString(), "16465538841", "canary-device",
  ]

  /// Ports on which nobody answers, and one that answers each request with what it was sent.
  private static let settings = """
    sms.url = http://127.0.0.1:$PORT/2010/Messages.json
    sms.from = +12125550100
    sms.user = AC1
    sms.password = canary-of-twilio-71
    webhook.url = http://127.0.0.1:$PORT/hook
    webhook.secret = canary-of-the-webhook-0123456789ab
    daily.url = https://clinic.daily.co
    daily.api = http://127.0.0.1:$PORT/v1
    daily.domain-id = d-1
    daily.key = canary-of-the-server-0123456789-012
    """

  /// Says back all that it hears, as an error, with the status that the path's turn has.
  private static let echo = """
    import http.server, json, os, sys, threading
    class Echo(http.server.BaseHTTPRequestHandler):
        turn = 0
        def log_message(self, *arguments): pass
        def do_POST(self):
            Echo.turn += 1
            heard = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            said = json.dumps({"sid": None, "message": heard + str(self.headers)}).encode()
            self.send_response([200, 400, 401, 429, 500, 302][Echo.turn % 6])
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
    server = http.server.HTTPServer(("127.0.0.1", 0), Echo)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)
    """

  @Test func secretsAreNeitherPrintedNorKept() throws {
    let home = try SampleHome()
    let script = home.root.appendingPathComponent("echo.py")
    try Data(Self.echo.utf8).write(to: script)
    let server = Process()
    server.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    server.arguments = [script.path]
    let (input, output) = (Pipe(), Pipe())
    server.standardInput = input
    server.standardOutput = output
    try server.run()
    // It ends with its input.
    defer { input.fileHandleForWriting.closeFile() }
    let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try Data(Self.settings.replacing("$PORT", with: port).utf8).write(
      to: URL(fileURLWithPath: home.home + "/messaging"))
    let setUp = try home.run(
      """
      cd $SAMPLE; chmod 600 $NEARCARE_HOME/messaging; (umask 077; echo canary-device > device)
      nearcare register --name "Xan Thippe" --birth-date 1990-04-12 --email x@example.com \
        --phone 646-553-8841 >/dev/null 2>&1
      nearcare patient preferences --channels sms,push --quiet none --device-file device >/dev/null
      for slot in $(nearcare search --near 10001 --radius 5000 --limit 3 --slots 1 \
        --budget-ms 60000 --json | grep -o '[0-9]\\{10\\}-[0-9a-z]*-[0-9]*T[0-9]*Z-[0-9]*[pt]'); do
        nearcare book $slot >/dev/null; done; rm device; nearcare messages | wc -l
      """)
    #expect(setUp.status == 0, "\(setUp)")
    var printed = ""
    for minutes in stride(from: 0, to: 60, by: 15) {
      let run = try home.run(
        "cd $SAMPLE; nearcare work --once; nearcare work --once --json",
        extra: ["NEARCARE_NOW": "2026-11-24T10:\(minutes < 10 ? "0" : "")\(minutes):00-05:00"])
      printed += run.stdout + run.stderr
    }
    let shown = try home.run(
      """
      nearcare messages --json; nearcare audit show --limit 1000; nearcare doctor
      for id in $(nearcare appointments --json | grep -o 'a-[0-9a-z]\\{13\\}'); do
        nearcare messages show $id; done
      """)
    printed += shown.stdout + shown.stderr
    #expect(shown.stdout.contains("HTTP 4"), "something was tried: \(shown)")
    for canary in Self.canaries {
      #expect(!printed.contains(canary), "\(canary)")
      let found = try home.run(
        "grep -rlai --exclude=messaging --exclude-dir=sample -- '\(canary)' $SAMPLE")
      #expect(found.stdout.isEmpty, "\(canary) stands in \(found.stdout)")
    }
  }
}
