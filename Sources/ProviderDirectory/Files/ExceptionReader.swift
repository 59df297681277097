public import CivilTime

/// Reads what is out of the weekly order: `npi, site, exception, from, to`, and for hours
/// `slot_duration_min, visit_type` and where wanted `step_min`, as `ScheduleReader` reads them.
///
/// `exception` is time-off, extra-hours or replacement-hours, which stand in place of the weekly
/// ones of that day. `from` and `to` are wall times at the site, as 2026-12-24T09:00; of time off
/// also days, both of them included. `site` is the part of a role id after the hyphen, empty for
/// the practitioner's main site, or of time off `all` for every site.
public final class ExceptionReader {
  public enum Row {
    case exception(Exception)
    case rejected(Rejection)
  }

  public enum Kind: String, Hashable, Sendable {
    case timeOff = "time-off"
    case extraHours = "extra-hours"
    case replacementHours = "replacement-hours"
  }

  /// What hours offer.
  public struct Offer: Hashable, Sendable {
    public var slotMinutes: Int
    public var stepMinutes: Int?
    public var visitType: VisitType
    public var kinds: [ShortName]
  }

  public struct Exception: Hashable, Sendable {
    public var npi: NPI
    public var site: SiteKey?
    public var isEverywhere: Bool
    public var line: Int
    public var kind: Kind
    public var from: CivilDateTime
    public var to: CivilDateTime
    /// Nil for time off.
    public var offer: Offer?
  }

  public let path: String
  private let reader: CSVReader
  private let npi: Int
  private let site: Int?
  private let kind: Int
  private let from: Int
  private let to: Int
  private let slotMinutes: Int?
  private let visitType: Int?
  private let stepMinutes: Int?

  /// Whether the header of the file is one of exceptions.
  public static func reads(_ path: String) throws(FileFault) -> Bool {
    let columns = CSVColumns(try CSVReader(path: path))
    return columns.find("exception") != nil
  }

  /// Opens the file and checks its header. Throws `FileFault`.
  public init(path: String) throws(FileFault) {
    self.path = path
    reader = try CSVReader(path: path)
    var columns = CSVColumns(reader)
    npi = columns.require("npi")
    kind = columns.require("exception")
    from = columns.require("from")
    to = columns.require("to")
    try columns.check()
    site = columns.find("site")
    slotMinutes = columns.find("slot_duration_min")
    visitType = columns.find("visit_type")
    stepMinutes = columns.find("step_min")
  }

  /// The next row's fate; nil at the end of the file.
  public func next() throws(FileFault) -> Row? {
    try reader.next(orRejected: Row.rejected) { (record) throws(FieldFault) in
      .exception(try read(record))
    }
  }

  private func read(_ record: RawRecord) throws(FieldFault) -> Exception {
    let kind = try record.value(kind, "is neither time-off, extra-hours nor replacement-hours") {
      Kind(rawValue: $0.text.lowercased())
    }
    let isTimeOff = kind == .timeOff
    let isEverywhere = site.map { record[$0].equals("all") } ?? false
    if isEverywhere, !isTimeOff {
      throw FieldFault(column: site ?? npi, reason: "hours are of one site; name it")
    }
    let complaint =
      "is no wall time like 2026-12-24T09:00" + (isTimeOff ? " and no day like 2026-12-24" : "")
    return Exception(
      npi: try record.npi(npi),
      site: isEverywhere
        ? nil : try record.optional(site, "is no site key") { SiteKey($0.text) },
      isEverywhere: isEverywhere, line: record.line, kind: kind,
      from: try record.value(from, complaint) {
        Self.wallTime($0.text, wholeDay: isTimeOff ? .startOfDay : nil)
      },
      to: try record.value(to, complaint) {
        Self.wallTime($0.text, wholeDay: isTimeOff ? .endOfDay : nil)
      },
      offer: isTimeOff ? nil : try offer(record))
  }

  private func offer(_ record: RawRecord) throws(FieldFault) -> Offer {
    guard let slotMinutes, let visitType else {
      throw FieldFault(
        column: kind, reason: "hours need the columns slot_duration_min and visit_type")
    }
    let (kinds, type) = try record.visits(visitType)
    return Offer(
      slotMinutes: try record.minutes(slotMinutes),
      stepMinutes: try record.minutes(ifAny: stepMinutes), visitType: type, kinds: kinds)
  }

  private static func wallTime(_ text: String, wholeDay: TimeOfDay?) -> CivilDateTime? {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard let date = parts.first.flatMap({ CivilDate(iso: $0) }) else { return nil }
    let time = parts.count == 2 ? TimeOfDay(parts[1]) : parts.count == 1 ? wholeDay : nil
    return time.flatMap { CivilDateTime(date: date, time: $0) }
  }
}

@available(*, unavailable)
extension ExceptionReader: Sendable {}
