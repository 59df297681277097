import CivilTime
import TestSupport
import Testing

@testable import ProviderDirectory

private let header = "npi,site,exception,from,to,slot_duration_min,visit_type,step_min\n"

private func read(_ row: String, header: String = header) throws -> ExceptionReader.Row {
  let scratch = try ScratchDirectory()
  let path = try scratch.file("exceptions.csv", header + row + "\n")
  #expect(try ExceptionReader.reads(path))
  let reader = try ExceptionReader(path: path)
  let one = try #require(try reader.next())
  #expect(try reader.next() == nil)
  return one
}

@Suite struct ExceptionReaderTests {
  private func moment(_ date: String, _ time: String) -> CivilDateTime {
    CivilDateTime(date: CivilDate(iso: date)!, time: TimeOfDay(time)!)!
  }

  @Test func daysOffAndHours() throws {
    guard case .exception(let away) = try read("1234567893,all,time-off,2026-12-24,2026-12-26,,,")
    else {
      Issue.record("rejected")
      return
    }
    #expect(away.isEverywhere && away.site == nil && away.offer == nil)
    #expect(away.from == moment("2026-12-24", "00:00") && away.to == moment("2026-12-26", "24:00"))
    let row =
      "1234567893,4fz0q8,Replacement-Hours,2026-12-07T13:00,2026-12-07T18:00,20,call;walk,30"
    guard case .exception(let hours) = try read(row) else {
      Issue.record("rejected")
      return
    }
    #expect(hours.kind == .replacementHours && hours.site == SiteKey("4fz0q8"))
    #expect(hours.to == moment("2026-12-07", "18:00"))
    #expect(hours.offer?.slotMinutes == 20 && hours.offer?.stepMinutes == 30)
    #expect(hours.offer?.kinds.map(\.description) == ["call", "walk"])
  }

  @Test(arguments: [
    ("123,,time-off,2026-12-24,2026-12-26,,,", "npi"),
    ("1234567893,!,time-off,2026-12-24,2026-12-26,,,", "site"),
    ("1234567893,,holiday,2026-12-24,2026-12-26,,,", "exception"),
    ("1234567893,,time-off,24/12,2026-12-26,,,", "from"),
    ("1234567893,,extra-hours,2026-12-24,2026-12-24T10:00,20,in-person,", "from"),
    ("1234567893,,extra-hours,2026-12-24T09:00,2026-12-24T25:00,20,in-person,", "to"),
    ("1234567893,,extra-hours,2026-12-24T09:00,2026-12-24T10:00,,in-person,", "slot_duration_min"),
    ("1234567893,,extra-hours,2026-12-24T09:00,2026-12-24T10:00,20,by fax!,1", "visit_type"),
    ("1234567893,all,extra-hours,2026-12-24T09:00,2026-12-24T10:00,20,in-person,", "site"),
  ])
  func whatCannotBeReadIsRejected(row: String, field: String) throws {
    guard case .rejected(let rejection) = try read(row) else {
      Issue.record("accepted")
      return
    }
    #expect(rejection.field == field, "\(rejection.reason)")
  }

  @Test func hoursNeedTheirColumns() throws {
    let row = "1234567893,,extra-hours,2026-12-24T09:00,2026-12-24T10:00"
    guard case .rejected(let rejection) = try read(row, header: "npi,site,exception,from,to\n")
    else {
      Issue.record("accepted")
      return
    }
    #expect(rejection.reason.contains("slot_duration_min"))
  }
}
