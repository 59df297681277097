import CivilTime
public import Privacy
import ProviderDirectory
public import Store

/// What is known about the visit that a message is about.
struct VisitFacts {
  var claim: Claim
  /// Nil when the directory no longer has it.
  var role: PractitionerRole?
  /// The first claim of a visit that was moved, else its own; and how often it was moved.
  var first: ClaimID
  var moves: Int
  /// Of a confirmation that tells of several: all visits of the series that are to come, by start.
  var series: [Claim] = []
}

/// Whom a message is for.
struct Addressee {
  /// Empty where they are not greeted by it.
  let name: String
  let email: EmailAddress
  var phone: PhoneNumber?
  /// As the push gateway knows it.
  var device: String?
  let person: VideoRooms.Person

  init(_ patient: Patient, device: String?) {
    name = patient.details.name
    email = patient.details.email
    phone = patient.details.phone
    self.device = device
    person = .patient
  }

  init(_ notice: PractitionerNotice) {
    name = ""
    email = notice.email
    person = .practitioner
  }

  func address(for medium: MessageMedium) -> String? {
    switch medium {
    case .email: email.text
    case .sms: phone?.text
    case .push: device
    }
  }
}

/// A message in words, for one channel.
public struct OutgoingMessage: Sendable {
  /// The same whenever this message is sent, by whom ever.
  public let key: String
  public let medium: MessageMedium
  /// An e-mail address, a telephone number or a device, as the channel has it.
  public let address: String
  /// Of a push.
  public var title = ""
  /// What the channel transmits: a whole mail, or a short text.
  public let body: String
  public var language = MessageLanguage.english
}

/// Writes messages in words. Nothing that it writes says why somebody is seen, or by what kind of
/// specialist; subjects and short texts do not even say by whom, since a practice's name may tell.
public struct MessageComposer: Sendable {
  let texts: MessageTexts
  let from: MailAddress
  private let video: VideoRooms?

  /// - Parameters:
  ///   - from: whom mails are from, an address.
  ///   - video: nil where the practice itself says how to join a visit by video.
  public init(texts: MessageTexts, from: EmailAddress, video: VideoRooms? = nil) {
    self.texts = texts
    self.video = video
    self.from = MailAddress(name: "nearcare", address: from.text)
  }

  /// A message as the channel transmits it.
  func message(
    _ job: MessageJob, by medium: MessageMedium, to addressee: Addressee, about visit: VisitFacts,
    in language: MessageLanguage, now: Instant
  ) throws -> OutgoingMessage {
    let isSeries = visit.series.count > 1
    let values =
      try isSeries
      ? seriesValues(job, visit, for: addressee, language)
      : values(job, visit, for: addressee, language)
    let address = addressee.address(for: medium) ?? ""
    guard medium != .email else {
      let mail =
        try isSeries
        ? seriesMail(job, to: addressee, values, about: visit, in: language, now: now)
        : mail(job, to: addressee, values, about: visit, in: language, now: now)
      return OutgoingMessage(
        key: job.key, medium: medium, address: address, body: mail.text, language: language)
    }
    let keys =
      isSeries
      ? ["series.confirmation.short", "short.change-one"]
      : ["\(job.kind.rawValue).short", "short.join", Self.shortWay(job.kind)]
    let sentences = try keys.compactMap { try texts.sentence($0, language, values) }
    return OutgoingMessage(
      key: job.key, medium: medium, address: address,
      title: try texts.text("short.title", language).onOneLine,
      body: sentences.joined(separator: " ").onOneLine, language: language)
  }

  /// What there is left to do, in a short text.
  private static func shortWay(_ kind: MessageKind) -> String {
    switch kind {
    case .confirmation, .change, .reminder24h, .reminder1h: "short.change"
    case .cancellation: "short.phone"
    case .offer: "short.claim"
    }
  }

