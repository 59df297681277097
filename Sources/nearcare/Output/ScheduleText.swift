import CivilTime
import Console
import ProviderDirectory
import Scheduling

/// A schedule as lines of text, a fact each, so that two schedules differ by the lines that one has
/// and the other has not.
enum ScheduleText {
  static func lines(_ schedule: Schedule) -> [String] {
    hours(schedule) + schedule.exceptions.map(exception) + rules(schedule.rules)
      + schedule.practice.kinds.sorted { $0.id < $1.id }.map(kind)
      + schedule.practice.holidays.map(holiday)
      + schedule.practice.travelMinutes.sorted { $0.key < $1.key }.map {
        "\($0.value) minutes on the way to or from \($0.key)"
      }
  }

  private static func hours(_ schedule: Schedule) -> [String] {
    schedule.blocks.sorted {
      ($0.weekday.rawValue, $0.start) < ($1.weekday.rawValue, $1.start)
    }.map(block)
  }

  /// `Mon 09:00–12:00  in-person, 30 min, a start every 15 min  every 2 weeks from 2026-12-02`.
  private static func block(_ block: ScheduleBlock) -> String {
    let day = "\(block.weekday)".prefix(3).capitalized
    var text = "\(day) \(block.start)–\(block.end)  \(offers(block.offers))"
    if block.everyWeeks > 1 { text += "  every \(block.everyWeeks) weeks" }
    if let from = block.validFrom { text += "  from \(from)" }
    if let until = block.validUntil { text += "  until \(until)" }
    return text
  }

  private static func offers(_ offers: OfferedVisits) -> String {
    guard offers.kinds.isEmpty else {
      let names = offers.kinds.map(\.description).joined(separator: ", ")
      return "\(names), a start every \(offers.stepMinutes) min"
    }
    let length = "\(offers.visitType.rawValue), \(offers.slotMinutes) min"
    return offers.stepMinutes == offers.slotMinutes
      ? length : "\(length), a start every \(offers.stepMinutes) min"
  }

  static func exception(_ exception: ScheduleException) -> String {
    let span = "\(moment(exception.from)) to \(moment(exception.to))"
    return switch exception.kind {
    case .timeOff: "time off \(span)"
    case .extraHours(let offers): "extra hours \(span)  \(self.offers(offers))"
    case .replacementHours(let offers): "replacement hours \(span)  \(self.offers(offers))"
    }
  }

  private static func moment(_ time: CivilDateTime) -> String { "\(time.date) \(time.time)" }

  static func rules(_ rules: BookingRules) -> [String] {
    var lines = [
      "\(rules.minimumNoticeSeconds / 60) minutes' notice", "\(rules.horizonDays) days ahead",
    ]
    if let most = rules.visitsPerDay { lines.append("at most \(visits(most)) a day") }
    if let most = rules.visitsPerWeek { lines.append("at most \(visits(most)) a week") }
    return lines
  }

  private static func visits(_ count: Int) -> String { Words.plural(count, "visit", "visits") }

  /// `new-patient  "New patient", in-person, 40 min, 5 min before, 10 min after, room exam`.
  static func kind(_ kind: VisitKind) -> String {
    var text =
      "\(kind.id)  \"\(Terminal.safe(kind.name))\", \(kind.visitType.rawValue), \(kind.minutes) min"
    if kind.bufferBeforeMinutes > 0 { text += ", \(kind.bufferBeforeMinutes) min before" }
    if kind.bufferAfterMinutes > 0 { text += ", \(kind.bufferAfterMinutes) min after" }
    if let room = kind.roomKind { text += ", room \(room)" }
    return text
  }

  static func holiday(_ holiday: Holiday) -> String {
    "closed \(holiday.date)  \(Terminal.safe(holiday.name))"
  }
}
