import CivilTime
import ProviderDirectory
import Scheduling
import Testing

// Schedules and times as a clinic would say them.

let drLee = RoleID(npi: NPI(1_234_567_893)!, site: SiteKey("4fz0q8")!)

func date(_ text: String) -> CivilDate { CivilDate(iso: text)! }
func time(_ text: String) -> TimeOfDay { TimeOfDay(text)! }
func instant(_ text: String) -> Instant { Instant(rfc3339: text)! }

/// `2026-12-01 09:30`.
func moment(_ text: String) -> CivilDateTime {
  let words = text.split(separator: " ")
  return CivilDateTime(date: CivilDate(iso: words[0])!, time: TimeOfDay(words[1])!)!
}

/// `09:00-12:00 every 30` with an optional `telehealth`, every day of the week unless `days` says.
func hours(
  _ text: String, on days: [Weekday] = Weekday.allCases, from: String? = nil, until: String? = nil
) throws -> [ScheduleBlock] {
  let words = text.split(separator: " ")
  let ends = words[0].split(separator: "-")
  return try days.map { day in
    try ScheduleBlock(
      weekday: day, start: TimeOfDay(ends[0])!, end: TimeOfDay(ends[1])!,
      slotMinutes: Int(words[2])!, visitType: words.count > 3 ? .telehealth : .inPerson,
      validFrom: from.map(date), validUntil: until.map(date))
  }
}

func away(_ from: String, _ to: String) throws -> ScheduleException {
  try ScheduleException(.timeOff, from: moment(from), to: moment(to))
}

func extra(
  _ from: String, _ to: String, every minutes: Int, _ visitType: VisitType = .inPerson
) throws -> ScheduleException {
  try ScheduleException(
    try .extraHours(slotMinutes: minutes, visitType: visitType), from: moment(from), to: moment(to))
}

func schedule(
  _ zone: String, _ blocks: [ScheduleBlock], _ exceptions: [ScheduleException] = [],
  notice: Int64 = 0, horizon: Int = 90
) throws -> Schedule {
  Schedule(
    role: drLee, zone: try Zone(zone), blocks: blocks, exceptions: exceptions,
    rules: try BookingRules(minimumNoticeSeconds: notice, horizonDays: horizon))
}

/// What the site's clock shows at the start of each slot: `09:00 EST`; `t` marks telehealth.
func shown(_ slots: [Slot], in schedule: Schedule) -> [String] {
  slots.map { slot in
    let local = schedule.zone.local(at: slot.start)
    return "\(local.time) \(local.abbreviation)\(slot.visitType == .telehealth ? " t" : "")"
  }
}

/// The slots of one date at the site, seen from two days before.
func offered(_ schedule: Schedule, on day: String, busy: [Busy] = []) -> [String] {
  let day = date(day)
  let now = schedule.zone.dayBounds(of: day.adding(days: -2)).lowerBound
  let request = SlotRequest(dates: day...day)
  return shown(slots(in: schedule, matching: request, busy: busy, now: now), in: schedule)
}

func visit(
  _ start: String, minutes: Int64 = 30, _ visitType: VisitType = .inPerson
) -> ProposedVisit {
  let start = instant(start)
  return ProposedVisit(
    role: drLee, start: start, end: start.adding(seconds: minutes * 60), visitType: visitType)
}

func busy(_ from: String, _ to: String) -> Busy {
  Busy(start: instant(from), end: instant(to))
}

/// `09:00-12:00 30`, `09:00-12:00 60/15` (an hour, each quarter), `09:00-12:00 20 new-patient
/// follow-up`; every day of the week unless `days` says.
func week(
  _ text: String, on days: [Weekday] = Weekday.allCases, from: String? = nil, cycle: Int = 1
) throws -> [ScheduleBlock] {
  let words = text.split(separator: " ")
  let ends = words[0].split(separator: "-")
  let minutes = words[1].split(separator: "/").map { Int($0)! }
  let offers = try OfferedVisits(
    slotMinutes: minutes[0], stepMinutes: minutes.count > 1 ? minutes[1] : nil,
    visitType: .inPerson, kinds: words.dropFirst(2).map { ShortName($0)! })
  return try days.map { day in
    try ScheduleBlock(
      weekday: day, start: TimeOfDay(ends[0])!, end: TimeOfDay(ends[1])!, offers: offers,
      validFrom: from.map(date), everyWeeks: cycle)
  }
}

func replaced(_ from: String, _ to: String, every minutes: Int) throws -> ScheduleException {
  try ScheduleException(
    .replacementHours(try OfferedVisits(slotMinutes: minutes, visitType: .inPerson)),
    from: moment(from), to: moment(to))
}

/// The same schedule in another practice.
func schedule(
  _ plain: Schedule, practice: Practice, exceptions: [ScheduleException] = []
) -> Schedule {
  Schedule(
    role: plain.role, zone: plain.zone, blocks: plain.blocks,
    exceptions: plain.exceptions + exceptions, rules: plain.rules, practice: practice)
}