  private func mail(
    _ job: MessageJob, to addressee: Addressee, _ values: [String: String],
    about visit: VisitFacts, in language: MessageLanguage, now: Instant
  ) throws -> Mail {
    func lines(_ keys: String...) throws -> [String] {
      try keys.compactMap { try texts.sentence($0, language, values) }
    }
    let isPatient = addressee.person == .patient
    let kind = isPatient ? job.kind.rawValue : "practitioner.\(job.kind.rawValue)"
    let isVideo = visit.claim.slot.visitType == .telehealth
    let isVague = isPatient && values["video"] == nil
    let place =
      isVideo ? [isVague ? "mail.video" : "mail.join"] : ["mail.where", "mail.directions"]
    let facts = try (isPatient ? ["mail.when", "mail.who"] : ["mail.when"])
      .flatMap { try lines($0) }
    let how = try Self.ways(job.kind, addressee.person).flatMap { try lines($0) }
    let to = MailAddress(name: addressee.name, address: addressee.email.text)
    let calendar = try event(visit, of: job, to: to, details: how, language, now: now).map {
      CalendarPart(method: job.kind == .cancellation ? .cancel : .request, events: [$0])
    }
    return Mail(
      from: from, to: to, subject: try lines("\(kind).subject").first ?? "", date: now,
      messageID: "\(job.key)\(domain)",
      paragraphs: [
        try lines("mail.greeting"), try lines("\(kind).lead"),
        facts + (job.kind == .cancellation ? [] : try place.flatMap { try lines($0) }), how,
      ].filter { !$0.isEmpty },
      language: language, calendar: calendar)
  }

  /// What stands behind the `@` of identifiers, with it.
  var domain: Substring { from.address.drop { $0 != "@" } }

  /// What can be done about a visit, by the keys of its sentences.
  static func ways(_ kind: MessageKind, _ person: VideoRooms.Person) -> [String] {
    switch kind {
    case _ where person == .practitioner: ["practitioner.appointment"]
    case .confirmation, .change, .reminder24h, .reminder1h:
      ["mail.phone", "mail.cancel", "mail.move"]
    case .cancellation: ["mail.phone"]
    case .offer: ["mail.claim", "mail.phone"]
    }
  }

  func values(
    _ job: MessageJob, _ visit: VisitFacts, for addressee: Addressee, _ language: MessageLanguage
  ) throws -> [String: String] {
    let claim = visit.claim
    let zone = try Zone(claim.timeZone)
    // The wall time that was agreed to; the abbreviation is today's for that instant.
    var values = [
      "name": addressee.name, "appointment": claim.id.appointmentText,
      "when": try texts.moment(
        claim.wall, zone: zone.local(at: claim.slot.start).abbreviation, language),
    ]
    if let end = claim.holdExpiresAt {
      values["until"] = try texts.moment(end, in: zone, language)
    }
    if let entry = claim.entry { values["entry"] = "\(entry)" }
    switch job.kind {
    case .confirmation, .change, .reminder1h:
      guard claim.slot.visitType == .telehealth, let video else { break }
      values["video"] = try video.link(
        to: claim.id, start: claim.slot.start, end: claim.slot.end, for: addressee.person)
    case .reminder24h, .cancellation, .offer: break
    }
    guard let role = visit.role else { return values }
    values["who"] = role.name.readable
    values["where"] = role.site.readableAddress
    values["phone"] = ReadableText.phone(role.site.phone)
    values["directions"] = MessageTexts.fill(
      try texts.text("directions"),
      [
        "lat": Self.degrees(role.site.coordinate.latitude),
        "lon": Self.degrees(role.site.coordinate.longitude),
      ])
    return values
  }

  /// Five decimals, a metre; never an exponent.
  private static func degrees(_ value: Double) -> String {
    let scaled = Int((abs(value) * 100_000).rounded())
    let decimals = String(scaled % 100_000)
    let zeros = String(repeating: "0", count: 5 - decimals.count)
    return "\(value < 0 && scaled > 0 ? "-" : "")\(scaled / 100_000).\(zeros)\(decimals)"
  }

  /// Nil for an offer, which is no visit yet.
  func event(
    _ visit: VisitFacts, of job: MessageJob, to: MailAddress, details: [String],
    _ language: MessageLanguage, now: Instant
  ) throws -> CalendarEvent? {
    guard job.kind != .offer else { return nil }
    let isCancelled = job.kind == .cancellation
    let isVideo = visit.claim.slot.visitType == .telehealth
    return CalendarEvent(
      uid: "\(visit.first.appointmentText)\(domain)",
      sequence: visit.moves + (isCancelled ? 1 : 0), stamp: now, start: visit.claim.slot.start,
      end: visit.claim.slot.end,
      summary: try texts.text(isVideo ? "calendar.video" : "calendar.summary", language),
      location: isVideo ? nil : visit.role?.site.readableAddress,
      description: details.joined(separator: "\n"), organizer: from, attendee: to)
  }
}
