import Glibc
public import Store

extension HomeDirectory {
  /// The home that a command works on: `--home`, else NEARCARE_HOME, else the folder `nearcare` of
  /// XDG_DATA_HOME, else of its default.
  public init(option: String?, environment: [String: String]) {
    func set(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let data = set("XDG_DATA_HOME") ?? (set("HOME") ?? ".") + "/.local/share"
    // LoadCredential=nearcare-key:… of a systemd unit.
    let credential = set("CREDENTIALS_DIRECTORY").map { $0 + "/nearcare-key" }
    self.init(
      path: option ?? set("NEARCARE_HOME") ?? data + "/nearcare",
      credentialPath: credential.flatMap { access($0, F_OK) == 0 ? $0 : nil })
  }
}
