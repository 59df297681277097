import Booking
import CivilTime
import Foundation
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Testing

@testable import Messaging

/// Rooms on the loopback gateway, which keeps them as Daily does: made, moved and removed with their
/// visits, whoever dies in between.
@Suite struct VideoRoomKeeperTests {
  private let practice: Practice
  private let server: LoopbackServer
  private let ann: SessionToken

  init() throws {
    practice = try Practice()
    server = try HTTPGatewayTests.server.get()
    ann = practice.patients[0].session
    let blocks = try Weekday.allCases.map {
      try ScheduleBlock(
        weekday: $0, start: TimeOfDay(minutes: 540)!, end: TimeOfDay(minutes: 1020)!,
        slotMinutes: 30, visitType: .telehealth)
    }
    let role = practice.roles[0]
    try practice.store.write {
      try $0.replaceSchedule(of: role, blocks: blocks, exceptions: [], run: 1)
    }
  }

  /// - Parameter clinic: whose rooms the gateway keeps apart.
  private func rooms(_ clinic: String, key: String = HTTPGatewayTests.secret) -> VideoRooms {
    let url = "http://127.0.0.1:\(server.port("http"))/daily/\(clinic)"
    return VideoRooms(
      url: "https://clinic.daily.co", server: .daily(domainID: "d-1", api: .init(url: url)),
      secret: Secret(key))
  }

  private func keeper(_ rooms: VideoRooms) throws -> VideoRoomKeeper {
    try #require(VideoRoomKeeper(store: practice.store, rooms: rooms))
  }

  private func book(day: Int, hour: Int = 9) throws -> Appointment {
    let slot = TestClinic.slot(practice.roles[0], day: day, hour, visitType: .telehealth)
    return try practice.bookings.book(.slot(slot), as: ann).value
  }

  private struct Kept: Decodable, Equatable {
    let nbf, exp: Int64
    let ejects: Bool

    enum CodingKeys: String, CodingKey {
      case nbf, exp
      case ejects = "eject_at_room_exp"
    }
  }

  /// What the gateway has now.
  private func kept(_ clinic: String) throws -> [String: Kept] {
    let url = "http://127.0.0.1:\(server.port("http"))/daily/\(clinic)/rooms"
    let reply = HTTPGateway(.init(url: url), limitMilliseconds: 20_000)
      .request("GET", to: url, headers: [])
    return try JSONDecoder().decode([String: Kept].self, from: Data(reply.body))
  }

  @Test func roomsFollowTheirVisits() throws {
    let rooms = rooms("life")
    let visit = try book(day: 2)
    let done = try keeper(rooms).work()
    #expect((done.made, done.removed, done.problem) == (1, 0, nil))
    let start = visit.start.secondsSinceEpoch
    let made = Kept(nbf: start - 300, exp: start + 5400, ejects: true)
    #expect(try kept("life") == [rooms.room(of: visit.id): made])
    #expect(try keeper(rooms).work() == RoomsKept())
    let moved = try practice.bookings.reschedule(
      visit.id,
      to: .slot(TestClinic.slot(practice.roles[0], day: 3, 10, visitType: .telehealth)), as: ann
    ).value
    #expect(try keeper(rooms).work().removed == 1)
    #expect(try Array(kept("life").keys) == [rooms.room(of: moved.id)])
    _ = try practice.bookings.cancel(moved.id, as: ann).value
    #expect(try keeper(rooms).work().removed == 1)
    #expect(try kept("life").isEmpty)
    let other = try book(day: 4)
    #expect(try keeper(rooms).work().made == 1)
    practice.clinic.clock.set(to: other.end.adding(seconds: 3600))
    #expect(try keeper(rooms).work().removed == 1)
    #expect(try kept("life").isEmpty)
  }

  /// Made and not noted, removed and not noted: the same requests again do no harm.
  @Test func whoDiesBeforeNotingIsMadeGood() throws {
    let rooms = rooms("crash")
    let visit = try book(day: 2)
    _ = try keeper(rooms).work()
    try practice.clinic.stray("DELETE FROM video_room")
    let again = try keeper(rooms).work()
    #expect((again.made, again.problem) == (1, nil))
    #expect(try kept("crash").count == 1)
    _ = try practice.bookings.cancel(visit.id, as: ann).value
    _ = try keeper(rooms).work()
    try practice.clinic.stray("UPDATE video_room SET removed_at = NULL")
    #expect(try keeper(rooms).work().problem == nil)
  }

  /// Links are made of the key, and so the rooms have to be as well.
  @Test func anotherKeyMakesOtherRooms() throws {
    let old = rooms("keys")
    let visit = try book(day: 2)
    _ = try keeper(old).work()
    let new = rooms("keys", key: "another-canary-0123456789abcdef-0123")
    let done = try keeper(new).work()
    #expect((done.made, done.removed) == (1, 1))
    #expect(try Array(kept("keys").keys) == [new.room(of: visit.id)])
  }

  @Test func aServerThatFailsIsAskedAgainNextRound() throws {
    _ = try book(day: 2)
    let down = try keeper(rooms("down")).work()
    #expect((down.made, down.problem) == (0, "HTTP 503"))
    let lies = try keeper(rooms("lies")).work()
    #expect(lies.problem == "HTTP 200, and the answer names no room")
    #expect(try keeper(rooms("well")).work().made == 1)
  }
}
