#ifndef NEARCARE_CCIVILTIME_H
#define NEARCARE_CCIVILTIME_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A C face for the part of cctz that nearcare needs. No exception leaves these functions.

typedef enum {
  NCC_OK = 0,
  NCC_UNKNOWN_ZONE = 1,
  NCC_NO_TRANSITION = 2,
  NCC_OUT_OF_MEMORY = 3,
  NCC_FAULT = 4,
} ncc_status;

// A loaded zone: a plain value, valid until the process ends, to be read from any thread.
typedef struct {
  uintptr_t address;
} ncc_zone;

typedef struct {
  int32_t offset_seconds;    // east of UTC
  bool is_dst;
  const char *abbreviation;  // owned by the zone
} ncc_local;

typedef enum { NCC_UNIQUE = 0, NCC_SKIPPED = 1, NCC_REPEATED = 2 } ncc_kind;

typedef struct {
  ncc_kind kind;
  int64_t before;      // by the offset in force before the transition
  int64_t transition;  // when the offset changes; equals `before` if unique
  int64_t after;       // by the offset in force after the transition
} ncc_resolution;

// `name` is looked up in $TZDIR, else /usr/share/zoneinfo; the caller vouches for its form, and
// loads each zone once, for a loaded zone is never freed.
ncc_status ncc_load(const char *name, ncc_zone *zone);

ncc_status ncc_local_at(ncc_zone zone, int64_t instant, ncc_local *local);

// The wall time `second_of_day` (0…86,400) on the day `days` after 1970-01-01.
ncc_status ncc_resolve(
    ncc_zone zone, int32_t days, int32_t second_of_day, ncc_resolution *resolution);

// The nearest change of offset, daylight flag or abbreviation strictly after (before) `instant`.
ncc_status ncc_next_transition(ncc_zone zone, int64_t instant, int64_t *transition);
ncc_status ncc_previous_transition(ncc_zone zone, int64_t instant, int64_t *transition);

#ifdef __cplusplus
}
#endif
#endif
