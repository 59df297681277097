import ArgumentParser
import Booking
import Console
import Foundation
import Privacy
import ProviderDirectory
import Store

/// A command that does something, and what that is to `Policy`.
protocol Governed: ParsableCommand {
  static var action: Action { get }
  var options: GlobalOptions { get }
}

/// The one list of what each command does. A command that is not on it does not run.
extension Search: Governed { static var action: Action { .findCare } }
extension Parse: Governed { static var action: Action { .findCare } }
extension Slots: Governed { static var action: Action { .findCare } }
extension WhyNot: Governed { static var action: Action { .findCare } }

extension Register: Governed { static var action: Action { .signIn } }
extension Login: Governed { static var action: Action { .signIn } }
extension Logout: Governed { static var action: Action { .signIn } }
extension WhoAmI: Governed { static var action: Action { .signIn } }
extension SetPassphrase: Governed { static var action: Action { .setPassphrase } }

extension HoldSlot: Governed { static var action: Action { .holdSlot } }
extension ReleaseHold: Governed { static var action: Action { .holdSlot } }
extension Book: Governed { static var action: Action { .bookVisit } }
extension Reschedule: Governed { static var action: Action { .moveVisit } }
extension Appointments: Governed { static var action: Action { .listVisits } }
extension Waitlist.Join: Governed { static var action: Action { .waitForSlot } }
extension Waitlist.List: Governed { static var action: Action { .waitForSlot } }
extension Waitlist.Claim: Governed { static var action: Action { .waitForSlot } }
extension Waitlist.Leave: Governed { static var action: Action { .waitForSlot } }

extension Cancel: Governed { static var action: Action { .cancelVisit } }
extension CheckIn: Governed { static var action: Action { .attendVisit } }
extension NoShow: Governed { static var action: Action { .attendVisit } }
extension Complete: Governed { static var action: Action { .attendVisit } }

extension Agenda: Governed { static var action: Action { .readAgenda } }
extension PatientCommand.Show: Governed { static var action: Action { .readPatient } }
extension PatientCommand.Find: Governed { static var action: Action { .findPatient } }
extension PatientCommand.Reset: Governed { static var action: Action { .resetPatient } }
extension PatientCommand.Preferences: Governed {
  static var action: Action { .setPreferences }
}
extension BreakGlass.Open: Governed { static var action: Action { .breakGlass } }
extension BreakGlass.List: Governed { static var action: Action { .readAudit } }

extension Messages.List: Governed { static var action: Action { .listMessages } }
extension Messages.Show: Governed { static var action: Action { .readMessage } }
extension Messages.Resend: Governed { static var action: Action { .resendMessage } }
extension Messages.Notify: Governed { static var action: Action { .setNotices } }

extension ShowSchedule: Governed { static var action: Action { .readSchedule } }
extension Rooms.List: Governed { static var action: Action { .readSchedule } }
extension Holidays.List: Governed { static var action: Action { .readSchedule } }
extension DayHours.List: Governed { static var action: Action { .readSchedule } }
extension TimeOff.List: Governed { static var action: Action { .readSchedule } }
extension VisitTypes.List: Governed { static var action: Action { .readSchedule } }
extension ImportSchedule: Governed { static var action: Action { .editSchedule } }
extension SetRules: Governed { static var action: Action { .editSchedule } }
extension Rooms.Add: Governed { static var action: Action { .editSchedule } }
extension Rooms.Remove: Governed { static var action: Action { .editSchedule } }
extension Holidays.Add: Governed { static var action: Action { .editSchedule } }
extension Holidays.Remove: Governed { static var action: Action { .editSchedule } }
extension DayHours.Add: Governed { static var action: Action { .editSchedule } }
extension DayHours.Remove: Governed { static var action: Action { .editSchedule } }
extension TimeOff.Add: Governed { static var action: Action { .editSchedule } }
extension TimeOff.Remove: Governed { static var action: Action { .editSchedule } }
extension VisitTypes.Add: Governed { static var action: Action { .editSchedule } }
extension VisitTypes.Remove: Governed { static var action: Action { .editSchedule } }

extension Work: Governed { static var action: Action { .operate } }
extension Backup: Governed { static var action: Action { .operate } }
extension Doctor: Governed { static var action: Action { .operate } }
extension Restore: Governed { static var action: Action { .maintain } }
extension Keys.Status: Governed { static var action: Action { .maintain } }
extension Keys.Rotate: Governed { static var action: Action { .maintain } }
extension Keys.Reencrypt: Governed { static var action: Action { .maintain } }
extension Keys.Prune: Governed { static var action: Action { .maintain } }
extension Retention.Report: Governed { static var action: Action { .maintain } }
extension Retention.Apply: Governed { static var action: Action { .maintain } }
extension Retention.Hold: Governed { static var action: Action { .maintain } }
extension Retention.Lift: Governed { static var action: Action { .maintain } }
extension Retention.Holds: Governed { static var action: Action { .maintain } }
extension Config.Get: Governed { static var action: Action { .findCare } }
extension Config.Set: Governed { static var action: Action { .configure } }
extension Audit.Verify: Governed { static var action: Action { .readAudit } }
extension Audit.Show: Governed { static var action: Action { .readAudit } }
extension Audit.Export: Governed { static var action: Action { .readAudit } }
extension Staff.Add: Governed { static var action: Action { .manageStaff } }
extension Staff.List: Governed { static var action: Action { .manageStaff } }
extension Staff.Change: Governed { static var action: Action { .manageStaff } }
extension Staff.Reset: Governed { static var action: Action { .manageStaff } }
extension Staff.Close: Governed { static var action: Action { .manageStaff } }

enum Permissions {
  /// Refuses what the policy does not permit to whoever is signed in. What patients may do as well
  /// is left to `Bookings`, which asks the same policy in the request's own transaction.
  static func check(_ command: any ParsableCommand) throws {
    guard let governed = command as? any Governed else {
      // With commands below it, it only prints its help.
      guard isHelp(command) else {
        throw Failure(
          .internalFault,
          "\(type(of: command)) is not on the list of what commands do; please report this")
      }
      return
    }
    let action = type(of: governed).action
    guard Policy.isForStaffAlone(action) else { return }
    try Program(governed.options).permit(action)
  }

  private static func isHelp(_ command: any ParsableCommand) -> Bool {
    let type = type(of: command)
    return !type.configuration.subcommands.isEmpty || "\(type)" == "HelpCommand"
  }
}

extension Program {
  /// The practice's side of this terminal: an account of the staff, or, where none was ever made,
  /// the owner of the home.
  func desk() throws -> FrontDesk {
    FrontDesk(name: DeskOptions.nameHere, token: try sessionToken())
  }

  /// Refuses what whoever is signed in may not do to `roles`, or at all.
  func permit(_ action: Action, to roles: [RoleID]? = nil) throws {
    guard try isClosed() else { return }
    _ = try done(try bookings().permit(action, to: roles, by: .frontDesk(try desk())))
  }

  /// Whether an account of the staff was ever made here.
  func isClosed() throws -> Bool {
    guard FileManager.default.fileExists(atPath: home.databasePath) else { return false }
    return try openStore(createIfMissing: false).read { try $0.hasStaff() }
  }

  /// Who reads or maintains, as the audit trail names them.
  func administrator(_ action: Action) throws -> Actor {
    guard try isClosed() else { return .administrator(DeskOptions.nameHere) }
    return try done(try bookings().permit(action, by: .frontDesk(try desk())))
  }
}
