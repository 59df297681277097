#include "CCivilTime.h"

#include <cctz/time_zone.h>

extern "C" int ncc_placeholder(void) { return 0; }
