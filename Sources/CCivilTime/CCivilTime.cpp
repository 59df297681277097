#include "CCivilTime.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

using Point = cctz::time_point<cctz::seconds>;

Point point(int64_t seconds) { return Point(cctz::seconds(seconds)); }

int64_t seconds(Point point) { return point.time_since_epoch().count(); }

// The offset in force from one transition to the next.
struct Span {
  int64_t start;
  int64_t end;
  int32_t offset;
};

struct Zone {
  cctz::time_zone zone;
  // Of the years in which visits are made; what lies outside is left to cctz.
  std::vector<Span> spans;
};

constexpr int64_t kFirstSpan = 1577836800;  // 2020-01-01
constexpr int64_t kLastSpan = 2524608000;   // 2050-01-01

const Zone &zone_of(ncc_zone zone) { return *reinterpret_cast<const Zone *>(zone.address); }

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

int64_t instant_of(const cctz::time_zone &zone, const cctz::time_zone::civil_transition &change) {
  const auto from = zone.lookup(change.from);
  if (from.kind == cctz::time_zone::civil_lookup::SKIPPED) return seconds(from.trans);
  return seconds(zone.lookup(change.to).trans);
}

std::vector<Span> spans_of(const cctz::time_zone &zone) {
  std::vector<Span> spans;
  int64_t start = kFirstSpan;
  while (start < kLastSpan) {
    cctz::time_zone::civil_transition change;
    int64_t end = kLastSpan;
    if (zone.next_transition(point(start), &change)) {
      end = std::min(end, instant_of(zone, change));
    }
    spans.push_back({start, end, zone.lookup(point(start)).offset});
    start = end;
  }
  return spans;
}

// No offset is larger than this (POSIX allows 25 hours).
constexpr int64_t kLargestOffset = 26 * 3600;

// The span in which the wall time must lie, whatever the offset; null if it may lie in two.
const Span *sole_span(const std::vector<Span> &spans, int64_t wall) {
  const auto after = std::upper_bound(
      spans.begin(), spans.end(), wall - kLargestOffset,
      [](int64_t instant, const Span &span) { return instant < span.start; });
  if (after == spans.begin()) return nullptr;
  const Span &span = *(after - 1);
  return wall + kLargestOffset < span.end ? &span : nullptr;
}

}  // namespace

extern "C" {

ncc_status ncc_load(const char *name, ncc_zone *zone) {
  return guarded([&] {
    auto loaded = std::make_unique<Zone>();
    if (!cctz::load_time_zone(name, &loaded->zone)) return NCC_UNKNOWN_ZONE;
    loaded->spans = spans_of(loaded->zone);
    zone->address = reinterpret_cast<uintptr_t>(loaded.release());
    return NCC_OK;
  });
}

ncc_status ncc_local_at(ncc_zone zone, int64_t instant, ncc_local *local) {
  return guarded([&] {
    const auto found = zone_of(zone).zone.lookup(point(instant));
    *local = {found.offset, found.is_dst, found.abbr};
    return NCC_OK;
  });
}

ncc_status ncc_resolve(
    ncc_zone zone, int32_t days, int32_t second_of_day, ncc_resolution *resolution) {
  return guarded([&] {
    const int64_t wall = int64_t{days} * 86400 + second_of_day;
    if (const Span *span = sole_span(zone_of(zone).spans, wall)) {
      const int64_t instant = wall - span->offset;
      *resolution = {NCC_UNIQUE, instant, instant, instant};
      return NCC_OK;
    }
    const auto day = cctz::civil_day(1970, 1, 1) + days;
    const auto found = zone_of(zone).zone.lookup(cctz::civil_second(day) + second_of_day);
    ncc_kind kind = NCC_UNIQUE;
    if (found.kind == cctz::time_zone::civil_lookup::SKIPPED) kind = NCC_SKIPPED;
    if (found.kind == cctz::time_zone::civil_lookup::REPEATED) kind = NCC_REPEATED;
    *resolution = {kind, seconds(found.pre), seconds(found.trans), seconds(found.post)};
    return NCC_OK;
  });
}

ncc_status ncc_next_transition(ncc_zone zone, int64_t instant, int64_t *transition) {
  return guarded([&] {
    const auto &known = zone_of(zone).zone;
    cctz::time_zone::civil_transition change;
    if (!known.next_transition(point(instant), &change)) return NCC_NO_TRANSITION;
    *transition = instant_of(known, change);
    return NCC_OK;
  });
}

ncc_status ncc_previous_transition(ncc_zone zone, int64_t instant, int64_t *transition) {
  return guarded([&] {
    const auto &known = zone_of(zone).zone;
    cctz::time_zone::civil_transition change;
    if (!known.prev_transition(point(instant), &change)) return NCC_NO_TRANSITION;
    *transition = instant_of(known, change);
    return NCC_OK;
  });
}

}  // extern "C"
