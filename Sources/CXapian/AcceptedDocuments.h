// Documents that a match has already accepted, as a source of postings for an enquiry over them.
#ifndef NEARCARE_CXAPIAN_ACCEPTED_DOCUMENTS_H
#define NEARCARE_CXAPIAN_ACCEPTED_DOCUMENTS_H

#include <algorithm>
#include <cstdint>
#include <string>
#include <xapian.h>

namespace ncx {

class AcceptedDocuments : public Xapian::PostingSource {
public:
  /// `documents` ascend, and outlive this.
  AcceptedDocuments(const uint32_t *documents, size_t count)
      : documents(documents), count(count) {}

  Xapian::doccount get_termfreq_min() const override { return count; }
  Xapian::doccount get_termfreq_est() const override { return count; }
  Xapian::doccount get_termfreq_max() const override { return count; }
  void next(double) override { ++position; }
  void skip_to(Xapian::docid document, double) override {
    size_t from = position + 1 == 0 ? 0 : position;
    position = std::lower_bound(documents + from, documents + count, document) - documents;
  }
  bool at_end() const override { return position == count; }
  Xapian::docid get_docid() const override { return documents[position]; }
  void init(const Xapian::Database &) override {
    set_maxweight(0);
    position = size_t(-1);
  }
  std::string get_description() const override { return "AcceptedDocuments"; }

private:
  const uint32_t *documents;
  size_t count;
  size_t position = size_t(-1);
};

} // namespace ncx

#endif
