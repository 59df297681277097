// load-claims DATABASE SEED NOW CLAIMS_FOR_A_ROLE
//
// Fills nearcare's store with booked visits, in slots of its schedules: on average so many for each
// role, a few roles much in demand and most little, the next days fuller than the weeks after. NOW
// is in seconds since 1970.
//
// Triggers and indexes on the claims are set aside and made again, word for word: the triggers when
// all rows stand, the indexes when half of them do. The other half grow them row by row, so that
// their pages are as full as in a store that grew, and not packed as a new index is, where nearly
// every booking would split a page of each. Rows are in the order of their creation, which has
// nothing to do with roles or times.

#include "SQLite.h"

#include <algorithm>
#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace {

constexpr int64_t day = 86400;
constexpr int furthestDay = 85;
constexpr int64_t bookedAhead = 60 * day;

struct Claim {
  int64_t role;
  int64_t start;
  int64_t created;
  int32_t patient;
  int32_t wallDate;
  int16_t wallMinute;
  int16_t minutes;
  uint16_t zone;
  bool byVideo;
};

struct Block {
  int weekday, start, end, minutes;
  bool byVideo;
};

struct Zone {
  std::string name;
  cctz::time_zone rules;
};

class Zones {
public:
  uint16_t index(const std::string &name) {
    const auto found = numbers.find(name);
    if (found != numbers.end()) return found->second;
    Zone zone{name, {}};
    if (!cctz::load_time_zone(name, &zone.rules)) throw std::runtime_error("no zone " + name);
    all.push_back(zone);
    return numbers[name] = uint16_t(all.size() - 1);
  }
  const Zone &operator[](uint16_t index) const { return all[index]; }

private:
  std::vector<Zone> all;
  std::map<std::string, uint16_t> numbers;
};

int64_t instant(int32_t date, int minute, const cctz::time_zone &zone) {
  const cctz::civil_second wall =
      cctz::civil_second(cctz::civil_day(1970, 1, 1) + date) + int64_t(minute) * 60;
  return std::chrono::system_clock::to_time_t(cctz::convert(wall, zone));
}

// ISO: 1 is Monday. 1970-01-01 was a Thursday.
int weekday(int32_t date) { return (date + 3) % 7 + 1; }

class Maker {
public:
  Maker(uint64_t seed, int64_t now) : random(seed), now(now), today(int32_t(now / day)) {}

  std::vector<Claim> claims;

  /// Books about `wanted` of the role's slots, the next free one where the one drawn is taken.
  void book(int64_t role, uint16_t zoneNumber, const Zone &zone, const std::vector<Block> &blocks,
            double mean) {
    const int wanted = int(std::exponential_distribution<>(1 / mean)(random));
    std::exponential_distribution<> ahead(1.0 / 7);
    std::set<std::pair<int32_t, int>> taken;
    for (int i = 0; i < wanted; i++) {
      const int32_t date = today + std::min(int(ahead(random)), furthestDay);
      for (int32_t later = date; later <= today + furthestDay; later++)
        if (bookOne(role, zoneNumber, zone, blocks, later, taken)) break;
    }
  }

private:
  std::mt19937_64 random;
  int64_t now;
  int32_t today;

  bool bookOne(int64_t role, uint16_t zoneNumber, const Zone &zone,
               const std::vector<Block> &blocks, int32_t date,
               std::set<std::pair<int32_t, int>> &taken) {
    for (const Block &block : blocks) {
      if (block.weekday != weekday(date)) continue;
      const int count = (block.end - block.start) / block.minutes;
      const int first = int(random() % count);
      for (int i = 0; i < count; i++) {
        const int minute = block.start + (first + i) % count * block.minutes;
        if (!taken.insert({date, minute}).second) continue;
        const int64_t start = instant(date, minute, zone.rules);
        if (start <= now) continue;
        claims.push_back({role, start, now - int64_t(random() % bookedAhead), 0, date,
                          int16_t(minute), int16_t(block.minutes), zoneNumber, block.byVideo});
        return true;
      }
    }
    return false;
  }
};

std::vector<Claim> makeClaims(
    const Connection &store, Zones &zones, uint64_t seed, int64_t now, double mean) {
  Statement totals(
      store, "SELECT (SELECT count(*) FROM role), count(DISTINCT role_id) FROM schedule_block");
  totals.step();
  Maker maker(seed, now);
  const double ofScheduled = mean * double(totals.integer(0)) / double(totals.integer(1)) + 0.5;
  Statement rows(
      store,
      "SELECT r.role_id, r.time_zone, b.weekday, b.start_min, b.end_min, b.slot_min, b.visit_type"
      " FROM role AS r JOIN schedule_block AS b ON b.role_id = r.role_id"
      " WHERE b.end_min > b.start_min ORDER BY r.role_id, b.block_no");
  int64_t role = 0;
  uint16_t zone = 0;
  std::vector<Block> blocks;
  const auto finish = [&] {
    if (!blocks.empty()) maker.book(role, zone, zones[zone], blocks, ofScheduled);
    blocks.clear();
  };
  while (rows.step()) {
    if (rows.integer(0) != role) {
      finish();
      role = rows.integer(0);
      zone = zones.index(rows.text(1));
    }
    blocks.push_back({int(rows.integer(2)), int(rows.integer(3)), int(rows.integer(4)),
                      int(rows.integer(5)), rows.text(6) == "telehealth"});
  }
  finish();
  return std::move(maker.claims);
}

