import CivilTime
import Privacy
import Store

/// One message that confirms all visits of a series.
extension MessageComposer {
  /// What is said of the series as a whole, and of its first visit that is to come.
  func seriesValues(
    _ job: MessageJob, _ visit: VisitFacts, for addressee: Addressee, _ language: MessageLanguage
  ) throws -> [String: String] {
    var first = visit
    first.claim = visit.series[0]
    var values = try values(job, first, for: addressee, language)
    values["count"] = "\(visit.series.count)"
    // Each visit has a room of its own.
    values["video"] = nil
    return values
  }

  /// A line for each visit, and an entry of the calendar with a UID of its own, so that what
  /// happens to one visit later concerns its entry alone.
  func seriesMail(
    _ job: MessageJob, to addressee: Addressee, _ values: [String: String],
    about visit: VisitFacts, in language: MessageLanguage, now: Instant
  ) throws -> Mail {
    let to = MailAddress(name: addressee.name, address: addressee.email.text)
    let isPatient = addressee.person == .patient
    let isVideo = visit.claim.slot.visitType == .telehealth
    var (lines, events): ([String], [CalendarEvent]) = ([], [])
    var hasLinks = false
    for claim in visit.series {
      let one = VisitFacts(claim: claim, role: visit.role, first: claim.id, moves: 0)
      let values = try self.values(job, one, for: addressee, language)
      func said(_ keys: [String]) throws -> [String] {
        try keys.compactMap { try texts.sentence($0, language, values) }
      }
      let join = try isVideo ? said(["mail.join"]) : []
      hasLinks = hasLinks || !join.isEmpty
      lines += try said(["mail.visit"]) + join
      let details = try said(Self.ways(job.kind, addressee.person))
      if let event = try event(one, of: job, to: to, details: details, language, now: now) {
        events.append(event)
      }
    }
    func said(_ keys: [String]) throws -> [String] {
      try keys.compactMap { try texts.sentence($0, language, values) }
    }
    let kind = "\(isPatient ? "" : "practitioner.")series.confirmation"
    let place = isVideo ? hasLinks ? [] : ["mail.video"] : ["mail.where", "mail.directions"]
    return Mail(
      from: from, to: to, subject: try said(["\(kind).subject"]).first ?? "", date: now,
      messageID: "\(job.key)\(domain)",
      paragraphs: [
        try said(["mail.greeting"]), try said(["\(kind).lead"]), lines,
        try said((isPatient ? ["mail.who"] : []) + place),
        try said(isPatient ? ["mail.phone", "mail.cancel-one", "mail.move-one"] : []),
      ].filter { !$0.isEmpty },
      language: language, calendar: CalendarPart(method: .publish, events: events))
  }
}
