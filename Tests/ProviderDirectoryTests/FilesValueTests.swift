import CivilTime
import Testing

@testable import ProviderDirectory

/// Runs `body` on a field that holds `text`.
private func field<T>(_ text: String, _ body: (RawField) -> T) -> T {
  var text = text
  return text.withUTF8 { body(RawField(bytes: $0, hasDoubledQuotes: false)) }
}

struct FieldValueTests {
  @Test(
    arguments: [
      ("1", 1), ("1457900839", 1_457_900_839), ("1457900839.0", 1_457_900_839), ("2.0", 2),
      (" 2.000 ", 2), ("0", 0), ("007", 7), ("", nil), (".0", nil), ("1.", nil), ("1.5", nil),
      ("1.45790E+09", nil), ("-1", nil), ("1,000", nil), ("9999999999999999999", nil), ("1 2", nil),
    ] as [(String, Int64?)])
  func wholeNumbers(_ text: String, _ expected: Int64?) {
    #expect(field(text) { $0.wholeNumber } == expected)
  }

  @Test(
    arguments: [
      ("01/31/2024", "2024-01-31"), ("6/15/26", "2026-06-15"), ("2/29/2024", "2024-02-29"),
      ("12/1/2019", "2019-12-01"), ("2024-01-05", "2024-01-05"), (" 01/02/2024 ", "2024-01-02"),
      ("2/29/2023", nil), ("13/01/2024", nil), ("00/10/2024", nil), ("01/32/2024", nil),
      ("1/1/202", nil), ("2024-1-5", nil), ("01-02-2024", nil), ("2024/01/02", nil),
      ("01/02", nil), ("01/02/2024/1", nil), ("01/02-2024", nil), ("Jan 2 2024", nil), ("", nil),
      ("99999/1/2024", nil),
    ] as [(String, String?)])
  func dates(_ text: String, _ expected: String?) {
    #expect(field(text) { $0.date?.description } == expected)
  }

  @Test(
    arguments: [
      ("09:30", "09:30"), ("9:05", "09:05"), ("17:00:00", "17:00"), ("00:00", "00:00"),
      ("24:00", "24:00"), ("24:01", nil), ("12:60", nil), ("9:5", nil), ("9", nil), ("", nil),
      ("9:30 AM", nil), ("09:30:30", nil), ("1:2:3:4", nil), (":30", nil),
    ] as [(String, String?)])
  func times(_ text: String, _ expected: String?) {
    #expect(field(text) { $0.timeOfDay?.description } == expected)
  }

  @Test(arguments: [
    ("(212) 555-0100", "2125550100"), ("2125550100.0", "2125550100"), ("", ""), ("n/a", ""),
  ])
  func telephoneDigits(_ text: String, _ expected: String) {
    #expect(field(text) { $0.digits } == expected)
  }

  @Test(
    arguments: [
      ("1234567893", nil), ("1234567893.0", nil), ("", NPIFault.empty), ("12345", .notTenDigits),
      ("3234567893", .notTenDigits), ("1234567890", .badCheckDigit), ("12x4567893", .notANumber),
    ] as [(String, NPIFault?)])
  func npis(_ text: String, _ expected: NPIFault?) {
    do throws(NPIFault) {
      #expect(try NPI(text: text).number == 1_234_567_893)
      #expect(expected == nil)
    } catch {
      #expect(error == expected)
    }
  }
}
