import ArgumentParser
import Booking
import Console
import Glibc
import Messaging
import Store

struct Work: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do what time asks for: end holds, offer freed slots, send messages that are due.",
    discussion: """
      Examples:
        nearcare work --once                 one round, for a timer such as cron
        nearcare work --every 30             a round each half minute, until it is stopped

      Every command ends the holds that are in its own way, so nothing is wrong while no work runs;
      offers are then made as soon as somebody touches the practitioner's slots. Messages wait for
      it. Any number may run at a time. Stopped by SIGTERM or Ctrl-C it ends between two messages.
      """)

  @Flag(help: "One round.") var once = false
  @Option(help: "Seconds between rounds, 1 to 3600.") var every = 30
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    struct Messages: Encodable {
      let delivered, givenUp, cancelled, postponed: Int
    }
    struct Rooms: Encodable {
      let made, removed: Int
      let problem: Nullable<String>
    }
    let expiredHolds, offers, closedEntries, newHours: Int
    let messages: Messages
    /// Only where rooms for visits by video are made and removed.
    let rooms: Rooms?

    init(_ done: WorkDone, _ messages: MessagesDone, _ rooms: RoomsKept?) {
      self.rooms = rooms.map {
        Rooms(made: $0.made, removed: $0.removed, problem: Nullable($0.problem))
      }
      expiredHolds = done.expiredHolds
      offers = done.offers
      closedEntries = done.closedEntries
      newHours = done.newHours
      self.messages = Messages(
        delivered: messages.delivered, givenUp: messages.givenUp, cancelled: messages.cancelled,
        postponed: messages.postponed)
    }
  }

  func validate() throws { try require(every, in: 1...3600, option: "--every") }

  func run() throws {
    let stop = StopSignals()
    while true {
      do {
        // Each round has the time of its own start.
        try round(try Program(options), stop)
      } catch let error as StoreError {
        // Others keep the database busy, or have changed its keys, which the next round reads anew:
        // what is due now is due then too.
        switch error {
        case .tryLater, .keysChanged: if once { throw error }
        default: throw error
        }
        writeNote("nearcare: \(error.message)")
      }
      if once || stop.came(withinSeconds: every) { return }
    }
  }

  private func round(_ program: Program, _ stop: StopSignals) throws {
    let done = try program.bookings().work()
    let rooms = try program.videoRoomKeeper()?.work { stop.isPending }
    let messages = try program.messageWorker().work { stop.isPending }
    if let problem = rooms?.problem { writeNote("nearcare: rooms for video: \(problem)") }
    if options.json { return try writeJSON(Reply(done, messages, rooms)) }
    let isIdle = done == WorkDone() && messages == MessagesDone() && (rooms ?? .init()) == .init()
    guard once || !isIdle else { return }
    var parts = [
      "\(Words.plural(done.expiredHolds, "hold", "holds")) ended",
      "\(Words.plural(done.offers, "slot", "slots")) offered",
      "\(Words.plural(done.closedEntries, "waitlist entry", "waitlist entries")) closed",
      "\(Words.plural(messages.delivered, "message", "messages")) delivered",
    ]
    if messages.postponed > 0 { parts.append("\(messages.postponed) to be tried again") }
    if messages.givenUp > 0 { parts.append("\(messages.givenUp) given up") }
    if let rooms, rooms.made + rooms.removed > 0 {
      parts.append("\(Words.plural(rooms.made, "room", "rooms")) made, \(rooms.removed) removed")
    }
    writeLine(parts.joined(separator: ", "))
  }
}

/// The signals that ask a program to end, kept from it until it looks, so that it ends between two
/// steps and not inside one. Made before any other thread.
struct StopSignals {
  private let signals: sigset_t

  init() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTERM)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signals = set
  }

  var isPending: Bool {
    var pending = sigset_t()
    return sigpending(&pending) == 0
      && (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1)
  }

  /// Waits until one comes, at most so long.
  func came(withinSeconds seconds: Int) -> Bool {
    var set = signals
    var limit = timespec(tv_sec: seconds, tv_nsec: 0)
    while true {
      if sigtimedwait(&set, nil, &limit) > 0 { return true }
      guard errno == EINTR else { return false }
    }
  }
}
