// Candidates by hand on Xapian: posting iterators leapfrog inside the documents of the circle's
// cells; coordinates are held in memory from the start.
#ifndef PEERS_POSTINGS_H
#define PEERS_POSTINGS_H

#include "Asking.h"
#include "Cells.h"
#include "Query.h"
#include "Sphere.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>
#include <xapian.h>

struct Place {
  int64_t role;
  double latitude;
  double longitude;
};

inline Place decode(const std::string &value) {
  Place place;
  std::memcpy(&place, value.data(), sizeof place);
  return place;
}

/// Lists of terms: a document must have one of each list.
inline std::vector<std::vector<std::string>> termGroups(const Query &query) {
  std::vector<std::vector<std::string>> groups;
  const auto add = [&groups](const char *prefix, const std::vector<std::string> &names) {
    if (names.empty() || names[0].empty()) return;
    groups.emplace_back();
    for (const std::string &name : names) groups.back().push_back(prefix + name);
  };
  add("XS", query.specialties);
  add("XI", query.insurers);
  add("XL", {query.language});
  add("XX", {query.gender});
  add("XV", {query.visitType});
  return groups;
}

// The documents that have one of several terms.
class Union {
public:
  Union(const Xapian::Database &database, const std::vector<std::string> &terms) {
    for (const std::string &term : terms) {
      const Xapian::doccount termFrequency = database.get_termfreq(term);
      if (termFrequency == 0) continue;
      lists.push_back(database.postlist_begin(term));
      frequency += termFrequency;
    }
  }

  uint64_t frequency = 0;

  // The first document at or after `target`; 0 at the end.
  Xapian::docid advance(Xapian::docid target) {
    Xapian::docid nearest = 0;
    for (size_t i = 0; i < lists.size();) {
      if (*lists[i] < target) lists[i].skip_to(target);
      if (lists[i] == Xapian::PostingIterator()) {
        lists[i] = lists.back();
        lists.pop_back();
        continue;
      }
      const Xapian::docid document = *lists[i];
      if (nearest == 0 || document < nearest) nearest = document;
      i++;
    }
    return nearest;
  }

private:
  std::vector<Xapian::PostingIterator> lists;
};

class Postings {
public:
  explicit Postings(const Xapian::Database &database)
      : database(database), places(database.get_lastdocid() + 1) {
    const Xapian::ValueIterator end = database.valuestream_end(0);
    for (Xapian::ValueIterator value = database.valuestream_begin(0); value != end; ++value)
      places[value.get_docid()] = decode(*value);
  }

  const Place &place(Xapian::docid document) const { return places[document]; }

  /// Calls `found(document)`, ascending, for each that has a term of every group and lies in
  /// `ranges`.
  template <typename Body>
  void walk(
      const std::vector<std::vector<std::string>> &groups, const std::vector<Range> &ranges,
      Body found) const {
    std::vector<Union> lists;
    for (const auto &terms : groups) lists.emplace_back(database, terms);
    std::sort(lists.begin(), lists.end(), [](const Union &a, const Union &b) {
      return a.frequency < b.frequency;
    });
    Xapian::docid target = 1;
    for (const Range &range : ranges) {
      target = std::max(target, range.first);
      while (target <= range.last) {
        const Xapian::docid candidate = lists[0].advance(target);
        if (candidate == 0) return;
        target = candidate;
        if (candidate > range.last) break;
        for (size_t i = 1; i < lists.size() && target == candidate; i++) {
          target = lists[i].advance(candidate);
          if (target == 0) return;
        }
        if (target != candidate) continue;
        found(candidate);
        target++;
      }
    }
  }

private:
  Xapian::Database database;
  std::vector<Place> places;
};

#endif
