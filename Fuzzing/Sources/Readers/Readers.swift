import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import QueryParsing
import Scheduling

/// Hands `input` to one of the readers of what outsiders send: none of it may trap.
///
/// The first byte says which reader gets the rest, the letters of `Reader`; any other byte, the
/// parser of queries. A value that a reader accepts must be written the way that it reads again.
public func read(input: UnsafeRawBufferPointer) {
  guard let first = input.first else { return }
  let reader = Reader(rawValue: first) ?? .query
  reader.read(UnsafeRawBufferPointer(rebasing: input.dropFirst()))
}

private enum Reader: UInt8 {
  /// `q`
  case query = 0x71
  /// `o`: the values of options
  case options = 0x6F
  /// `s`
  case slotID = 0x73
  /// `g`
  case geoJSON = 0x67
  /// `c`
  case csv = 0x63
  /// `t`
  case rfc3339 = 0x74

  func read(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    switch self {
    case .query: readQuery(text)
    case .options: readOptions(text)
    case .slotID: readSlotID(text)
    case .geoJSON: readGeoJSON(bytes)
    case .csv: readCSV(bytes)
    case .rfc3339: readInstant(text)
    }
  }

  /// Every word is accounted for: the parts and what was not recognized have as many letters as the
  /// line, punctuation aside, whatever the line.
  private func readQuery(_ text: String) {
    do {
      // Any day of four years, by the text itself: much of what words of dates mean hangs on it.
      var context = Setting.shared.context
      let days = text.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) % 1461 }
      context.now = context.now.adding(seconds: Int64(days) * 86_400)
      let query = try Setting.shared.parser.parse(text, context: context)
      precondition(query.specialties.count <= 25)
      precondition(text.utf8.count <= QueryParser.lengthLimit)
      if let dates = query.dates { precondition(dates.lowerBound <= dates.upperBound) }
      if let times = query.times { precondition(times.from < times.to) }
      if let miles = query.radiusMiles { precondition(miles.isFinite && miles > 0) }
      let understood = query.parts.map(\.text) + query.unrecognized
      let letters = text.utf8.count { Self.isLetter($0) }
      let kept = understood.reduce(0) { $0 + $1.utf8.count { Self.isLetter($0) } }
      precondition(kept >= letters, "a word was dropped")
    } catch {
      precondition(text.utf8.count > QueryParser.lengthLimit)
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
  }

  private func readOptions(_ text: String) {
    let parser = Setting.shared.parser
    let context = Setting.shared.context
    _ = Result { try parser.place(text, home: context.home) }.map {
      precondition(!$0.label.isEmpty)
    }
    _ = Result { try parser.when(text, context: context) }
    _ = Result { try parser.specialties(matching: text) }.map { precondition(!$0.isEmpty) }
    _ = Result { try parser.insurance(matching: text) }
    _ = Result { try parser.language(matching: text) }
    _ = Result { try parser.gender(matching: text) }
    _ = Result { try parser.visitType(matching: text) }
    _ = Result { try parser.sort(matching: text) }
  }

  private func readSlotID(_ text: String) {
    guard let id = SlotID(text) else { return }
    precondition(SlotID("\(id)") == id)
  }

  private func readInstant(_ text: String) {
    guard let instant = Instant(rfc3339: text) else { return }
    precondition(Instant(rfc3339: Setting.shared.zone.rfc3339(instant)) == instant)
  }

  private func readGeoJSON(_ bytes: UnsafeRawBufferPointer) {
    _ = Result { try Area.geoJSON(Data(bytes)) }
  }

  /// Through a file, as it is read.
  private func readCSV(_ bytes: UnsafeRawBufferPointer) {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: Setting.shared.file))
      let reader = try CSVReader(path: Setting.shared.file)
      var rows = 0
      while let row = try reader.next() {
        rows += 1
        if case .record(let record) = row { precondition(record.line > 1) }
      }
      precondition(rows == reader.rows)
    } catch is FileFault {
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

/// Made once: the tables, and a day at home in Manhattan.
private struct Setting {
  static let shared: Setting = {
    do {
      return try Setting()
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  let parser: QueryParser
  let context: ParseContext
  let zone: Zone
  let file: String

  init() throws {
    let gazetteer = try Gazetteer()
    parser = try QueryParser(
      gazetteer: gazetteer, specialties: SpecialtyCatalog(), insurers: InsurerCatalog(),
      languages: LanguageCatalog(), taxonomy: TaxonomyCatalog(), names: NameCatalog())
    zone = try Zone("America/New_York")
    context = ParseContext(
      now: Instant(secondsSinceEpoch: 1_795_532_400), home: try parser.place("10001"),
      fallbackZone: zone)
    file = FileManager.default.temporaryDirectory.path + "/nearcare-fuzz-\(getpid()).csv"
  }
}
