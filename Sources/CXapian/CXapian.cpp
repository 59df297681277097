#include "CXapian.h"

#include <xapian.h>

extern "C" const char *ncx_xapian_version(void) { return Xapian::version_string(); }
