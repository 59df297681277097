import CXapian
import Glibc

func openDatabase(
  _ paths: [String], superseding superseded: [UInt32] = [],
  _ database: UnsafeMutablePointer<OpaquePointer?>,
  _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> ncx_status {
  let names = paths.map { strdup($0) }
  defer { for name in names { free(name) } }
  return ncx_database_open(
    names.map { UnsafePointer($0) }, names.count, superseded, superseded.count, database, message)
}

func compact(
  _ sources: [String], _ destination: String,
  _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> ncx_status {
  let names = sources.map { strdup($0) }
  defer { for name in names { free(name) } }
  return ncx_compact(names.map { UnsafePointer($0) }, names.count, destination, message)
}
