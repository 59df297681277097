// xapian-floor INDEX_FILE QUERY_FILE LIMIT match|postings haversine|geodesic
//
// The same search, written on Xapian alone, in two ways:
//
//   match     Xapian's matcher: AND of the OR of specialties, the OR of insurers and a PostingSource
//             that walks the documents of the geohash cells and weighs by closeness, coordinates from
//             the value slot;
//   postings  by hand: posting iterators leapfrog inside the cells' documents, coordinates are held in
//             memory from the start, a heap keeps the nearest.
//
// Both find the cells' documents through the geohash terms: documents are in geohash order, so a
// cell's first document and frequency say which they are. Distances are haversines, or geodesics to
// check the answers. The protocol is that of `candidates`.

#include "Cells.h"
#include "Query.h"
#include "Sphere.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <queue>
#include <sstream>
#include <string>
#include <vector>
#include <xapian.h>

namespace {

struct Place {
  int64_t role;
  double latitude;
  double longitude;
};

Place decode(const std::string &value) {
  Place place;
  std::memcpy(&place, value.data(), sizeof place);
  return place;
}

struct Found {
  double meters;
  int64_t role;
  bool operator<(const Found &other) const {
    return meters != other.meters ? meters < other.meters : role < other.role;
  }
};

class Searcher {
public:
  Searcher(const std::string &path, size_t limit, bool geodesic)
      : database(path), limit(limit), geodesic(geodesic) {}
  virtual ~Searcher() = default;
  virtual std::vector<Found> search(const Query &query) = 0;

protected:
  Xapian::Database database;
  size_t limit;
  bool geodesic;
};

// Documents of the ranges, weighed by closeness.
class NearbySource : public Xapian::PostingSource {
public:
  NearbySource(const std::vector<Range> &ranges, const Distance &distance)
      : ranges(ranges), distance(distance) {
    for (const Range &range : ranges) documents += range.last - range.first + 1;
  }

  Xapian::doccount get_termfreq_min() const override { return 0; }
  Xapian::doccount get_termfreq_est() const override { return documents; }
  Xapian::doccount get_termfreq_max() const override { return documents; }

  void init(const Xapian::Database &opened) override {
    set_maxweight(distance.radius + 1);
    value = opened.valuestream_begin(0);
    current = 0;
    position = 0;
  }

  void next(double) override { seek(current + 1); }
  void skip_to(Xapian::docid document, double) override { seek(std::max(document, current)); }

  // The matcher asks only for documents that have the terms, too.
  bool check(Xapian::docid document, double) override {
    seek(std::max(document, current));
    return true;
  }

  bool at_end() const override { return position == ranges.size(); }
  Xapian::docid get_docid() const override { return current; }

  double get_weight() const override {
    value.skip_to(current);
    const Place place = decode(*value);
    const double meters = distance(place.latitude, place.longitude);
    return meters > distance.radius ? 0 : distance.radius + 1 - meters;
  }

  std::string get_description() const override { return "NearbySource"; }

private:
  const std::vector<Range> &ranges;
  const Distance &distance;
  Xapian::doccount documents = 0;
  mutable Xapian::ValueIterator value;
  Xapian::docid current = 0;
  size_t position = 0;

  void seek(Xapian::docid document) {
    while (position < ranges.size() && ranges[position].last < document) position++;
    if (position < ranges.size()) current = std::max(document, ranges[position].first);
  }
};

class MatchSearcher : public Searcher {
public:
  using Searcher::Searcher;

