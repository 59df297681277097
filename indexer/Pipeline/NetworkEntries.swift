import CivilTime
import ProviderDirectory
import Store

/// The entries of a network file, by practitioner. Nothing of a file may be applied before it has
/// proved whole, and then it goes through the tables once: see `RowSorter`.
final class NetworkEntries {
  /// Ids of plans, by the numbers that entries name them by here.
  private(set) var planIDs: [String] = []
  var count: Int { rows.count }

  private var planNumbers: [String: UInt32] = [:]
  private var languages: [String] = []
  private var languageNumbers: [String: UInt32] = [:]
  private let rows: RowSorter

  /// - Parameter folder: where those lie that memory shall not hold.
  init(in folder: String) { rows = RowSorter(in: folder) }

  /// - Parameter codes: the entry's languages.
  func append(_ entry: NetworkReader.Entry, languages codes: [String]) throws {
    var row: [UInt32] = [
      UInt32(truncatingIfNeeded: entry.line),
      UInt32(bitPattern: entry.lastUpdated?.daysSinceEpoch ?? .min),
      UInt32(NewPatients.allCases.firstIndex(of: entry.newPatients)!),
      UInt32(entry.zips.count), UInt32(entry.planIDs.count),
    ]
    row.reserveCapacity(row.count + entry.zips.count + entry.planIDs.count + codes.count)
    for zip in entry.zips { row.append(UInt32(zip)!) }
    for id in entry.planIDs { row.append(Self.number(of: id, &planIDs, &planNumbers)) }
    for code in codes { row.append(Self.number(of: code, &languages, &languageNumbers)) }
    try rows.append(row, key: entry.npi.number)
  }

  private static func number(
    of text: String, _ texts: inout [String], _ numbers: inout [String: UInt32]
  ) -> UInt32 {
    if let known = numbers[text] { return known }
    let number = UInt32(texts.count)
    texts.append(text)
    numbers[text] = number
    return number
  }

  /// Hands out each entry with its line.
  ///
  /// - Parameter plans: the directory's numbers of `planIDs`.
  func forEach(plans: [Int64], _ body: (Int, NetworkRecord) throws -> Void) throws {
    try rows.forEach { npi, row in
      let (zips, named) = (Int(row[3]), Int(row[4]))
      let (firstPlan, firstLanguage) = (5 + zips, 5 + zips + named)
      let day = Int32(bitPattern: row[1])
      let record = NetworkRecord(
        npi: NPI(npi)!, zips: row[5..<firstPlan].map(Self.fiveDigits),
        planNumbers: row[firstPlan..<firstLanguage].map { plans[Int($0)] },
        newPatients: NewPatients.allCases[Int(row[2])],
        languages: row[firstLanguage...].map { languages[Int($0)] },
        asOf: day == .min ? nil : CivilDate(daysSinceEpoch: day))
      try body(Int(row[0]), record)
    }
  }

  private static func fiveDigits(_ zip: UInt32) -> String {
    let digits = String(zip)
    return String(repeating: "0", count: 5 - digits.utf8.count) + digits
  }
}
