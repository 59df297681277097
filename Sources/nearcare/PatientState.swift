import ArgumentParser
import Console
import ProviderDirectory
import QueryParsing
import Scheduling

struct PatientStateOption: ParsableArguments {
  @Option(
    name: .customLong("patient-state"),
    help: "For visits by video, the state in which you will be, such as NY.")
  var state: String?
}

/// The state in which the patient is during a visit by video, whose licence the practitioner needs.
struct PatientState: Hashable {
  /// Who says so.
  enum Source: String {
    case said = "patient-state"
    case place, home
  }

  /// USPS code.
  let code: String
  let source: Source
  /// Whether it is that of the ZIP code nearest to a bare `lat,lon`.
  let isNearestZip: Bool
}

extension Program {
  /// The state said outright, else that of the place searched, else that of home; nil where that is
  /// none, or nobody knows.
  ///
  /// - Parameters:
  ///   - said: what `--patient-state` names; nil where it is not given.
  ///   - query: nil where nothing is searched.
  func patientState(
    _ said: String?, searching query: ParsedQuery? = nil
  ) throws -> PatientState? {
    if let said {
      let parser = try parser()
      do throws(QueryError) {
        let code = try parser.state(named: said).code
        return PatientState(code: code, source: .said, isNearestZip: false)
      } catch {
        throw Failure(.usage, "--patient-state: \(Terminal.safe("\(error)"))")
      }
    }
    if let place = query?.place, place.kind != .me { return try state(of: place, .place) }
    let home = try nearMe().flatMap { try state(of: $0, .home) }
    let searched = query?.states.map(\.code) ?? []
    switch searched.count {
    case 0: return home
    case 1: return PatientState(code: searched[0], source: .place, isNearestZip: false)
    default: return home.flatMap { searched.contains($0.code) ? $0 : nil }
    }
  }

  /// Refuses a state that is none before anything is written.
  func requirePatientState(_ option: PatientStateOption) throws {
    if let said = option.state { _ = try patientState(said) }
  }

  private func state(of place: ParsedPlace, _ source: PatientState.Source) throws -> PatientState? {
    try parser().state(of: place).map {
      PatientState(code: $0, source: source, isNearestZip: place.state == nil)
    }
  }

  /// What to say of a practitioner whom the registry knows no licence of for the patient's state;
  /// nil where it knows one, or nobody knows the state.
  func licenceNote(on role: PractitionerRole?, for patient: PatientState?) -> String? {
    guard let role, let patient, !role.licenceStates.contains(patient.code) else { return nil }
    let listed = role.licenceStates.prefix(8).joined(separator: ", ")
    return """
      By video, \(Words.name(role.name)) needs a licence of \(patient.code) while you are there, \
      and NPPES lists \(listed.isEmpty ? "none" : listed). Ask them first, or say \
      --patient-state where you will be.
      """
  }

  /// Says so of a visit by video that was just held, booked or moved. It stands all the same: the
  /// registry is what practitioners tell it, and compacts of states and visits while travelling are
  /// unknown to it. For the same reason nothing is thrown: a setting of home that cannot be read
  /// must not make what is booked look refused.
  func noteLicence(on id: RoleID, _ type: VisitType, _ patient: PatientStateOption) {
    guard type == .telehealth else { return }
    do {
      let state = try patientState(patient.state)
      if let note = licenceNote(on: try role(id), for: state) { writeNote(note) }
    } catch {
      let reason = Failure(error)?.message ?? "\(error)"
      writeNote("It stands, but licences were not looked at: \(reason)")
    }
  }
}
