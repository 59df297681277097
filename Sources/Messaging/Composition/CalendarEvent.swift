import CivilTime

/// Visits as calendars take them: iCalendar (RFC 5545) in a scheduling message (iTIP, RFC 5546).
struct CalendarPart: Hashable, Sendable {
  enum Method: String {
    case request = "REQUEST"
    case cancel = "CANCEL"
    /// Entries of several UIDs, which a request cannot have; nobody is asked to attend.
    case publish = "PUBLISH"
  }

  var method: Method
  var events: [CalendarEvent]

  /// Lines of at most 75 octets, each ended by CR LF.
  var text: String {
    let lines =
      [
        "BEGIN:VCALENDAR", "PRODID:-//nearcare//visits//EN", "VERSION:2.0", "CALSCALE:GREGORIAN",
        "METHOD:\(method.rawValue)",
      ] + events.flatMap { $0.lines(in: method) } + ["END:VCALENDAR"]
    return lines.map { CalendarEvent.folded($0) + "\r\n" }.joined()
  }
}

/// A visit as an entry of a calendar.
///
/// A visit keeps its UID when it is moved, and each change has a higher SEQUENCE, so a calendar
/// updates its entry where it would otherwise have two. Times are in UTC, which no calendar can
/// get wrong by an hour.
struct CalendarEvent: Hashable, Sendable {
  /// The same over all moves of a visit.
  var uid: String
  /// How often it was changed before.
  var sequence: Int
  var stamp: Instant
  var start: Instant
  var end: Instant
  /// People share calendars: it names no practitioner, no specialty and no reason.
  var summary: String
  var location: String?
  var description: String
  var organizer: MailAddress
  var attendee: MailAddress

  fileprivate func lines(in method: CalendarPart.Method) -> [String] {
    let attendance = """
      ATTENDEE\(Self.commonName(attendee));ROLE=REQ-PARTICIPANT;RSVP=FALSE;\
      PARTSTAT=ACCEPTED:mailto:\(attendee.address)
      """
    return [
      "BEGIN:VEVENT", "UID:\(Self.escaped(uid))",
      "SEQUENCE:\(sequence)", "DTSTAMP:\(Self.utc(stamp))", "DTSTART:\(Self.utc(start))",
      "DTEND:\(Self.utc(end))", "SUMMARY:\(Self.escaped(summary.onOneLine))",
      location.map { "LOCATION:\(Self.escaped($0.onOneLine))" },
      "DESCRIPTION:\(Self.escaped(description))",
      "ORGANIZER\(Self.commonName(organizer)):mailto:\(organizer.address)",
      method == .publish ? nil : attendance,
      "STATUS:\(method == .cancel ? "CANCELLED" : "CONFIRMED")", "TRANSP:OPAQUE", "CLASS:PRIVATE",
      "END:VEVENT",
    ].compactMap(\.self)
  }

  /// RFC 5545, section 3.3.11: a line break inside a text is a backslash and `n`.
  static func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      // By scalars: a comma under an accent is a comma still.
      String(line).onOneLine.unicodeScalars.reduce(into: "") { result, scalar in
        if scalar == "\\" || scalar == ";" || scalar == "," { result += "\\" }
        result.unicodeScalars.append(scalar)
      }
    }.joined(separator: "\\n")
  }

  /// The value of a parameter can hold neither quotes nor, by RFC 6868, a caret of its own.
  private static func commonName(_ address: MailAddress) -> String {
    let name = address.name.onOneLine.unicodeScalars.filter { $0 != "\"" && $0 != "^" }
    return name.isEmpty ? "" : ";CN=\"\(String(String.UnicodeScalarView(name)))\""
  }

  /// Continuation lines start with a space; no character is cut in two.
  static func folded(_ line: String) -> String {
    var result = ""
    var octets = 0
    for scalar in line.unicodeScalars {
      let length = UTF8.width(scalar)
      if octets + length > 75 {
        result += "\r\n "
        octets = 1
      }
      result.unicodeScalars.append(scalar)
      octets += length
    }
    return result
  }

  private static func utc(_ instant: Instant) -> String {
    // `2026-12-01T14:30:00Z` without its punctuation.
    instant.rfc3339().filter { $0 != "-" && $0 != ":" }
  }
}
