#include "CXapian.h"

#include "Intersection.h"
#include "Tally.h"
#include "Translation.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <vector>
#include <xapian.h>

using ncx::guarded;

namespace {

// One of the databases that are read as one: its document 1 is document `offset` + 1 of the whole.
struct Part {
  Xapian::Database xapian;
  uint32_t offset;
  uint32_t last;
};

} // namespace

struct ncx_database {
  std::vector<Part> parts;
  // All parts, for what does not name documents.
  Xapian::Database whole;
  uint32_t count = 0;
  // By document, from 0; empty when none is superseded.
  std::vector<bool> superseded;
  std::vector<uint32_t> documents;
  std::vector<ncx_range> ranges;
  std::vector<uint32_t> shifted;
  std::string lent;
  std::vector<uint32_t> lentEnds;

  const Part &part(uint32_t document) const {
    for (const Part &part : parts)
      if (document <= part.last) return part;
    throw Xapian::RangeError("no document " + std::to_string(document));
  }

  // Those of `wanted` that are in the part, numbered as the part does.
  const std::vector<ncx_range> &clip(const Part &part, const ncx_range *wanted, size_t count) {
    ranges.clear();
    for (size_t i = 0; i < count; i++) {
      const uint32_t first = std::max(wanted[i].first, part.offset + 1);
      const uint32_t last = std::min(wanted[i].last, part.last);
      if (first <= last) ranges.push_back({first - part.offset, last - part.offset});
    }
    return ranges;
  }

  // Numbers documents from `start` on as the whole does, and leaves out the superseded.
  void settle(const Part &part, size_t start) {
    if (part.offset == 0 && superseded.empty()) return;
    size_t kept = start;
    for (size_t i = start; i < documents.size(); i++) {
      const uint32_t document = documents[i] + part.offset;
      if (superseded.empty() || !superseded[document - 1]) documents[kept++] = document;
    }
    documents.resize(kept);
  }
};

struct ncx_writer {
  Xapian::WritableDatabase xapian;
  std::string term;
};

namespace {

template <typename Body> void eachTerm(const ncx_terms &terms, std::string &term, Body body) {
  uint32_t start = 0;
  for (size_t i = 0; i < terms.count; i++) {
    term.assign(terms.bytes + start, terms.ends[i] - start);
    start = terms.ends[i];
    body(term, i);
  }
}

} // namespace

