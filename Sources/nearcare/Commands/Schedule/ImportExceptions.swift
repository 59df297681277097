import Console
import ProviderDirectory
import Scheduling
import Store

extension ImportSchedule {
  /// A row that can be applied.
  private struct Wanted {
    let exception: ScheduleException
    /// The one role, or everyone of a person's.
    let roles: [RoleID]
    /// The person whose every site it concerns.
    let person: NPI?
  }

  func importExceptions(_ program: Program) throws {
    var rejections: [Rejection] = []
    var rows: [ExceptionReader.Exception] = []
    let reader = try ExceptionReader(path: file)
    while let row = try reader.next() {
      switch row {
      case .exception(let exception): rows.append(exception)
      case .rejected(let rejection): rejections.append(rejection)
      }
    }
    let wanted = try program.openStore(createIfMissing: false).read {
      try applicable(rows, $0, &rejections)
    }
    guard rejections.isEmpty else { throw rejected(rejections) }
    guard !wanted.isEmpty else {
      throw Failure(.badData, "\(Terminal.safe(file)) has no exceptions; nothing has changed")
    }
    try program.edit(
      Set(wanted.flatMap(\.roles)).sorted(), editing, json: options.json,
      say: "the exceptions are as they were"
    ) { transaction in
      for one in wanted {
        let known = try transaction.exceptions(of: one.roles[0])
          .filter { $0.isEverywhere == (one.person != nil) }
        if known.contains(where: { $0.exception == one.exception }) { continue }
        if let person = one.person {
          _ = try transaction.addTimeOff(one.exception, ofAllSitesOf: person)
        } else {
          try transaction.add(one.exception, of: one.roles[0], run: 0)
        }
      }
    }
  }

  /// What names no role, or a visit type that its practice lacks, is rejected.
  private func applicable(
    _ rows: [ExceptionReader.Exception], _ transaction: ReadTransaction,
    _ rejections: inout [Rejection]
  ) throws -> [Wanted] {
    var wanted: [Wanted] = []
    var schedules: [RoleID: Schedule] = [:]
    for row in rows {
      func reject(_ field: String, _ reason: String) {
        rejections.append(Rejection(file: file, line: row.line, field: field, reason: reason))
      }
      let everyone = row.isEverywhere ? try transaction.roles(of: row.npi) : []
      if row.isEverywhere, everyone.isEmpty {
        reject("npi", "the directory has no site of \(row.npi)")
        continue
      }
      let role = everyone.first
      guard
        let schedule = try schedule(
          of: row.npi, role?.site ?? row.site, transaction, &schedules)
      else {
        let (field, reason) = Self.unknown(row.npi, row.site)
        reject(field, reason)
        continue
      }
      if let unknown = row.offer?.kinds.first(where: { schedule.practice.kind($0) == nil }) {
        reject("visit_type", Self.unknown(unknown, at: schedule.role))
        continue
      }
      do throws(ScheduleError) {
        wanted.append(
          Wanted(
            exception: try ScheduleException(row),
            roles: row.isEverywhere ? everyone : [schedule.role],
            person: row.isEverywhere ? row.npi : nil))
      } catch {
        reject("", "\(error)")
      }
    }
    return wanted
  }
}
