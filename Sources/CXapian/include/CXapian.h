/// A C ABI over Xapian 1.4, so that Swift can use it without C++ interoperation.
///
/// Every function that can fail returns a status and, when it is not `NCX_OK`, sets `*message` to a
/// text that the caller owns and frees with `ncx_free_message`. No C++ exception gets out.
/// A handle belongs to one thread at a time, and is freed once with its own `_free` function.
#ifndef NEARCARE_CXAPIAN_H
#define NEARCARE_CXAPIAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What went wrong, as far as a caller can act on it.
typedef enum ncx_status : int32_t {
  NCX_OK = 0,
  /// A reader was overtaken by two commits: open it again.
  NCX_MODIFIED = 1,
  /// Another writer holds the database.
  NCX_LOCKED = 2,
  /// The stored bytes contradict themselves.
  NCX_CORRUPT = 3,
  /// The database cannot be opened: missing, unreadable, or not a database.
  NCX_CANNOT_OPEN = 4,
  /// Written in a format of another Xapian version.
  NCX_VERSION = 5,
  NCX_INVALID_ARGUMENT = 6,
  /// A call at the wrong time, or one this kind of database does not support.
  NCX_UNSUPPORTED = 7,
  NCX_NETWORK = 8,
  NCX_OUT_OF_MEMORY = 9,
  /// Any other failure of the database, for example a full disk.
  NCX_DATABASE = 10,
  /// An exception that is none of the above.
  NCX_UNKNOWN = 11,
} ncx_status;

void ncx_free_message(char *message);
const char *ncx_xapian_version(void);

/// A list of terms: the bytes of all of them one after the other, and where each one ends.
typedef struct ncx_terms {
  const char *bytes;
  const uint32_t *ends;
  size_t count;
} ncx_terms;

/// Document ids from `first` to `last`, both included.
typedef struct ncx_range {
  uint32_t first;
  uint32_t last;
} ncx_range;

/// Bytes that a handle lends until the next call on it.
typedef struct ncx_bytes {
  const char *bytes;
  size_t count;
} ncx_bytes;

// Reading.

typedef struct ncx_database ncx_database;

/// Opens the databases at `paths` as one: the documents of each follow those of the one before.
/// The `superseded` documents keep their ids, and match nothing.
ncx_status ncx_database_open(
    const char *const *paths, size_t count, const uint32_t *superseded, size_t superseded_count,
    ncx_database **database, char **message);
void ncx_database_free(ncx_database *database);

ncx_status ncx_database_counts(
    ncx_database *database, uint32_t *documents, uint32_t *last_document, char **message);
/// Sets `frequencies[i]` to the number of documents that carry term i, the superseded among them.
ncx_status ncx_database_frequencies(
    ncx_database *database, ncx_terms terms, uint32_t *frequencies, char **message);
/// Copies the value in `slot` of `count` documents from `first` on, each `width` bytes, into
/// `values`. A document without such a value, or with one of another width, is `NCX_CORRUPT`.
ncx_status ncx_database_fixed_values(
    ncx_database *database, uint32_t slot, size_t width, uint32_t first, size_t count, char *values,
    char **message);

typedef struct ncx_matches {
  /// Ascending; lent until the next call on the handle.
  const uint32_t *documents;
  size_t count;
  /// No more documents than this match outside the ranges too; from term frequencies alone.
  uint32_t upper_bound;
  /// False when the limit ended the walk: there may be more.
  bool is_complete;
} ncx_matches;

/// Ends a long walk soon after `is_over(context)` says so; asked every few hundred steps.
typedef struct ncx_limit {
  bool (*is_over)(void *context);
  void *context;
} ncx_limit;

/// The documents that carry at least one term of every group, restricted to `ranges` (ascending,
/// disjoint). Group i is terms group_ends[i-1]..<group_ends[i]; with no group every document of the
/// ranges matches. `limit` may be null.
ncx_status ncx_database_intersect(
    ncx_database *database, ncx_terms terms, const uint32_t *group_ends, size_t group_count,
    const ncx_range *ranges, size_t range_count, const ncx_limit *limit, ncx_matches *matches,
    char **message);
/// Sets `counts[o]` for each of `ordinals` ordinals to how many of `documents` (ascending) list it
/// in their value of `slot`: ordinals ascending, each once, as the LEB128 of its difference from
/// the one before. A value that is no such list is `NCX_CORRUPT`.
ncx_status ncx_database_tally(
    ncx_database *database, uint32_t slot, const uint32_t *documents, size_t count,
    uint32_t *counts, size_t ordinals, char **message);
/// What was noted under `key`, in the last of the databases that has such a note; empty when
/// nothing was.
ncx_status ncx_database_note(
    ncx_database *database, const char *key, size_t length, ncx_bytes *note, char **message);
/// The terms of the index that start with `prefix`, in bytewise order, at most `limit`; `*complete`
/// is whether these are all. `*terms` is lent until the next call on the handle.
ncx_status ncx_database_expand(
    ncx_database *database, const char *prefix, size_t length, size_t limit, ncx_terms *terms,
    bool *complete, char **message);
/// The dictionary's nearest word, empty when there is none within two edits.
ncx_status ncx_database_suggest(
    ncx_database *database, const char *word, size_t length, ncx_bytes *suggestion, char **message);

// Writing.

typedef struct ncx_writer ncx_writer;

/// Creates the database at `path`, or opens it to append. It is made for building: commits do not
/// wait for the disk, and a power cut leaves it useless. `ncx_compact` makes the copy that lasts.
ncx_status ncx_writer_open(const char *path, ncx_writer **writer, char **message);
void ncx_writer_free(ncx_writer *writer);

typedef struct ncx_document {
  /// Terms that filter; they carry no weight.
  ncx_terms filters;
  /// Terms of text; each occurrence counts.
  ncx_terms words;
  /// The value of slot 0.
  ncx_bytes value;
  /// The value of slot 1, for `ncx_database_tally`; none when empty.
  ncx_bytes ordinals;
} ncx_document;

ncx_status ncx_writer_add(
    ncx_writer *writer, const ncx_document *document, uint32_t *id, char **message);
ncx_status ncx_writer_add_spelling(
    ncx_writer *writer, const char *word, size_t length, uint32_t occurrences, char **message);
/// Keeps `note` under `key`, for the database as a whole.
ncx_status ncx_writer_set_note(
    ncx_writer *writer, const char *key, size_t length, ncx_bytes note, char **message);
ncx_status ncx_writer_commit(ncx_writer *writer, char **message);

/// Writes the databases at `sources` into the one file `destination`: the documents of each follow
/// those of the one before. A note may be in one of them only. One source keeps its document ids.
ncx_status ncx_compact(
    const char *const *sources, size_t count, const char *destination, char **message);
/// Counts the contradictions Xapian's own checker finds in the file or directory at `path`; when
/// there are any, `*report` is its output, owned by the caller (`ncx_free_message`).
ncx_status ncx_check(const char *path, size_t *errors, char **report, char **message);

#ifdef __cplusplus
}
#endif
#endif
