public import CivilTime

// The refusals that come of who asks.

extension Refusal {
  /// - Parameters:
  ///   - what: the action's name.
  ///   - next: what else may be done.
  public static func notPermitted(_ what: String, to role: String, next: String) -> Refusal {
    Refusal(.notPermitted, "\(what) is not permitted to \(role); \(next). This was recorded")
  }

  /// One answer for a name nobody has, a wrong passphrase and a wrong code.
  public static let signInFailed = Refusal(
    .signInFailed,
    "the name, the passphrase or the code is wrong; look at them and sign in again with "
      + "`nearcare login`")

  public static func lockedOut(until end: Instant, zone: Zone) -> Refusal {
    Refusal(
      .lockedOut,
      "signing in under this name has failed too often and is refused until \(zone.rfc3339(end)); "
        + "wait until then, or ask the practice to set another passphrase")
  }

  public static func loginTaken(_ login: String) -> Refusal {
    Refusal(
      .loginTaken, "an account with the login '\(login)' was made before; choose another login")
  }

  public static func unknownLogin(_ login: String) -> Refusal {
    Refusal(
      .unknownLogin,
      "no open account has the login '\(login.prefix(80))'; see `nearcare staff list`")
  }

  public static let lastAdministrator = Refusal(
    .lastAdministrator,
    "this is the last administrator, and without one nobody could run the accounts; make another "
      + "with `nearcare staff add` first")

  public static let firstIsAdministrator = Refusal(
    .firstIsAdministrator,
    "the first account must be an administrator, who makes the others: "
      + "`nearcare staff add LOGIN --role administrator`")

  public static func unknownPatient(_ text: String) -> Refusal {
    Refusal(
      .unknownPatient,
      "there is no such patient '\(text.prefix(80))'; see `nearcare patient find`")
  }
}
