import Console
import Discovery

/// Whose licence a search for visits by video asked for, and whom that left out.
struct LicenceReply: Encodable {
  struct LeftOut: Encodable {
    /// How many would be found without it, and of how many of them no licence is listed.
    let count, noneListed: Int
    let isExact: Bool

    enum CodingKeys: String, CodingKey {
      case count
      case noneListed = "none_listed"
      case isExact = "exact"
    }
  }

  /// The state in which the patient is; null where nobody knows, and nobody was left out.
  let state: Nullable<String>
  /// Who says so: `patient-state`, `place` or `home`.
  let source: Nullable<String>
  /// Only where nobody was found.
  let leftOut: LeftOut?

  enum CodingKeys: String, CodingKey {
    case state, source
    case leftOut = "left_out"
  }

  init(_ patient: PatientState?, leftOut: LeftOutByLicence?) {
    state = Nullable(patient?.code)
    source = Nullable(patient?.source.rawValue)
    self.leftOut = leftOut.map {
      LeftOut(count: $0.count, noneListed: $0.noneListed, isExact: $0.isExact)
    }
  }

  /// What was assumed of where the patient is.
  ///
  /// - Parameter home: the state of home.
  static func note(on patient: PatientState?, home: String?) -> String? {
    guard let patient else {
      return """
        A visit by video needs a practitioner licensed in the state where you are, which is not \
        known, so licences are not looked at: add --patient-state NY, or set home once with \
        nearcare config set near 10001.
        """
    }
    if patient.isNearestZip {
      return """
        Taken to be in \(patient.code), the state of the nearest ZIP code; --patient-state says \
        otherwise.
        """
    }
    guard patient.source == .place, let home, home != patient.code else { return nil }
    return """
      Taken to be in \(patient.code), the place searched, during the visit; at home it would be \
      --patient-state \(home).
      """
  }

  /// How the rule emptied the list; nil where it is not what did.
  ///
  /// - Parameter onlyBookable: whether those without an open slot are not counted.
  func line(onlyBookable: Bool) -> String? {
    guard let leftOut, leftOut.count > 0, let state = state.value else { return nil }
    let count = "\(leftOut.isExact ? "" : "at least ")\(leftOut.count)"
    let silent =
      leftOut.noneListed == 0
      ? "" : " (of \(leftOut.noneListed) of them it lists none at all)"
    return """
      \(count) would fit\(onlyBookable ? " and have an open slot" : ""), but NPPES lists no \
      licence of \(state) for them\(silent), which a visit by video needs while you are there. \
      Elsewhere then? Say --patient-state. Or go there: --visit in-person.
      """
  }
}
