// The match: posting lists intersected inside ranges of document ids.
#ifndef NEARCARE_CXAPIAN_INTERSECTION_H
#define NEARCARE_CXAPIAN_INTERSECTION_H

#include "CXapian.h"

#include <vector>
#include <xapian.h>

namespace ncx {

struct Walk {
  uint32_t upperBound;
  bool isComplete;
};

/// Appends what `ncx_database_intersect` promises to `matches`.
Walk intersect(
    const Xapian::Database &database, const ncx_terms &terms, const uint32_t *groupEnds,
    size_t groupCount, const ncx_range *ranges, size_t rangeCount, const ncx_limit *limit,
    std::vector<uint32_t> &matches);

} // namespace ncx

#endif