// Patients take turns in the order of the visits, so that no two visits of one overlap.
void dealPatients(std::vector<Claim> &claims, size_t patients) {
  std::sort(claims.begin(), claims.end(), [](const Claim &a, const Claim &b) {
    return a.start < b.start;
  });
  for (size_t i = 0; i < claims.size(); i++) {
    claims[i].patient = int32_t(i % patients);
    if (i >= patients && claims[i - patients].start + claims[i - patients].minutes * 60 >
                             claims[i].start)
      throw std::runtime_error("too few patients: two visits of one overlap");
  }
}

std::vector<int64_t> numbers(const Connection &store, const char *sql) {
  std::vector<int64_t> numbers;
  Statement rows(store, sql);
  while (rows.step()) numbers.push_back(rows.integer(0));
  return numbers;
}

template <typename Halfway>
void insert(
    const Connection &store, const Zones &zones, std::vector<Claim> &claims, Halfway halfway) {
  const std::vector<int64_t> patients = numbers(store, "SELECT patient_id FROM patient");
  dealPatients(claims, patients.size());
  std::sort(claims.begin(), claims.end(), [](const Claim &a, const Claim &b) {
    return a.created < b.created;
  });
  Statement claim(
      store,
      "INSERT INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state,"
      " patient_id, session_hash, wall_date, wall_minute, time_zone, tzdata_version, created_at,"
      " changed_at, changed_by) VALUES (?1, ?2 >> 30, ?2, ?3, ?4, ?5, 'booked', ?6,"
      " randomblob(32), ?7, ?8, ?9, 'made-up', ?10, ?10, 'patient p-' || printf('%013x', ?6))");
  Statement history(
      store, "INSERT INTO claim_history (claim_id, state, changed_at, changed_by)"
             " VALUES (?1, 'booked', ?2, 'patient p-' || printf('%013x', ?3))");
  if (claims.empty()) halfway();
  int64_t id = 0;
  for (const Claim &one : claims) {
    if (&one == &claims[claims.size() / 2]) halfway();
    id = std::max(id + 1, one.created << 30);
    const int64_t patient = patients[size_t(one.patient)];
    claim.bind(
        id, one.role, one.start, one.start + one.minutes * 60,
        std::string(one.byVideo ? "telehealth" : "in-person"), patient, int64_t(one.wallDate),
        int64_t(one.wallMinute), zones[one.zone].name, one.created);
    claim.step();
    history.bind(id, one.created, patient).step();
  }
}

void load(const Connection &store, uint64_t seed, int64_t now, double mean) {
  store.run("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA cache_size = -4194304");
  std::vector<std::pair<std::string, std::string>> aside;
  {
    Statement definitions(
        store, "SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL"
               " AND tbl_name IN ('claim', 'claim_history') AND type IN ('index', 'trigger')");
    while (definitions.step()) aside.push_back({definitions.text(0), definitions.text(1)});
  }
  Zones zones;
  std::vector<Claim> claims = makeClaims(store, zones, seed, now, mean);
  store.run("BEGIN");
  for (const auto &[name, sql] : aside) store.run("DROP " + name);
  const auto putBack = [&](const std::string &kind) {
    for (const auto &[name, sql] : aside)
      if (name.rfind(kind, 0) == 0) store.run(sql);
  };
  insert(store, zones, claims, [&] { putBack("index"); });
  putBack("trigger");
  store.run("COMMIT");
  store.run("PRAGMA journal_mode = WAL");
  std::printf("claims: %zu\n", claims.size());
}

} // namespace

int main(int count, char **arguments) {
  if (count != 5) {
    std::cerr << "usage: load-claims DATABASE SEED NOW CLAIMS_FOR_A_ROLE\n";
    return 64;
  }
  try {
    const Connection store(arguments[1], SQLITE_OPEN_READWRITE);
    load(store, std::strtoull(arguments[2], nullptr, 10), std::atoll(arguments[3]),
         std::atof(arguments[4]));
  } catch (const std::exception &error) {
    std::cerr << "load-claims: " << error.what() << "\n";
    return 1;
  }
}
