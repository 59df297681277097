import CProcess
import Glibc

/// Keeps what the program has opened out of core files, and out of the handlers that some systems
/// pipe them to.
///
/// - Returns: false when the operating system refused.
@discardableResult
public func forbidCoreDumps() -> Bool {
  var none = rlimit(rlim_cur: 0, rlim_max: 0)
  return setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0
    && cprocess_forbid_dumps() == 0
}
