#include "Translation.h"

#include <cstring>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <xapian.h>

namespace ncx {

char *ownedCopy(const char *text) noexcept {
  const size_t size = std::strlen(text) + 1;
  char *copy = static_cast<char *>(std::malloc(size));
  if (copy) std::memcpy(copy, text, size);
  return copy;
}

namespace {

ncx_status report(ncx_status status, const Xapian::Error &error, char **message) {
  *message = ownedCopy((std::string(error.get_type()) + ": " + error.get_description()).c_str());
  return status;
}

ncx_status rethrow(char **message) {
  try {
    throw;
  } catch (const Xapian::DatabaseModifiedError &error) {
    return report(NCX_MODIFIED, error, message);
  } catch (const Xapian::DatabaseLockError &error) {
    return report(NCX_LOCKED, error, message);
  } catch (const Xapian::DatabaseCorruptError &error) {
    return report(NCX_CORRUPT, error, message);
  } catch (const Xapian::SerialisationError &error) {
    return report(NCX_CORRUPT, error, message);
  } catch (const Xapian::DatabaseVersionError &error) {
    return report(NCX_VERSION, error, message);
  } catch (const Xapian::DatabaseOpeningError &error) {
    return report(NCX_CANNOT_OPEN, error, message);
  } catch (const Xapian::DatabaseCreateError &error) {
    return report(NCX_CANNOT_OPEN, error, message);
  } catch (const Xapian::NetworkError &error) {
    return report(NCX_NETWORK, error, message);
  } catch (const Xapian::InvalidArgumentError &error) {
    return report(NCX_INVALID_ARGUMENT, error, message);
  } catch (const Xapian::RangeError &error) {
    return report(NCX_INVALID_ARGUMENT, error, message);
  } catch (const Xapian::InvalidOperationError &error) {
    return report(NCX_UNSUPPORTED, error, message);
  } catch (const Xapian::UnimplementedError &error) {
    return report(NCX_UNSUPPORTED, error, message);
  } catch (const Xapian::FeatureUnavailableError &error) {
    return report(NCX_UNSUPPORTED, error, message);
  } catch (const Xapian::DatabaseError &error) {
    return report(NCX_DATABASE, error, message);
  } catch (const Xapian::Error &error) {
    return report(NCX_UNKNOWN, error, message);
  } catch (const std::bad_alloc &) {
    *message = ownedCopy("out of memory");
    return NCX_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    *message = ownedCopy(error.what());
    return NCX_UNKNOWN;
  } catch (...) {
    *message = ownedCopy("an exception that is no std::exception");
    return NCX_UNKNOWN;
  }
}

} // namespace

ncx_status translate(char **message) noexcept {
  *message = nullptr;
  try {
    return rethrow(message);
  } catch (...) {
    // Only the making of the message can fail here, for want of memory.
    return NCX_OUT_OF_MEMORY;
  }
}

} // namespace ncx
