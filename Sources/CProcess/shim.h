/* What Swift cannot call of the process's own settings: prctl(2) takes a variable list. */
#ifndef CPROCESS_SHIM_H
#define CPROCESS_SHIM_H

#include <sys/prctl.h>

/* Nobody but root may look into this process's memory, and it is never dumped. Returns 0, or -1 and
   sets errno. */
static inline int cprocess_forbid_dumps(void) {
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

#endif
