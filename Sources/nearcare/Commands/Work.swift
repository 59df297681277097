import ArgumentParser
import Booking
import Console
import Glibc
import Store

struct Work: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do what time asks for: end holds that ran out, offer freed slots to who waits.",
    discussion: """
      Examples:
        nearcare work --once                 one round, for a timer such as cron
        nearcare work --every 30             a round each half minute, until it is stopped

      Every command ends the holds that are in its own way, so nothing is wrong while no work runs;
      offers are then made as soon as somebody touches the practitioner's slots.
      """)

  @Flag(help: "One round.") var once = false
  @Option(help: "Seconds between rounds, 1 to 3600.") var every = 30
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    let expiredHolds, offers, closedEntries, newHours: Int

    init(_ done: WorkDone) {
      expiredHolds = done.expiredHolds
      offers = done.offers
      closedEntries = done.closedEntries
      newHours = done.newHours
    }
  }

  func validate() throws { try require(every, in: 1...3600, option: "--every") }

  func run() throws {
    while true {
      do {
        // Each round has the time of its own start.
        try round(try Program(options))
      } catch let error as StoreError {
        // Others keep the database busy: what is due now is due in the next round too.
        guard !once, case .tryLater = error else { throw error }
        writeNote("nearcare: \(error.message)")
      }
      if once { return }
      sleep(UInt32(every))
    }
  }

  private func round(_ program: Program) throws {
    let done = try program.bookings().work()
    if options.json { return try writeJSON(Reply(done)) }
    guard once || done != WorkDone() else { return }
    writeLine(
      """
      \(Words.plural(done.expiredHolds, "hold", "holds")) ended, \
      \(Words.plural(done.offers, "slot", "slots")) offered, \
      \(Words.plural(done.closedEntries, "waitlist entry", "waitlist entries")) closed
      """)
  }
}
