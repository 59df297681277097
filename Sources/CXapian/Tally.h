// How often each ordinal occurs in the values of a match.
#ifndef NEARCARE_CXAPIAN_TALLY_H
#define NEARCARE_CXAPIAN_TALLY_H

#include <cstdint>
#include <xapian.h>

namespace ncx {

/// Adds to `counts` what `ncx_database_tally` promises, for one database.
void tally(
    const Xapian::Database &database, Xapian::valueno slot, const uint32_t *documents, size_t count,
    uint32_t *counts, size_t ordinals);

} // namespace ncx

#endif
