// raw-build NPPES SITES ZIPS DATABASE COMPACTED
//
// What a plain Xapian program does with the rows that `indexer run --nppes --sites` reads: one
// thread, documents in the file's order with the terms, the values and the data that nearcare's
// have (no plans, no hours), a commit every 2,000 as suits this Xapian best, one compaction. It
// keeps no directory, checks nothing and compares nothing. ZIPS is nearcare's table of them.
//
// Prints the documents and the seconds of reading, adding and compacting.

#include "Cells.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>
#include <unordered_map>
#include <vector>
#include <xapian.h>

namespace {

using Row = std::vector<std::string>;

// Quoted or bare fields, LF or CRLF; no line breaks inside quotes, which samples do not have.
bool readRow(std::ifstream &file, std::string &line, Row &row) {
  if (!std::getline(file, line)) return false;
  size_t fields = 0;
  size_t at = 0;
  const auto field = [&]() -> std::string & {
    if (fields == row.size()) row.emplace_back();
    row[fields].clear();
    return row[fields++];
  };
  for (;;) {
    std::string &text = field();
    if (at < line.size() && line[at] == '"') {
      for (at++; at < line.size(); at++) {
        const size_t quote = line.find('"', at);
        text.append(line, at, quote - at);
        at = quote + 1;
        if (at >= line.size() || line[at] != '"') break;
        text += '"';
      }
    } else {
      const size_t end = std::min(line.find(',', at), line.size());
      text.assign(line, at, end - at);
      if (!text.empty() && text.back() == '\r') text.pop_back();
      at = end;
    }
    if (at >= line.size() || line[at] != ',') break;
    at++;
  }
  row.resize(fields);
  return true;
}

size_t column(const Row &header, const std::string &name) {
  for (size_t i = 0; i < header.size(); i++)
    if (header[i] == name) return i;
  std::cerr << "no column " << name << "\n";
  std::exit(65);
}

struct Place {
  double latitude;
  double longitude;
  std::string zone;
};

std::unordered_map<std::string, Place> readZips(const char *path) {
  std::unordered_map<std::string, Place> zips;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    for (size_t at = 0; at <= line.size();) {
      const size_t end = std::min(line.find('\t', at), line.size());
      cells.push_back(line.substr(at, end - at));
      at = end + 1;
    }
    zips[cells[0]] = {std::stod(cells[1]), std::stod(cells[2]), cells[3]};
  }
  return zips;
}

