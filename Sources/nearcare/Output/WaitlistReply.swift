import Booking
import CivilTime
import Console
import Geospatial
import Scheduling

/// One place on the waitlist, in `waitlist join`, `list` and `leave`.
struct WaitlistReply: Encodable {
  struct Offer: Encodable {
    let holdID, slotID, start, expiresAt: String

    enum CodingKeys: String, CodingKey {
      case start
      case holdID = "hold_id"
      case slotID = "slot_id"
      case expiresAt = "expires_at"
    }
  }

  let entryID, state, severity, joinedAt, from, to: String
  let npi, roleID, visitType, insteadOf: Nullable<String>
  let specialties: [String]
  let lat, lon, radiusMiles: Nullable<Double>
  let times: Nullable<[String: String]>
  let offer: Nullable<Offer>

  enum CodingKeys: String, CodingKey {
    case state, severity, from, to, npi, specialties, lat, lon, times, offer
    case entryID = "entry_id"
    case joinedAt = "joined_at"
    case roleID = "role_id"
    case visitType = "visit_type"
    case insteadOf = "instead_of"
    case radiusMiles = "radius_miles"
  }

  init(_ place: WaitlistPlace, zone: Zone) {
    entryID = "\(place.id)"
    state = place.state.rawValue
    severity = place.severity.word
    joinedAt = zone.rfc3339(place.joinedAt)
    from = "\(place.wish.dates.lowerBound)"
    to = "\(place.wish.dates.upperBound)"
    times = Nullable(
      place.wish.times.map { ["from": "\($0.lowerBound)", "to": "\($0.upperBound)"] })
    visitType = Nullable(place.wish.visitType?.rawValue)
    insteadOf = Nullable(place.replaces?.appointmentText)
    var (person, role): (String?, String?)
    var (center, radius): (Coordinate?, Double?)
    switch place.wish.whom {
    case .practitioner(let npi):
      person = "\(npi)"
      specialties = []
    case .role(let id):
      (person, role) = ("\(id.npi)", "\(id)")
      specialties = []
    case .specialty(let codes, let around, let radiusMeters):
      specialties = codes.map(\.text)
      (center, radius) = (around, radiusMeters / metersPerMile)
    }
    npi = Nullable(person)
    roleID = Nullable(role)
    lat = Nullable(center?.latitude)
    lon = Nullable(center?.longitude)
    radiusMiles = Nullable(radius)
    offer = Nullable(
      place.offer.map {
        Offer(
          holdID: $0.text, slotID: "\($0.slot)", start: zone.rfc3339($0.slot.start),
          expiresAt: zone.rfc3339($0.expiresAt))
      })
  }
}

extension Program {
  /// Prints a place on the waitlist: for programs as JSON, for people in a line, and how to take
  /// what is offered.
  func report(_ place: WaitlistPlace, json: Bool) throws {
    if json { return try writeJSON(WaitlistReply(place, zone: localZone)) }
    writeLine(
      """
      \(place.id)  \(place.state.rawValue)  \(place.severity.word)  \(try whom(place.wish)), \
      \(when(place.wish))
      """)
    guard let offer = place.offer else { return }
    let sites = try openStore().read { try $0.roles([offer.slot.role]) }
    let zone = try sites[offer.slot.role].map { try Zone($0.site.timeZone) } ?? localZone
    writeLine(
      """
        held for you until \(Words.moment(offer.expiresAt, in: localZone)): \
      \(Words.moment(offer.slot.start, in: zone)); take it with: \
      nearcare waitlist claim \(place.id)
      """)
  }

  private func whom(_ wish: Wish) throws -> String {
    switch wish.whom {
    case .practitioner(let npi): return "\(npi)"
    case .role(let role): return "\(role)"
    case .specialty(let codes, _, let radiusMeters):
      let names = try directoryNames()
      let name = codes.first.map { names.specialty($0) } ?? "anybody"
      let more = codes.count > 1 ? " and \(codes.count - 1) like it" : ""
      return "\(Terminal.safe(name))\(more) within \(Words.distance(meters: radiusMeters))"
    }
  }

  private func when(_ wish: Wish) -> String {
    let year = localZone.local(at: now).date.year
    let (from, to) = (wish.dates.lowerBound, wish.dates.upperBound)
    var text = Words.day(from, year: year)
    if from != to { text += " to \(Words.day(to, year: year))" }
    if let times = wish.times { text += ", \(Words.times(times.lowerBound, times.upperBound))" }
    if let type = wish.visitType { text += type == .telehealth ? ", by video" : ", in person" }
    return text
  }
}
