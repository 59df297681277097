import Glibc
import ProviderDirectory

/// The files of one run.
struct RunInputs {
  /// Whether the files continue the last full load, or are one.
  var isUpdate = false
  var nppes: [String]
  var sites: [String] = []
  var deactivations: [String] = []
  var plans: [String] = []
  var networks: [String] = []
  var schedules: [String] = []
  var taxonomy: String?

  /// Opens every file and checks every CSV header, so that a wrong path or a wrong file is said
  /// before anything is changed. JSON is only opened: a damaged one is set aside when its turn
  /// comes.
  func check(_ locator: SiteLocator, _ taxonomies: KnownTaxonomies) throws(FileFault) {
    for path in nppes { _ = try NPPESReader(path: path, locator: locator, taxonomies: taxonomies) }
    for path in sites { _ = try SecondarySitesReader(path: path, locator: locator) }
    for path in deactivations { _ = try DeactivationReader(path: path) }
    for path in schedules { _ = try ScheduleReader(path: path) }
    for path in plans + networks {
      guard access(path, R_OK) == 0 else {
        throw .unreadable(path: path, reason: String(cString: strerror(errno)))
      }
    }
  }

  /// How many files there are.
  var count: Int {
    nppes.count + sites.count + deactivations.count + plans.count + networks.count + schedules.count
  }

  /// What is to be read. Networks and hours count twice: they are sorted by practitioner before
  /// they are applied.
  var byteCount: Int {
    let twice = networks + networks + schedules + schedules
    return (nppes + sites + deactivations + plans + twice).reduce(0) { $0 + Self.byteCount($1) }
  }

  /// 0 for what is no file.
  static func byteCount(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
