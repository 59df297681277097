import Foundation
import Testing

/// What a damaged index and a home that cannot be written look like from the command line.
@Suite struct DamageTests {
  // A budget that a debug build on a busy machine keeps.
  private static let search =
    "nearcare search cardiologist --near 10001 --radius 100 --budget-ms 60000"

  @Test func aFlippedByteInAnyFileOfTheIndexIsNamedAndMendedByRollback() throws {
    let home = try SampleHome()
    let before = try home.run(Self.search)
    #expect(before.status == 0)
    let current = home.home + "/index/CURRENT/"
    let files = try FileManager.default.contentsOfDirectory(atPath: current).sorted()
    #expect(files.count > 2)
    // VERIFIED only remembers which files were hashed; damaged, it is made anew.
    for file in files where file != "VERIFIED" {
      let path = current + file
      let sound = try Data(contentsOf: URL(fileURLWithPath: path))
      guard !sound.isEmpty else { continue }
      var damaged = sound
      damaged[sound.count / 2] ^= 0x10
      try damaged.write(to: URL(fileURLWithPath: path))
      let run = try home.run(Self.search)
      #expect(run.status == 65, "\(file): \(run)")
      #expect(run.stdout.isEmpty)
      #expect(run.stderr.contains("damaged") && run.stderr.contains("indexer run"), "\(run)")
      try sound.write(to: URL(fileURLWithPath: path))
    }
    #expect(try home.run(Self.search).stdout == before.stdout)
  }

  /// Root writes everywhere, so as root the programs run as `nobody`.
  @Test func aReadOnlyHomeStillAnswersSearchesAndRefusesToRegister() throws {
    let home = try SampleHome()
    let isRoot = geteuid() == 0
    let shift = isRoot ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
    let lock = "chmod -R a+rX,a-w \(home.path)"
    #expect(try home.run(lock).status == 0)
    defer { _ = try? home.run("chmod -R u+w \(home.path)") }
    let canReach = try home.run(shift + "nearcare --help").status == 0
    guard canReach else {
      print("SKIPPED (the build folder is closed to nobody): a read-only home")
      return
    }
    let search = try home.run(shift + Self.search)
    #expect(search.status == 0, "\(search)")
    let register = try home.run(
      shift
        + """
        nearcare register --name "Ana Example" --birth-date 1990-04-12 --email ana@example.com \
        --phone 212-555-0100
        """)
    #expect(register.status == 73, "\(register)")
    #expect(register.stderr.contains("cannot create"), "\(register)")
    let index = try home.run(
      shift + "indexer run --nppes \(home.path)/sample/npidata_pfile.csv")
    #expect(index.status == 73, "\(index)")
  }
}
