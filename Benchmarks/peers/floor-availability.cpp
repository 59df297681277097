// floor-availability INDEX_FILE DATABASE QUERY_FILE LIMIT SLOTS NOW FROM TO haversine|geodesic
//                    found|counted
//
// The nearest with an open slot, and their first slots, as a C++ programmer would write it over the
// same index and the same SQLite file: candidates by posting iterators (Postings.h), sorted by
// distance; then role by role four prepared look-ups (zone, hours, time off, claims), slots by
// cctz, until the page is full. `counted` also counts the roles that match anywhere, which is what
// a nearcare search tells beside its results. Of each result the record is read as well, from the
// file beside the index.
//
// NOW is in seconds since 1970, FROM and TO are days since then.

#include "Postings.h"
#include "Records.h"
#include "SQLite.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

namespace {

constexpr int64_t day = 86400;
constexpr int64_t notice = 3600;

struct Bookable {
  Found found;
  std::vector<int64_t> starts;
  std::string record;
};

void print(const std::vector<Bookable> &answer) {
  for (const Bookable &one : answer) {
    if (one.record.empty()) throw std::runtime_error("a role has no record");
    std::printf(" %lld:%.17g:", static_cast<long long>(one.found.role), one.found.meters);
    for (size_t i = 0; i < one.starts.size(); i++)
      std::printf(i == 0 ? "%lld" : ",%lld", static_cast<long long>(one.starts[i]));
  }
}

struct Taken {
  int64_t start, end;
};

bool overlaps(const std::vector<Taken> &taken, int64_t start, int64_t end) {
  for (const Taken &one : taken)
    if (one.start < end && start < one.end) return true;
  return false;
}

struct Window {
  int64_t now;
  int32_t from, to;
  size_t slots;
};

class Planner {
public:
  Planner(const Connection &store, Window window)
      : window(window),
        role(store, "SELECT time_zone FROM role WHERE role_id = ? AND listed = 1"),
        blocks(store, "SELECT weekday, start_min, end_min, slot_min, valid_from, valid_until,"
                      " visit_type FROM schedule_block WHERE role_id = ?"),
        away(store, "SELECT from_date * 1440 + from_min, to_date * 1440 + to_min"
                    " FROM schedule_exception WHERE role_id = ? AND kind = 'time-off'"),
        claims(store, "SELECT starts_at, ends_at FROM claim INDEXED BY claim_busy WHERE npi = ?"
                      " AND (state = 'held' OR state = 'booked' OR state = 'checked-in')"
                      " AND starts_at < ? AND starts_at > ?"
                      " AND (state <> 'held' OR hold_expires_at > ?) ORDER BY starts_at") {}

  /// The first open slots of a role; empty when there is none.
  std::vector<int64_t> plan(int64_t id, const std::string &visitType) {
    std::vector<int64_t> starts;
    if (!role.bind(id).step()) return starts;
    const cctz::time_zone &zone = zoneOf(role.text(0));
    role.reset();
    readBlocks(id, visitType);
    if (week.empty()) return starts;
    readTaken(id, zone);
    for (int32_t date = window.from; date <= window.to && starts.size() < window.slots; date++)
      layDay(date, zone, starts);
    return starts;
  }

private:
  struct Block {
    int weekday, start, end, minutes;
    int64_t validFrom, validUntil;
  };

  Window window;
  Statement role, blocks, away, claims;
  std::unordered_map<std::string, cctz::time_zone> zones;
  std::vector<Block> week;
  std::vector<Taken> taken;

  const cctz::time_zone &zoneOf(const std::string &name) {
    const auto known = zones.find(name);
    if (known != zones.end()) return known->second;
    cctz::load_time_zone(name, &zones[name]);
    return zones[name];
  }

  static int64_t instant(int64_t wallMinutes, const cctz::time_zone &zone) {
    const cctz::civil_second wall = cctz::civil_second(1970, 1, 1) + wallMinutes * 60;
    return std::chrono::system_clock::to_time_t(cctz::convert(wall, zone));
  }

  void readBlocks(int64_t id, const std::string &visitType) {
    week.clear();
    blocks.bind(id);
    while (blocks.step()) {
      if (!visitType.empty() && blocks.text(6) != visitType) continue;
      week.push_back({int(blocks.integer(0)), int(blocks.integer(1)), int(blocks.integer(2)),
                      int(blocks.integer(3)), blocks.isNull(4) ? INT32_MIN : blocks.integer(4),
                      blocks.isNull(5) ? INT32_MAX : blocks.integer(5)});
    }
    std::sort(week.begin(), week.end(), [](const Block &a, const Block &b) {
      return a.start < b.start;
    });
  }