  std::vector<Found> search(const Query &query) override {
    const std::vector<Range> ranges = cellRanges(database, query);
    const Distance distance(query.latitude, query.longitude, query.radius, geodesic);
    NearbySource nearby(ranges, distance);
    using Xapian::Query;
    // Only closeness weighs.
    const Query terms = Query(
        Query::OP_SCALE_WEIGHT,
        Query(
            Query::OP_AND,
            Query(Query::OP_OR, query.specialties.begin(), query.specialties.end()),
            Query(Query::OP_OR, query.insurers.begin(), query.insurers.end())),
        0);
    Xapian::Enquire enquire(database);
    enquire.set_query(Query(Query::OP_AND, terms, Query(&nearby)));
    enquire.set_docid_order(Xapian::Enquire::ASCENDING);
    enquire.set_cutoff(0, 0.5);
    const Xapian::MSet matches = enquire.get_mset(0, limit);
    std::vector<Found> found;
    Xapian::ValueIterator unused;
    for (Xapian::MSetIterator match = matches.begin(); match != matches.end(); ++match) {
      const Place place = decode(match.get_document().get_value(0));
      found.push_back({distance.radius + 1 - match.get_weight(), place.role});
    }
    std::sort(found.begin(), found.end());
    return found;
  }
};

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

class PostingsSearcher : public Searcher {
public:
  PostingsSearcher(const std::string &path, size_t limit, bool geodesic)
      : Searcher(path, limit, geodesic), places(database.get_lastdocid() + 1) {
    const Xapian::ValueIterator end = database.valuestream_end(0);
    for (Xapian::ValueIterator value = database.valuestream_begin(0); value != end; ++value)
      places[value.get_docid()] = decode(*value);
  }

  std::vector<Found> search(const Query &query) override {
    const std::vector<Range> ranges = cellRanges(database, query);
    const Distance distance(query.latitude, query.longitude, query.radius, geodesic);
    Union rare(database, query.specialties);
    Union common(database, query.insurers);
    if (common.frequency < rare.frequency) std::swap(rare, common);
    std::vector<Found> heap;
    Xapian::docid target = 1;
    for (const Range &range : ranges) {
      target = std::max(target, range.first);
      while (target <= range.last) {
        const Xapian::docid candidate = rare.advance(target);
        if (candidate == 0) return sorted(heap);
        target = candidate;
        if (candidate > range.last) break;
        const Xapian::docid other = common.advance(candidate);
        if (other == 0) return sorted(heap);
        if (other == candidate) {
          consider(places[candidate], distance, heap);
          target++;
        } else {
          target = other;
        }
      }
    }
    return sorted(heap);
  }

private:
  std::vector<Place> places;

  void consider(const Place &place, const Distance &distance, std::vector<Found> &heap) {
    const Found found{distance(place.latitude, place.longitude), place.role};
    if (found.meters > distance.radius) return;
    if (heap.size() < limit) {
      heap.push_back(found);
      std::push_heap(heap.begin(), heap.end());
    } else if (found < heap.front()) {
      std::pop_heap(heap.begin(), heap.end());
      heap.back() = found;
      std::push_heap(heap.begin(), heap.end());
    }
  }

  static std::vector<Found> sorted(std::vector<Found> &heap) {
    std::sort_heap(heap.begin(), heap.end());
    return heap;
  }
};

uint64_t nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void printPeakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM", 0) == 0) std::cout << line << "\n";
}

void serve(Searcher &searcher, const std::vector<Query> &queries) {
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "memory") {
      printPeakMemory();
    } else {
      std::istringstream bounds(line);
      size_t from = 0, to = 0;
      bounds >> from >> to;
      for (size_t i = from; i < to && i < queries.size(); i++) {
        const uint64_t start = nanoseconds();
        const std::vector<Found> found = searcher.search(queries[i]);
        std::printf("%llu", static_cast<unsigned long long>(nanoseconds() - start));
        for (const Found &one : found)
          std::printf(" %lld:%.17g", static_cast<long long>(one.role), one.meters);
        std::printf("\n");
      }
      std::printf(".\n");
    }
    std::fflush(stdout);
    std::cout.flush();
  }
}

} // namespace

int main(int count, char **arguments) {
  if (count != 6) {
    std::cerr << "usage: xapian-floor INDEX_FILE QUERY_FILE LIMIT match|postings"
                 " haversine|geodesic\n";
    return 64;
  }
  const size_t limit = std::strtoul(arguments[3], nullptr, 10);
  const bool geodesic = std::strcmp(arguments[5], "geodesic") == 0;
  try {
    const std::vector<Query> queries = readQueries(arguments[2]);
    if (std::strcmp(arguments[4], "match") == 0) {
      MatchSearcher searcher(arguments[1], limit, geodesic);
      serve(searcher, queries);
    } else {
      PostingsSearcher searcher(arguments[1], limit, geodesic);
      serve(searcher, queries);
    }
  } catch (const Xapian::Error &error) {
    std::cerr << error.get_description() << "\n";
    return 1;
  }
}
