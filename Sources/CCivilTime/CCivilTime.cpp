#include "CCivilTime.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <unordered_map>

struct ncc_zone {
  cctz::time_zone zone;
};

namespace {

using Point = cctz::time_point<cctz::seconds>;

Point point(int64_t seconds) { return Point(cctz::seconds(seconds)); }

int64_t seconds(Point point) { return point.time_since_epoch().count(); }

// The one translator of exceptions: every entry runs its body in here.
template <typename Body>
ncc_status guarded(Body body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return NCC_OUT_OF_MEMORY;
  } catch (...) {
    return NCC_FAULT;
  }
}

// Handles outlive every user, static destructors included, so the table is never destroyed.
struct Registry {
  std::mutex mutex;
  std::unordered_map<std::string, std::unique_ptr<ncc_zone>> zones;
};

Registry &registry() {
  static Registry *const shared = new Registry;
  return *shared;
}

int64_t instant_of(const cctz::time_zone &zone, const cctz::time_zone::civil_transition &change) {
  const auto from = zone.lookup(change.from);
  if (from.kind == cctz::time_zone::civil_lookup::SKIPPED) return seconds(from.trans);
  return seconds(zone.lookup(change.to).trans);
}

}  // namespace

extern "C" {

ncc_status ncc_load(const char *name, const ncc_zone **zone) {
  return guarded([&] {
    Registry &known = registry();
    const std::lock_guard<std::mutex> lock(known.mutex);
    const std::string key(name);
    const auto found = known.zones.find(key);
    if (found != known.zones.end()) {
      *zone = found->second.get();
      return NCC_OK;
    }
    auto loaded = std::make_unique<ncc_zone>();
    if (!cctz::load_time_zone(key, &loaded->zone)) return NCC_UNKNOWN_ZONE;
    *zone = known.zones.emplace(key, std::move(loaded)).first->second.get();
    return NCC_OK;
  });
}

ncc_status ncc_local_at(const ncc_zone *zone, int64_t instant, ncc_local *local) {
  return guarded([&] {
    const auto found = zone->zone.lookup(point(instant));
    *local = {found.offset, found.is_dst, found.abbr};
    return NCC_OK;
  });
}

ncc_status ncc_resolve(
    const ncc_zone *zone, int32_t days, int32_t second_of_day, ncc_resolution *resolution) {
  return guarded([&] {
    const auto day = cctz::civil_day(1970, 1, 1) + days;
    const auto found = zone->zone.lookup(cctz::civil_second(day) + second_of_day);
    ncc_kind kind = NCC_UNIQUE;
    if (found.kind == cctz::time_zone::civil_lookup::SKIPPED) kind = NCC_SKIPPED;
    if (found.kind == cctz::time_zone::civil_lookup::REPEATED) kind = NCC_REPEATED;
    *resolution = {kind, seconds(found.pre), seconds(found.trans), seconds(found.post)};
    return NCC_OK;
  });
}

ncc_status ncc_next_transition(const ncc_zone *zone, int64_t instant, int64_t *transition) {
  return guarded([&] {
    cctz::time_zone::civil_transition change;
    if (!zone->zone.next_transition(point(instant), &change)) return NCC_NO_TRANSITION;
    *transition = instant_of(zone->zone, change);
    return NCC_OK;
  });
}

ncc_status ncc_previous_transition(const ncc_zone *zone, int64_t instant, int64_t *transition) {
  return guarded([&] {
    cctz::time_zone::civil_transition change;
    if (!zone->zone.prev_transition(point(instant), &change)) return NCC_NO_TRANSITION;
    *transition = instant_of(zone->zone, change);
    return NCC_OK;
  });
}

}  // extern "C"
