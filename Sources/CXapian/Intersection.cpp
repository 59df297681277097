#include "Intersection.h"

#include <algorithm>
#include <limits>
#include <string>

namespace ncx {
namespace {

constexpr uint32_t exhausted = std::numeric_limits<uint32_t>::max();

// One posting list with its position at hand, so that most comparisons do not call into Xapian.
class Postings {
public:
  Postings(const Xapian::Database &database, const std::string &term)
      : iterator(database.postlist_begin(term)) {
    read();
  }

  uint32_t current() const { return position; }

  uint32_t advance(uint32_t target) {
    if (position < target) {
      iterator.skip_to(target);
      read();
    }
    return position;
  }

private:
  Xapian::PostingIterator iterator;
  uint32_t position;

  void read() { position = iterator == Xapian::PostingIterator() ? exhausted : *iterator; }
};

// Any of several terms: the union of their posting lists.
class Group {
public:
  void add(const Xapian::Database &database, const std::string &term) {
    const uint32_t termFrequency = database.get_termfreq(term);
    if (termFrequency == 0) return;
    lists.emplace_back(database, term);
    frequency += termFrequency;
  }

  // An upper bound of the documents in the union.
  uint64_t documents() const { return frequency; }

  // The first document at or after `target`.
  uint32_t advance(uint32_t target) {
    uint32_t nearest = exhausted;
    for (Postings &list : lists) nearest = std::min(nearest, list.advance(target));
    return nearest;
  }

private:
  std::vector<Postings> lists;
  uint64_t frequency = 0;
};

std::vector<Group> openGroups(
    const Xapian::Database &database, const ncx_terms &terms, const uint32_t *groupEnds,
    size_t groupCount) {
  std::vector<Group> groups(groupCount);
  std::string term;
  size_t index = 0;
  for (size_t group = 0; group < groupCount; group++) {
    for (; index < groupEnds[group]; index++) {
      const uint32_t start = index == 0 ? 0 : terms.ends[index - 1];
      term.assign(terms.bytes + start, terms.ends[index] - start);
      groups[group].add(database, term);
    }
  }
  // The rarest group leads, so that the others skip.
  std::sort(groups.begin(), groups.end(), [](const Group &a, const Group &b) {
    return a.documents() < b.documents();
  });
  return groups;
}

// Asks now and then whether the time is up, since asking reads a clock.
class Patience {
public:
  explicit Patience(const ncx_limit *limit) : limit(limit) {}

  // One step of work; false once the time is up.
  bool step() {
    if (limit != nullptr && ++steps % stepsBetween == 0 && limit->is_over(limit->context))
      ended = true;
    return !ended;
  }

  bool isOver() const { return ended; }

private:
  // Some tenths of a millisecond where each step decodes a part of a posting list.
  static constexpr uint32_t stepsBetween = 512;
  const ncx_limit *limit;
  uint32_t steps = 0;
  bool ended = false;
};

// The first document in target…last that every group has; when there is none, a document beyond
// `last` before which there is none either. Not looking further keeps the walk inside the ranges:
// the next match anywhere may be half an index away. `exhausted` too when the time is up.
uint32_t nextInAll(
    std::vector<Group> &groups, uint32_t target, uint32_t last, Patience &patience) {
  for (;;) {
    if (!patience.step()) return exhausted;
    const uint32_t candidate = groups[0].advance(target);
    if (candidate > last) return candidate;
    uint32_t furthest = candidate;
    for (size_t i = 1; i < groups.size() && furthest == candidate; i++)
      furthest = groups[i].advance(candidate);
    if (furthest == candidate || furthest > last) return furthest;
    target = furthest;
  }
}

} // namespace

Walk intersect(
    const Xapian::Database &database, const ncx_terms &terms, const uint32_t *groupEnds,
    size_t groupCount, const ncx_range *ranges, size_t rangeCount, const ncx_limit *limit,
    std::vector<uint32_t> &matches) {
  const uint32_t documents = database.get_doccount();
  if (groupCount == 0) {
    for (size_t i = 0; i < rangeCount; i++)
      for (uint64_t document = ranges[i].first; document <= ranges[i].last; document++)
        matches.push_back(uint32_t(document));
    return {documents, true};
  }
  std::vector<Group> groups = openGroups(database, terms, groupEnds, groupCount);
  const uint32_t upperBound = uint32_t(std::min<uint64_t>(groups[0].documents(), documents));
  if (upperBound == 0) return {0, true};
  Patience patience(limit);
  uint32_t target = 0;
  for (size_t i = 0; i < rangeCount; i++) {
    if (ranges[i].last < target) continue;
    target = std::max(target, ranges[i].first);
    for (;;) {
      const uint32_t document = nextInAll(groups, target, ranges[i].last, patience);
      if (document == exhausted) return {upperBound, !patience.isOver()};
      target = document;
      if (document > ranges[i].last) break;
      matches.push_back(document);
      target = document + 1;
    }
  }
  return {upperBound, true};
}

} // namespace ncx
