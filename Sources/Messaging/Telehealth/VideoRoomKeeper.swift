import Privacy
public import Store

/// What came of the rooms that were to be made and removed.
public struct RoomsKept: Hashable, Sendable {
  public var made = 0
  public var removed = 0
  /// Why the rest waits for the next round; nil when there is none.
  public var problem: String?

  public init() {}
}

/// Makes the rooms of visits by video that are to come, and removes those of visits that are moved,
/// cancelled or over, on a server that speaks as Daily's rooms do
/// (https://docs.daily.co/reference/rest-api/rooms):
///
/// - POST `/rooms` with `name`, `privacy` of `private` and `properties` of `nbf`, `exp` and
///   `eject_at_room_exp`; a name that is there already is as good as made. DELETE `/rooms/NAME`;
///   404 is as good as removed. Both with the bearer token of `daily.key`.
///
/// What is to be done is what the visits and the rooms noted differ by, so whoever dies half-way
/// leaves it to the next round, and every request may be repeated.
public struct VideoRoomKeeper: Sendable {
  private let store: Store
  private let rooms: VideoRooms
  private let gateway: HTTPGateway
  private let api: String

  /// Nil for rooms that need nobody to make them.
  public init?(store: Store, rooms: VideoRooms, limitMilliseconds: Int = 20_000) {
    guard case .daily(_, let server) = rooms.server else { return nil }
    self.store = store
    self.rooms = rooms
    gateway = HTTPGateway(server, limitMilliseconds: limitMilliseconds)
    api = server.url
  }

  private struct Room: Encodable {
    struct Properties: Encodable {
      let nbf, exp: Int64
      let ejectAtRoomExp = true

      enum CodingKeys: String, CodingKey {
        case nbf, exp
        case ejectAtRoomExp = "eject_at_room_exp"
      }
    }
    let name: String
    let privacy = "private"
    let properties: Properties
  }

  private struct Answer: Decodable { var name: String? }

  /// Of the key by which rooms are named: those of another key are made anew.
  private var epoch: String { SecretName.of("epoch of rooms", with: rooms.secret) }

  /// Until all is done, `stop` says so, or the server fails.
  public func work(until stop: () -> Bool = { false }) throws -> RoomsKept {
    var done = RoomsKept()
    while !stop() {
      let (missing, idle) = try store.read { transaction in
        (
          try transaction.visitsWithoutRoom(
            epoch: epoch, closesAfterSeconds: VideoRooms.closesAfterSeconds, limit: 32),
          try transaction.roomsWithoutVisit(
            epoch: epoch, closesAfterSeconds: VideoRooms.closesAfterSeconds, limit: 32)
        )
      }
      guard !missing.isEmpty || !idle.isEmpty else { return done }
      for visit in missing where !stop() {
        if let problem = make(visit) {
          done.problem = problem
          return done
        }
        try store.write {
          try $0.noteRoom(named: rooms.room(of: visit.id), of: visit.id, epoch: epoch)
        }
        done.made += 1
      }
      for room in idle where !stop() {
        if let problem = remove(room) {
          done.problem = problem
          return done
        }
        try store.write { try $0.noteRemoved(room) }
        done.removed += 1
      }
    }
    return done
  }

  private func request(
    _ method: String, _ path: String, body: String? = nil
  ) -> HTTPGateway.Reply {
    var headers = ["Authorization: Bearer \(rooms.secret.text)"]
    if body != nil { headers.append("Content-Type: application/json") }
    return gateway.request(method, to: api + path, body: body, headers: headers)
  }

  private func make(_ visit: Claim) -> String? {
    let name = rooms.room(of: visit.id)
    let (opens, closes) = VideoRooms.window(start: visit.slot.start, end: visit.slot.end)
    let body = HTTPGateway.json(Room(name: name, properties: .init(nbf: opens, exp: closes)))
    var reply = request("POST", "/rooms", body: body)
    // It may be there: made by somebody who died before noting it.
    if reply.problem == nil, reply.status == 400 { reply = request("GET", "/rooms/\(name)") }
    if reply.isGood, reply.read(Answer.self)?.name == name { return nil }
    return reply.isGood ? "HTTP \(reply.status), and the answer names no room" : reply.words
  }

  private func remove(_ room: NotedRoom) -> String? {
    let reply = request("DELETE", "/rooms/\(room.name)")
    return reply.isGood || (reply.problem == nil && reply.status == 404) ? nil : reply.words
  }
}

extension HTTPGateway.Reply {
  fileprivate var words: String { problem ?? "HTTP \(status)" }
}
