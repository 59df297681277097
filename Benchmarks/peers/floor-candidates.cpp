// floor-candidates INDEX_FILE QUERY_FILE LIMIT match|postings haversine|geodesic
//
// The same search, written on Xapian alone, in two ways:
//
//   match     Xapian's matcher: AND of the ORs of terms and a PostingSource that walks the documents
//             of the geohash cells and weighs by closeness, coordinates from the value slot;
//   postings  by hand, as in Postings.h, a heap keeps the nearest.
//
// Both find the cells' documents through the geohash terms: documents are in geohash order, so a
// cell's first document and frequency say which they are. Distances are haversines, or geodesics to
// check the answers.

#include "Postings.h"

#include <cstdlib>
#include <cstring>

namespace {

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

std::vector<Found> byMatcher(
    const Xapian::Database &database, const Query &asked, size_t limit, bool geodesic) {
  const std::vector<Range> ranges = cellRanges(database, asked);
  const Distance distance(asked.latitude, asked.longitude, asked.radius, geodesic);
  NearbySource nearby(ranges, distance);
  using Xapian::Query;
  std::vector<Query> groups;
  for (const auto &terms : termGroups(asked))
    groups.emplace_back(Query::OP_OR, terms.begin(), terms.end());
  // Only closeness weighs.
  const Query terms(Query::OP_SCALE_WEIGHT, Query(Query::OP_AND, groups.begin(), groups.end()), 0);
  Xapian::Enquire enquire(database);
  enquire.set_query(Query(Query::OP_AND, terms, Query(&nearby)));
  enquire.set_docid_order(Xapian::Enquire::ASCENDING);
  enquire.set_cutoff(0, 0.5);
  const Xapian::MSet matches = enquire.get_mset(0, limit);
  std::vector<Found> found;
  for (Xapian::MSetIterator match = matches.begin(); match != matches.end(); ++match) {
    const Place place = decode(match.get_document().get_value(0));
    found.push_back({distance.radius + 1 - match.get_weight(), place.role});
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Found> byPostings(
    const Xapian::Database &database, const Postings &postings, const Query &query, size_t limit,
    bool geodesic) {
  const Distance distance(query.latitude, query.longitude, query.radius, geodesic);
  std::vector<Found> heap;
  postings.walk(termGroups(query), cellRanges(database, query), [&](Xapian::docid document) {
    const Place &place = postings.place(document);
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
  });
  std::sort_heap(heap.begin(), heap.end());
  return heap;
}

} // namespace

int main(int count, char **arguments) {
  if (count != 6) {
    std::cerr << "usage: floor-candidates INDEX_FILE QUERY_FILE LIMIT match|postings"
                 " haversine|geodesic\n";
    return 64;
  }
  const size_t limit = std::strtoul(arguments[3], nullptr, 10);
  const bool geodesic = std::strcmp(arguments[5], "geodesic") == 0;
  try {
    const std::vector<Query> queries = readQueries(arguments[2]);
    const Xapian::Database database(arguments[1]);
    if (std::strcmp(arguments[4], "match") == 0) {
      serve(queries, [&](const Query &query) {
        return byMatcher(database, query, limit, geodesic);
      });
    } else {
      const Postings postings(database);
      serve(queries, [&](const Query &query) {
        return byPostings(database, postings, query, limit, geodesic);
      });
    }
  } catch (const Xapian::Error &error) {
    std::cerr << error.get_description() << "\n";
    return 1;
  }
}
