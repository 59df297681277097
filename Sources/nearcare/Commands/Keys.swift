import ArgumentParser
import Booking
import Console
import Privacy
import Store

struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Change the keys under which patients' data is sealed.",
    discussion: """
      Examples:
        nearcare keys status
        nearcare keys rotate                    another master key; nothing is sealed anew
        nearcare keys rotate --reencrypt        and another data key, under which all is sealed anew
        nearcare keys reencrypt                 goes on where that was stopped, or begins
        nearcare keys rotate --to /etc/nearcare-key.new     where systemd hands over the key

      The home's file `key` holds the master key, or systemd hands it over as the credential
      nearcare-key. It opens the data keys, which are in the database and in its backups: a backup
      is restored with the master key of its day, which `rotate` leaves in the home as key-ID. Keep
      that with the backups, or destroy it with them.
      """,
    subcommands: [Status.self, Rotate.self, Reencrypt.self, Prune.self])

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the keys by their numbers, and what is sealed under former ones.",
      discussion: """
        Examples:
          nearcare keys status
        """)
    @OptionGroup var options: GlobalOptions

    struct Reply: Encodable {
      let masterKey: String
      let otherMasterKeys, dataKeys: [String]
      let sealedUnderFormerKeys: Int
      let sealsAtMost: Int64
    }

    func run() throws {
      let (store, vault, master) = try open(options)
      let others = try store.read { try $0.masterKeys().subtracting([master.id]) }
      let reply = Reply(
        masterKey: "\(master.id)", otherMasterKeys: others.map(\.description).sorted(),
        dataKeys: vault.ring.keys.map { "\($0.key.id)" },
        sealedUnderFormerKeys: try store.sealedElsewhere(vault: vault),
        sealsAtMost: try store.read { try $0.sealsAtMost(vault: vault) })
      if options.json { return try writeJSON(reply) }
      writeLine("master key  \(reply.masterKey)")
      for other in reply.otherMasterKeys { writeLine("            \(other) opens the keys too") }
      for key in reply.dataKeys { writeLine("data key    \(key)") }
      writeLine("sealed under former keys: \(reply.sealedUnderFormerKeys)")
      writeLine("sealed under the last one: at most \(reply.sealsAtMost) a column")
    }
  }

  struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make another master key, and wrap the data keys under it.",
      discussion: """
        Examples:
          nearcare keys rotate
          nearcare keys rotate --reencrypt

        When all is sealed anew, the database file is written anew as well; that needs free space of
        twice its size and takes some 20 s a GB, in which bookings are told to try again later.
        """)
    @Flag(help: "Make another data key as well, and seal everything anew.") var reencrypt = false
    @Option(
      help: "Write the master key to this new file, for systemd to hand over; then `keys prune`.")
    var to: String?
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let (store, vault, old) = try open(options)
      let file = program.home.keyFile
      guard (to != nil) == file.isCredential else {
        throw Failure(
          .usage,
          file.isCredential
            ? "systemd hands over the master key; name a file for the new one with --to FILE"
            : "--to is for homes whose master key systemd hands over; leave it out")
      }
      let new = SealingKey.random(.system)
      let by = try program.administrator(.maintain)
      try store.rotateMasterKey(from: old, to: new, by: by, vault: vault) {
        if let to { return try place(new, in: to) }
        let former = KeyFile(path: "\(program.home.path)/key-\(old.id)")
        _ = try former.create(with: old)
        try file.replace(with: new)
        return true
      }
      if to == nil {
        writeNote("The master key of until now is in \(program.home.path)/key-\(old.id)")
      }
      if reencrypt {
        try sealAnew(store, vault, to == nil ? new : old, by, always: true, options)
      } else if options.json {
        try writeJSON(["master_key": "\(new.id)"])
      } else {
        writeLine("master key  \(new.id)")
      }
    }

    private func place(_ key: SealingKey, in path: String) throws -> Bool {
      guard try KeyFile(path: path).create(with: key) else {
        throw Failure(.cannotWrite, "\(Terminal.safe(path)) exists already; name a new file")
      }
      writeNote(
        """
        Both master keys open the home now. Have systemd hand over \(Terminal.safe(path)), then: \
        nearcare keys prune
        """)
      return false
    }
  }

  struct Reencrypt: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Seal everything under another data key; goes on where it was stopped.",
      discussion: """
        Examples:
          nearcare keys reencrypt

        When all is sealed anew, the database file is written anew as well; that needs free space of
        twice its size and takes some 20 s a GB, in which bookings are told to try again later.
        """)
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let (store, vault, master) = try open(options)
      let by = try Program(options).administrator(.maintain)
      try sealAnew(store, vault, master, by, always: false, options)
    }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let no other master key open the data keys than the one in use.",
      discussion: """
        Examples:
          nearcare keys prune
        """)
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let (store, vault, master) = try open(options)
      let by = try Program(options).administrator(.maintain)
      let count = try store.pruneMasterKeys(to: master, by: by, vault: vault)
      if options.json { return try writeJSON(["pruned": count]) }
      writeLine("\(Words.plural(count, "master key opens", "master keys open")) nothing any more")
    }
  }
}

private func open(
  _ options: GlobalOptions
) throws -> (store: Store, vault: Vault, master: SealingKey) {
  let program = try Program(options)
  let store = try program.openStore(createIfMissing: false)
  let vault = try Vault.open(for: store)
  return (store, vault, try program.home.keyFile.load())
}

/// - Parameter always: begins with another data key even though something is still to be sealed
///   under the last one.
private func sealAnew(
  _ store: Store, _ vault: Vault, _ master: SealingKey, _ by: Actor, always: Bool,
  _ options: GlobalOptions
) throws {
  let isUnfinished = try store.sealedElsewhere(vault: vault) > 0
  let fresh =
    try always || !isUnfinished ? store.addDataKey(master: master, by: by, vault: vault) : vault
  let count = try store.reseal(vault: fresh, wishKeys: Wish.keys(ofEncoded:))
  if options.json {
    return try writeJSON(
      ResealReply(dataKey: "\(fresh.ring.current.key.id)", sealedAnew: count))
  }
  writeLine(
    "\(Words.plural(count, "value", "values")) sealed anew under \(fresh.ring.current.key.id)")
}

private struct ResealReply: Encodable {
  let dataKey: String
  let sealedAnew: Int
}
