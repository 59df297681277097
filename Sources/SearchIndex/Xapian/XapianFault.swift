import CXapian

/// Runs one call over the C boundary and turns its status into an `IndexError` that names `path`.
func xapianCall(
  _ path: String, _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> ncx_status
) throws(IndexError) {
  var message: UnsafeMutablePointer<CChar>?
  let status = body(&message)
  guard status != NCX_OK else { return }
  let detail = message.map { String(cString: $0) } ?? "no memory for the message"
  ncx_free_message(message)
  throw IndexError(status, path: path, detail: detail)
}

extension IndexError {
  init(_ status: ncx_status, path: String, detail: String) {
    switch status {
    case NCX_MODIFIED: self = .modified(detail: detail)
    case NCX_LOCKED: self = .locked(path: path, holder: "another process")
    case NCX_CORRUPT, NCX_CANNOT_OPEN: self = .corrupt(path: path, detail: detail)
    case NCX_VERSION: self = .unsupportedVersion(path: path, detail: detail)
    default: self = .library(detail: "\(path): \(detail)")
    }
  }
}
