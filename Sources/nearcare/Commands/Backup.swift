import ArgumentParser
import CivilTime
import Console
import Foundation
import Privacy
import Store

struct Backup: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the database into one new file, while it is in use.",
    discussion: """
      Examples:
        nearcare backup /backups/nearcare-2026-12-01.sqlite

      The copy is verified before it gets its name. Patients' data in it stays sealed, and the key
      is not in it: keep the home's file `key` as well, elsewhere. The index is made again by
      `indexer run`.
      """)

  @Argument(help: "The file to write; it must not exist.") var file: String
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let program = try Program(options)
    guard !FileManager.default.fileExists(atPath: file) else {
      throw Failure(
        .cannotWrite,
        "\(Terminal.safe(file)) exists already, and a backup replaces nothing; name a new file")
    }
    let store = try program.openStore(createIfMissing: false)
    let manifest = try store.backUp(to: file, vault: try Vault.open(for: store))
    try report(manifest, options, "Backed up to \(Terminal.safe(file))")
  }
}

struct Restore: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put a backup in the place of the home's database.",
    discussion: """
      Examples:
        nearcare restore /backups/nearcare-2026-12-01.sqlite

      The backup is verified first: its pages, the rows of each table, the audit trail. What the
      database held is kept in the home as before-restore-TIME.sqlite. Programs that have it open
      go on with what was restored. The home needs the key that the backup was made under.
      """)

  @Argument(help: "A file that `nearcare backup` wrote.") var file: String
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let program = try Program(options)
    let vault = try Vault.open(forBackup: file, in: program.home)
    try Store.verifyBackup(file, vault: vault)
    let store = try program.openStore()
    let before = "\(program.home.path)/before-restore-\(program.now.secondsSinceEpoch).sqlite"
    let manifest = try store.restore(
      from: file, keeping: before, vault: vault, present: try Vault.open(for: store))
    writeNote("What was there is kept in \(before)")
    try report(manifest, options, "Restored from \(Terminal.safe(file))")
  }
}

private struct ManifestReply: Encodable {
  let createdAt: String
  let rows: [String: Int]
  let auditRows: Int64
}

private func report(
  _ manifest: BackupManifest, _ options: GlobalOptions, _ what: String
) throws {
  if options.json {
    return try writeJSON(
      ManifestReply(
        createdAt: manifest.createdAt.rfc3339(), rows: manifest.rows,
        auditRows: manifest.audit.sequence))
  }
  let visits = manifest.rows["claim"] ?? 0
  writeLine(
    """
    \(what): \(Words.plural(visits, "hold and visit", "holds and visits")), \
    \(Words.plural(manifest.rows["patient"] ?? 0, "patient", "patients")), audit trail of \
    \(manifest.audit.sequence) rows verified
    """)
}
