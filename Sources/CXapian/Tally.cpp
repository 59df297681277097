#include "Tally.h"

#include "AcceptedDocuments.h"

#include <string>

namespace ncx {
namespace {

// Sees every document of a match, and adds up the ordinals in its value.
class OrdinalSpy : public Xapian::MatchSpy {
public:
  OrdinalSpy(Xapian::valueno slot, uint32_t *counts, size_t ordinals)
      : slot(slot), counts(counts), ordinals(ordinals) {}

  void operator()(const Xapian::Document &document, double) override {
    const std::string value = document.get_value(slot);
    uint64_t ordinal = 0;
    for (size_t i = 0; i < value.size();) {
      uint64_t step = 0;
      unsigned shift = 0;
      for (;;) {
        if (i == value.size() || shift > 28) corrupt(document);
        const unsigned char byte = value[i++];
        step |= uint64_t(byte & 0x7f) << shift;
        if (byte < 0x80) break;
        shift += 7;
      }
      ordinal += step;
      if (ordinal >= ordinals) corrupt(document);
      counts[ordinal]++;
    }
  }

private:
  const Xapian::valueno slot;
  uint32_t *counts;
  const size_t ordinals;

  [[noreturn]] void corrupt(const Xapian::Document &document) const {
    throw Xapian::DatabaseCorruptError(
        "document " + std::to_string(document.get_docid()) + ", slot " + std::to_string(slot) +
        ": no ascending list of ordinals below " + std::to_string(ordinals));
  }
};

} // namespace

void tally(
    const Xapian::Database &database, Xapian::valueno slot, const uint32_t *documents, size_t count,
    uint32_t *counts, size_t ordinals) {
  if (count == 0) return;
  AcceptedDocuments accepted(documents, count);
  OrdinalSpy spy(slot, counts, ordinals);
  Xapian::Enquire enquire(database);
  enquire.set_query(Xapian::Query(&accepted));
  enquire.set_weighting_scheme(Xapian::BoolWeight());
  enquire.set_docid_order(Xapian::Enquire::DONT_CARE);
  enquire.add_matchspy(&spy);
  // No result is wanted, but every document must be seen.
  enquire.get_mset(0, 0, count);
}

} // namespace ncx