extern "C" {

void ncx_free_message(char *message) { std::free(message); }

const char *ncx_xapian_version(void) { return Xapian::version_string(); }

ncx_status ncx_database_open(
    const char *const *paths, size_t count, const uint32_t *superseded, size_t superseded_count,
    ncx_database **database, char **message) {
  return guarded(message, [&] {
    auto opened = std::make_unique<ncx_database>();
    for (size_t i = 0; i < count; i++) {
      const Xapian::Database xapian(paths[i]);
      const uint32_t last = opened->count + xapian.get_lastdocid();
      opened->parts.push_back({xapian, opened->count, last});
      opened->count = last;
      opened->whole.add_database(xapian);
    }
    if (superseded_count > 0) opened->superseded.resize(opened->count);
    for (size_t i = 0; i < superseded_count; i++) {
      if (superseded[i] == 0 || superseded[i] > opened->count)
        throw Xapian::DatabaseCorruptError("no document " + std::to_string(superseded[i]));
      opened->superseded[superseded[i] - 1] = true;
    }
    *database = opened.release();
  });
}

void ncx_database_free(ncx_database *database) { delete database; }

ncx_status ncx_database_counts(
    ncx_database *database, uint32_t *documents, uint32_t *last_document, char **message) {
  return guarded(message, [&] {
    *documents = database->whole.get_doccount();
    *last_document = database->count;
  });
}

ncx_status ncx_database_frequencies(
    ncx_database *database, ncx_terms terms, uint32_t *frequencies, char **message) {
  return guarded(message, [&] {
    eachTerm(terms, database->lent, [&](const std::string &term, size_t i) {
      frequencies[i] = database->whole.get_termfreq(term);
    });
  });
}

ncx_status ncx_database_fixed_values(
    ncx_database *database, uint32_t slot, size_t width, uint32_t first, size_t count, char *values,
    char **message) {
  return guarded(message, [&] {
    const auto corrupt = [&](size_t document) {
      throw Xapian::DatabaseCorruptError(
          "document " + std::to_string(document) + " has no value of " + std::to_string(width) +
          " bytes in slot " + std::to_string(slot));
    };
    for (size_t done = 0; done < count;) {
      if (first + done > database->count) corrupt(first + done);
      const Part &part = database->part(uint32_t(first + done));
      const Xapian::ValueIterator end = part.xapian.valuestream_end(slot);
      Xapian::ValueIterator value = part.xapian.valuestream_begin(slot);
      uint32_t document = uint32_t(first + done) - part.offset;
      if (value != end) value.skip_to(document);
      for (; done < count && document + part.offset <= part.last; document++, done++, ++value) {
        if (value == end || value.get_docid() != document || (*value).size() != width)
          corrupt(first + done);
        (*value).copy(values + done * width, width);
      }
    }
  });
}

ncx_status ncx_database_intersect(
    ncx_database *database, ncx_terms terms, const uint32_t *group_ends, size_t group_count,
    const ncx_range *ranges, size_t range_count, const ncx_limit *limit, ncx_matches *matches,
    char **message) {
  return guarded(message, [&] {
    std::vector<uint32_t> &documents = database->documents;
    documents.clear();
    ncx::Walk all{0, true};
    for (const Part &part : database->parts) {
      const std::vector<ncx_range> &within = database->clip(part, ranges, range_count);
      const size_t start = documents.size();
      const ncx::Walk walk = ncx::intersect(
          part.xapian, terms, group_ends, group_count, within.data(), within.size(), limit,
          documents);
      database->settle(part, start);
      all.upperBound += walk.upperBound;
      all.isComplete = walk.isComplete;
      if (!all.isComplete) break;
    }
    *matches = {documents.data(), documents.size(), all.upperBound, all.isComplete};
  });
}

ncx_status ncx_database_tally(
    ncx_database *database, uint32_t slot, const uint32_t *documents, size_t count,
    uint32_t *counts, size_t ordinals, char **message) {
  return guarded(message, [&] {
    std::fill_n(counts, ordinals, 0);
    const uint32_t *next = documents;
    for (const Part &part : database->parts) {
      const uint32_t *const end = std::upper_bound(next, documents + count, part.last);
      std::vector<uint32_t> &shifted = database->shifted;
      shifted.assign(next, end);
      for (uint32_t &document : shifted) document -= part.offset;
      ncx::tally(part.xapian, slot, shifted.data(), shifted.size(), counts, ordinals);
      next = end;
    }
  });
}

ncx_status ncx_database_note(
    ncx_database *database, const char *key, size_t length, ncx_bytes *note, char **message) {
  return guarded(message, [&] {
    database->lent.clear();
    for (auto part = database->parts.rbegin(); part != database->parts.rend(); ++part) {
      database->lent = part->xapian.get_metadata(std::string(key, length));
      if (!database->lent.empty()) break;
    }
    *note = {database->lent.data(), database->lent.size()};
  });
}

ncx_status ncx_database_expand(
    ncx_database *database, const char *prefix, size_t length, size_t limit, ncx_terms *terms,
    bool *complete, char **message) {
  return guarded(message, [&] {
    const std::string start(prefix, length);
    database->lent.clear();
    database->lentEnds.clear();
    *complete = true;
    const Xapian::TermIterator end = database->whole.allterms_end(start);
    for (Xapian::TermIterator term = database->whole.allterms_begin(start); term != end; ++term) {
      if (database->lentEnds.size() == limit) {
        *complete = false;
        break;
      }
      database->lent += *term;
      database->lentEnds.push_back(uint32_t(database->lent.size()));
    }
    *terms = {database->lent.data(), database->lentEnds.data(), database->lentEnds.size()};
  });
}

ncx_status ncx_database_suggest(
    ncx_database *database, const char *word, size_t length, ncx_bytes *suggestion,
    char **message) {
  return guarded(message, [&] {
    database->lent = database->whole.get_spelling_suggestion(std::string(word, length));
    *suggestion = {database->lent.data(), database->lent.size()};
  });
}

ncx_status ncx_writer_open(const char *path, ncx_writer **writer, char **message) {
  return guarded(message, [&] {
    // Without the lists of each document's terms, which only changing a document would need.
    const int flags = Xapian::DB_CREATE_OR_OPEN | Xapian::DB_BACKEND_GLASS |
                      Xapian::DB_NO_TERMLIST | Xapian::DB_NO_SYNC;
    *writer = new ncx_writer{Xapian::WritableDatabase(path, flags), {}};
  });
}

void ncx_writer_free(ncx_writer *writer) { delete writer; }

ncx_status ncx_writer_add(
    ncx_writer *writer, const ncx_document *document, uint32_t *id, char **message) {
  return guarded(message, [&] {
    Xapian::Document xapian;
    eachTerm(document->filters, writer->term, [&](const std::string &term, size_t) {
      xapian.add_boolean_term(term);
    });
    eachTerm(document->words, writer->term, [&](const std::string &term, size_t) {
      xapian.add_term(term);
    });
    xapian.add_value(0, std::string(document->value.bytes, document->value.count));
    xapian.add_value(1, std::string(document->ordinals.bytes, document->ordinals.count));
    *id = writer->xapian.add_document(xapian);
  });
}

ncx_status ncx_writer_add_spelling(
    ncx_writer *writer, const char *word, size_t length, uint32_t occurrences, char **message) {
  return guarded(message, [&] {
    writer->xapian.add_spelling(std::string(word, length), occurrences);
  });
}

ncx_status ncx_writer_set_note(
    ncx_writer *writer, const char *key, size_t length, ncx_bytes note, char **message) {
  return guarded(message, [&] {
    writer->xapian.set_metadata(std::string(key, length), std::string(note.bytes, note.count));
  });
}

ncx_status ncx_writer_commit(ncx_writer *writer, char **message) {
  return guarded(message, [&] { writer->xapian.commit(); });
}

ncx_status ncx_compact(
    const char *const *sources, size_t count, const char *destination, char **message) {
  return guarded(message, [&] {
    Xapian::Database database;
    for (size_t i = 0; i < count; i++) database.add_database(Xapian::Database(sources[i]));
    const int ids = count == 1 ? Xapian::DBCOMPACT_NO_RENUMBER : 0;
    database.compact(destination, Xapian::DBCOMPACT_SINGLE_FILE | ids | Xapian::Compactor::FULL);
  });
}

ncx_status ncx_check(const char *path, size_t *errors, char **report, char **message) {
  return guarded(message, [&] {
    std::ostringstream output;
    *errors = Xapian::Database::check(path, 0, &output);
    *report = *errors == 0 ? nullptr : ncx::ownedCopy(output.str().c_str());
  });
}

} // extern "C"
