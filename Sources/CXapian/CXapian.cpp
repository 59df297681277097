#include "CXapian.h"

#include "Intersection.h"
#include "Tally.h"
#include "Translation.h"

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>
#include <xapian.h>

using ncx::guarded;

struct ncx_database {
  Xapian::Database xapian;
  std::vector<uint32_t> documents;
  std::string lent;
  std::vector<uint32_t> lentEnds;
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

ncx_status ncx_database_open(const char *path, ncx_database **database, char **message) {
  return guarded(message, [&] {
    *database = new ncx_database{Xapian::Database(path), {}, {}, {}};
  });
}

void ncx_database_free(ncx_database *database) { delete database; }

ncx_status ncx_database_counts(
    ncx_database *database, uint32_t *documents, uint32_t *last_document, char **message) {
  return guarded(message, [&] {
    *documents = database->xapian.get_doccount();
    *last_document = database->xapian.get_lastdocid();
  });
}

ncx_status ncx_database_frequencies(
    ncx_database *database, ncx_terms terms, uint32_t *frequencies, char **message) {
  return guarded(message, [&] {
    eachTerm(terms, database->lent, [&](const std::string &term, size_t i) {
      frequencies[i] = database->xapian.get_termfreq(term);
    });
  });
}

ncx_status ncx_database_record(
    ncx_database *database, uint32_t document, ncx_bytes *record, char **message) {
  return guarded(message, [&] {
    database->lent = database->xapian.get_document(document).get_data();
    *record = {database->lent.data(), database->lent.size()};
  });
}

ncx_status ncx_database_fixed_values(
    ncx_database *database, uint32_t slot, size_t width, size_t count, char *values,
    char **message) {
  return guarded(message, [&] {
    Xapian::ValueIterator value = database->xapian.valuestream_begin(slot);
    const Xapian::ValueIterator end = database->xapian.valuestream_end(slot);
    for (size_t document = 1; document <= count; document++, ++value) {
      if (value == end || value.get_docid() != document || (*value).size() != width)
        throw Xapian::DatabaseCorruptError(
            "document " + std::to_string(document) + " has no value of " + std::to_string(width) +
            " bytes in slot " + std::to_string(slot));
      (*value).copy(values + (document - 1) * width, width);
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
    const ncx::Walk walk = ncx::intersect(
        database->xapian, terms, group_ends, group_count, ranges, range_count, limit, documents);
    *matches = {documents.data(), documents.size(), walk.upperBound, walk.isComplete};
  });
}

ncx_status ncx_database_tally(
    ncx_database *database, uint32_t slot, const uint32_t *documents, size_t count,
    uint32_t *counts, size_t ordinals, char **message) {
  return guarded(message, [&] {
    ncx::tally(database->xapian, slot, documents, count, counts, ordinals);
  });
}

ncx_status ncx_database_note(
    ncx_database *database, const char *key, size_t length, ncx_bytes *note, char **message) {
  return guarded(message, [&] {
    database->lent = database->xapian.get_metadata(std::string(key, length));
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
    const Xapian::TermIterator end = database->xapian.allterms_end(start);
    for (Xapian::TermIterator term = database->xapian.allterms_begin(start); term != end; ++term) {
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
    database->lent = database->xapian.get_spelling_suggestion(std::string(word, length));
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
    xapian.set_data(std::string(document->record.bytes, document->record.count));
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

ncx_status ncx_compact(const char *source, const char *destination, char **message) {
  return guarded(message, [&] {
    Xapian::Database database(source);
    database.compact(
        destination, Xapian::DBCOMPACT_SINGLE_FILE | Xapian::DBCOMPACT_NO_RENUMBER |
                         Xapian::Compactor::FULL);
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