uint64_t fnv(const std::string &text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

template <typename Number> void fixed(std::string &bytes, Number number) {
  bytes.append(reinterpret_cast<const char *>(&number), sizeof number);
}

void count(std::string &bytes, size_t number) {
  for (; number >= 0x80; number >>= 7) bytes += char(number | 0x80);
  bytes += char(number);
}

void text(std::string &bytes, const std::string &value) {
  count(bytes, value.size());
  bytes += value;
}

void addWords(Xapian::Document &document, const std::string &name) {
  std::string word = "XN";
  for (size_t i = 0; i <= name.size(); i++) {
    const char letter = i < name.size() ? name[i] : ' ';
    if (std::isalnum(static_cast<unsigned char>(letter)) || letter & '\x80') {
      word += char(std::tolower(static_cast<unsigned char>(letter)));
    } else if (letter != '.') {
      if (word.size() > 2) document.add_term(word);
      word.resize(2);
    }
  }
}

class Index {
public:
  Index(const char *path, const char *zips)
      : zips(readZips(zips)),
        database(path, Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS |
                           Xapian::DB_NO_TERMLIST | Xapian::DB_NO_SYNC) {}

  struct Person {
    std::vector<std::string> names;
    std::vector<std::string> codes;
    std::vector<std::string> licences;
    std::string gender;
    bool isOrganization;
    std::string updated;
  };

  struct Site {
    std::string line1, line2, city, state, zip, phone;
  };

  // False where the ZIP has no place; such rows are few.
  bool add(const std::string &npi, const Person &person, const Site &site) {
    const auto found = zips.find(site.zip.substr(0, 5));
    if (found == zips.end()) return false;
    const Place &place = found->second;
    Xapian::Document document;
    for (const std::string &code : person.codes) document.add_boolean_term("XS" + code);
    for (int precision = 3; precision <= 6; precision++) {
      const Grid grid(precision);
      document.add_boolean_term(
          "XG" + geohash(grid.column(place.longitude), grid.row(place.latitude), precision));
    }
    document.add_boolean_term("XU" + site.state);
    for (const std::string &state : person.licences) document.add_boolean_term("XJ" + state);
    if (person.licences.empty()) document.add_boolean_term("XJnone");
    if (!person.gender.empty()) document.add_boolean_term("XX" + person.gender);
    document.add_boolean_term("XAunknown");
    for (const std::string &name : person.names) addWords(document, name);
    const int64_t role =
        (std::stoll(npi) << 30) | int64_t(fnv(site.line1 + site.line2 + site.zip) & 0x3fffffff);
    std::string value;
    fixed(value, role);
    fixed(value, place.latitude);
    fixed(value, place.longitude);
    fixed(value, fnv(person.codes.empty() ? "" : person.codes[0]));
    fixed(value, uint32_t(fnv(person.names.back())));
    fixed(value, uint32_t(fnv(person.names[0])));
    document.add_value(0, value);
    std::string facets;
    uint32_t previous = 0;
    std::vector<uint32_t> numbers;
    for (const std::string &code : person.codes)
      numbers.push_back(ordinals.emplace(code, uint32_t(ordinals.size())).first->second);
    std::sort(numbers.begin(), numbers.end());
    for (const uint32_t number : numbers) {
      count(facets, number - previous);
      previous = number;
    }
    document.add_value(1, facets);
    document.set_data(record(role, person, site, place));
    database.add_document(document);
    if (++documents % 2000 == 0) database.commit();
    return true;
  }

  void finish(const char *compacted) {
    database.commit();
    database.compact(compacted, Xapian::DBCOMPACT_SINGLE_FILE | Xapian::Compactor::FULL);
  }

  size_t documents = 0;

private:
  const std::unordered_map<std::string, Place> zips;
  Xapian::WritableDatabase database;
  std::unordered_map<std::string, uint32_t> ordinals;

  static std::string
  record(int64_t role, const Person &person, const Site &site, const Place &place) {
    std::string bytes;
    bytes += '\2';
    fixed(bytes, role);
    bytes += person.isOrganization ? '\2' : '\1';
    for (const std::string &name : person.names) text(bytes, name);
    bytes += person.gender.empty() ? '\0' : '\1';
    count(bytes, person.codes.size());
    for (const std::string &code : person.codes) text(bytes, code);
    count(bytes, person.licences.size());
    for (const std::string &state : person.licences) text(bytes, state);
    bytes += std::string(3, '\0');
    for (const std::string &part :
         {site.line1, site.line2, site.city, site.state, site.zip, site.phone})
      text(bytes, part);
    fixed(bytes, place.latitude);
    fixed(bytes, place.longitude);
    text(bytes, place.zone);
    bytes += '\10';
    fixed(bytes, uint32_t(fnv(person.updated)));
    count(bytes, 1);
    return bytes;
  }
};

double seconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 6) {
    std::cerr << "usage: raw-build NPPES SITES ZIPS DATABASE COMPACTED\n";
    return 64;
  }
  const double start = seconds();
  Index index(argv[4], argv[3]);
  std::string line;
  Row header, row;
  std::ifstream file(argv[1]);
  readRow(file, line, header);
  const std::string practice = "Provider Business Practice Location Address ";
  const size_t npi = column(header, "NPI"), kind = column(header, "Entity Type Code"),
               organization =
                   column(header, "Provider Organization Name (Legal Business Name)"),
               last = column(header, "Provider Last Name (Legal Name)"),
               line1 = column(header, "Provider First Line Business Practice Location Address"),
               city = column(header, practice + "City Name"),
               gender = column(header, "Provider Sex Code"),
               updated = column(header, "Last Update Date"),
               code = column(header, "Healthcare Provider Taxonomy Code_1");
  // For the secondary sites, which name a practitioner by number alone.
  std::unordered_map<std::string, Index::Person> persons;
  std::ifstream sites(argv[2]);
  Row siteHeader;
  readRow(sites, line, siteHeader);
  while (readRow(sites, line, row)) persons[row[0]];
  while (readRow(file, line, row)) {
    Index::Person person;
    person.isOrganization = row[kind] == "2";
    if (person.isOrganization) {
      person.names = {row[organization]};
    } else {
      // First, middle, last, suffix, credential.
      person.names = {row[last + 1], row[last + 2], row[last], row[last + 3], row[last + 4]};
    }
    // Each of fifteen: code, licence, its state, whether it is the primary one.
    for (size_t i = code; i + 3 < row.size() && i < code + 60; i += 4) {
      if (!row[i].empty()) person.codes.push_back(row[i]);
      const std::string &state = row[i + 2];
      auto &states = person.licences;
      if (!state.empty() && std::find(states.begin(), states.end(), state) == states.end())
        states.push_back(state);
    }
    person.gender = row[gender] == "F" ? "female" : row[gender] == "M" ? "male" : "";
    person.updated = row[updated];
    const auto known = persons.find(row[npi]);
    index.add(
        row[npi], person,
        {row[line1], row[line1 + 1], row[city], row[city + 1], row[city + 2], row[city + 4]});
    if (known != persons.end()) known->second = std::move(person);
  }
  sites.clear();
  sites.seekg(0);
  readRow(sites, line, siteHeader);
  while (readRow(sites, line, row))
    index.add(row[0], persons[row[0]], {row[1], row[2], row[3], row[4], row[5], row[7]});
  const double added = seconds();
  index.finish(argv[5]);
  std::cout << index.documents << " documents; reading and adding " << added - start
            << " s, committing the last and compacting " << seconds() - added << " s\n";
}
