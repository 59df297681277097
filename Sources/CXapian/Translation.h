// One translator from C++ exceptions to a status and a message.
#ifndef NEARCARE_CXAPIAN_TRANSLATION_H
#define NEARCARE_CXAPIAN_TRANSLATION_H

#include "CXapian.h"

namespace ncx {

/// A copy that C's `free` releases; null when there is no memory for it.
char *ownedCopy(const char *text) noexcept;

/// Classifies the exception being handled. Call it from a `catch (...)` block only.
ncx_status translate(char **message) noexcept;

/// Runs `body`; whatever it throws becomes a status.
template <typename Body> ncx_status guarded(char **message, Body &&body) noexcept {
  try {
    body();
    return NCX_OK;
  } catch (...) {
    return translate(message);
  }
}

} // namespace ncx

#endif