  void readTaken(int64_t id, const cctz::time_zone &zone) {
    taken.clear();
    away.bind(id);
    while (away.step())
      taken.push_back({instant(away.integer(0), zone), instant(away.integer(1), zone)});
    claims.bind(id >> 30, (window.to + 2) * day, window.now - day, window.now);
    while (claims.step()) taken.push_back({claims.integer(0), claims.integer(1)});
  }

  // Blocks do not overlap here, so that they are in the order of their slots.
  void layDay(int32_t date, const cctz::time_zone &zone, std::vector<int64_t> &starts) const {
    const int weekday = (date + 3) % 7 + 1;
    for (const Block &block : week) {
      if (block.weekday != weekday || date < block.validFrom || date > block.validUntil) continue;
      for (int minute = block.start; minute + block.minutes <= block.end;
           minute += block.minutes) {
        const int64_t start = instant(int64_t(date) * 1440 + minute, zone);
        if (start < window.now + notice || overlaps(taken, start, start + block.minutes * 60))
          continue;
        starts.push_back(start);
        if (starts.size() == window.slots) return;
      }
    }
  }
};

struct Candidate {
  Found found;
  Xapian::docid document;
  bool operator<(const Candidate &other) const { return found < other.found; }
};

class Search {
public:
  Search(const std::string &index, const Connection &store, Window window, size_t limit,
         bool geodesic, bool counted)
      : database(index), postings(database),
        records(index.substr(0, index.rfind('/') + 1) + "records"), begin(store, "BEGIN"),
        commit(store, "COMMIT"), planner(store, window), limit(limit), geodesic(geodesic),
        counted(counted) {}

  /// In a transaction of its own, so that it sees what was booked since the last one.
  std::vector<Bookable> operator()(const Query &query) {
    begin.reset().step();
    auto groups = termGroups(query);
    if (counted) matched = count(groups);
    groups.push_back({"XB1"});
    std::vector<Candidate> candidates = nearest(query, groups);
    std::vector<Bookable> page;
    // Few are enough as a rule: sort as many as are looked at.
    size_t sorted = 0;
    for (size_t i = 0; i < candidates.size() && page.size() < limit; i++) {
      if (i == sorted) {
        sorted = std::min(candidates.size(), std::max<size_t>(2 * limit, 4 * sorted));
        std::partial_sort(
            candidates.begin() + i, candidates.begin() + sorted, candidates.end());
      }
      std::vector<int64_t> starts = planner.plan(candidates[i].found.role, query.visitType);
      if (starts.empty()) continue;
      page.push_back({candidates[i].found, std::move(starts),
                      records[candidates[i].document]});
    }
    commit.reset().step();
    return page;
  }

  uint64_t matched = 0;

private:
  Xapian::Database database;
  Postings postings;
  Records records;
  Statement begin, commit;
  Planner planner;
  size_t limit;
  bool geodesic;
  bool counted;

  uint64_t count(const std::vector<std::vector<std::string>> &groups) const {
    uint64_t found = 0;
    const std::vector<Range> everywhere = {{1, database.get_lastdocid()}};
    postings.walk(groups, everywhere, [&found](Xapian::docid) { found++; });
    return found;
  }

  std::vector<Candidate> nearest(
      const Query &query, const std::vector<std::vector<std::string>> &groups) const {
    const Distance distance(query.latitude, query.longitude, query.radius, geodesic);
    std::vector<Candidate> found;
    postings.walk(groups, cellRanges(database, query), [&](Xapian::docid document) {
      const Place &place = postings.place(document);
      const double meters = distance(place.latitude, place.longitude);
      if (meters <= distance.radius) found.push_back({{meters, place.role}, document});
    });
    return found;
  }
};

} // namespace

int main(int count, char **arguments) {
  if (count != 11) {
    std::cerr << "usage: floor-availability INDEX_FILE DATABASE QUERY_FILE LIMIT SLOTS NOW FROM TO"
                 " haversine|geodesic found|counted\n";
    return 64;
  }
  try {
    const Connection store(arguments[2]);
    store.run("PRAGMA mmap_size = 17179869184");
    const Window window{std::atoll(arguments[6]), std::atoi(arguments[7]),
                        std::atoi(arguments[8]), std::strtoul(arguments[5], nullptr, 10)};
    Search search(arguments[1], store, window, std::strtoul(arguments[4], nullptr, 10),
                  std::strcmp(arguments[9], "geodesic") == 0,
                  std::strcmp(arguments[10], "counted") == 0);
    serve(readQueries(arguments[3]), [&](const Query &query) { return search(query); });
  } catch (const Xapian::Error &error) {
    std::cerr << error.get_description() << "\n";
    return 1;
  } catch (const std::exception &error) {
    std::cerr << "floor-availability: " << error.what() << "\n";
    return 1;
  }
}
