// The match: posting lists intersected inside ranges of document ids.
#ifndef NEARCARE_CXAPIAN_INTERSECTION_H
#define NEARCARE_CXAPIAN_INTERSECTION_H

#include "CXapian.h"

#include <vector>
#include <xapian.h>

namespace ncx {

/// Appends what `ncx_database_intersect` promises to `matches`; returns its upper bound.
uint32_t intersect(
    const Xapian::Database &database, const ncx_terms &terms, const uint32_t *groupEnds,
    size_t groupCount, const ncx_range *ranges, size_t rangeCount, std::vector<uint32_t> &matches);

} // namespace ncx

#endif
