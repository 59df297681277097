// rtree-candidates DATABASE QUERY_FILE LIMIT haversine|geodesic places|specialties
//
// The same search on SQLite: an R*Tree finds the box around the circle, tables keyed by role say
// the rest, distances are computed here and a heap keeps the nearest. `places` has one box a role;
// `specialties` one for each specialty of a role, the specialty's number being the tree's third
// dimension. DATABASE is made by peers/rtree.sql.

#include "Asking.h"
#include "SQLite.h"
#include "Sphere.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>

namespace {

using Numbers = std::map<std::string, int64_t>;

Numbers readNumbers(const Connection &database, const char *sql) {
  Numbers numbers;
  Statement rows(database, sql);
  while (rows.step()) numbers[rows.text(0)] = rows.integer(1);
  return numbers;
}

std::string list(const std::vector<std::string> &names, const Numbers &numbers) {
  std::string list;
  for (const std::string &name : names) {
    const auto number = numbers.find(name);
    if (number == numbers.end()) continue;
    list += (list.empty() ? "" : ",") + std::to_string(number->second);
  }
  return list.empty() ? "-1" : list;
}

class Search {
public:
  Search(const Connection &database, size_t limit, bool geodesic, bool bySpecialty)
      : database(database), limit(limit), geodesic(geodesic), bySpecialty(bySpecialty),
        specialties(readNumbers(database, "SELECT code, number FROM specialty")),
        insurers(readNumbers(database, "SELECT name, number FROM insurer")) {}

  std::vector<Found> operator()(const Query &query) {
    const double north = query.radius * 1.01 / meanRadius / M_PI * 180;
    const double east = north / std::cos(radians(std::abs(query.latitude) + north));
    const Distance distance(query.latitude, query.longitude, query.radius, geodesic);
    std::vector<Found> heap;
    Statement &rows = statement(query);
    if (!bySpecialty) {
      rows.bind(query.longitude - east, query.longitude + east, query.latitude - north,
                query.latitude + north);
      collect(rows, distance, heap);
    } else {
      for (const std::string &code : query.specialties) {
        const auto number = specialties.find(code);
        if (number == specialties.end()) continue;
        rows.bind(query.longitude - east, query.longitude + east, query.latitude - north,
                  query.latitude + north, number->second);
        collect(rows, distance, heap);
      }
    }
    std::sort_heap(heap.begin(), heap.end());
    return heap;
  }

private:
  const Connection &database;
  size_t limit;
  bool geodesic;
  bool bySpecialty;
  Numbers specialties;
  Numbers insurers;
  // The lists are part of the text: as a constant, SQLite turns one into a look-up table once.
  std::map<std::string, std::unique_ptr<Statement>> statements;

  Statement &statement(const Query &query) {
    std::string sql =
        "SELECT r.role_id, r.lat, r.lon FROM place AS p CROSS JOIN role AS r ON r.id = p.role"
        " WHERE p.west <= ?2 AND p.east >= ?1 AND p.south <= ?4 AND p.north >= ?3";
    if (bySpecialty)
      sql += " AND p.first = ?5 AND p.last = ?5";
    else
      sql += " AND EXISTS (SELECT 1 FROM role_specialty WHERE role = p.role AND number IN (" +
             list(query.specialties, specialties) + "))";
    sql += " AND EXISTS (SELECT 1 FROM role_insurer WHERE role = p.role AND number IN (" +
           list(query.insurers, insurers) + "))";
    if (!query.gender.empty()) sql += " AND r.gender = '" + query.gender + "'";
    if (!query.language.empty())
      sql += " AND instr(r.languages, '" + query.language + "') > 0";
    if (!query.visitType.empty())
      sql += " AND instr(r.visit_types, '" + query.visitType + "') > 0";
    if (bySpecialty) sql.replace(sql.find("FROM place"), 10, "FROM place_specialty");
    auto &kept = statements[sql];
    if (!kept) kept = std::make_unique<Statement>(database, sql);
    return *kept;
  }

  void collect(Statement &rows, const Distance &distance, std::vector<Found> &heap) const {
    while (rows.step()) {
      const Found found{distance(rows.real(1), rows.real(2)), rows.integer(0)};
      if (found.meters > distance.radius) continue;
      // A role with two of the specialties comes twice.
      if (std::any_of(heap.begin(), heap.end(), [&found](const Found &other) {
            return other.role == found.role;
          }))
        continue;
      if (heap.size() < limit) {
        heap.push_back(found);
        std::push_heap(heap.begin(), heap.end());
      } else if (found < heap.front()) {
        std::pop_heap(heap.begin(), heap.end());
        heap.back() = found;
        std::push_heap(heap.begin(), heap.end());
      }
    }
  }
};

} // namespace

int main(int count, char **arguments) {
  if (count != 6) {
    std::cerr << "usage: rtree-candidates DATABASE QUERY_FILE LIMIT haversine|geodesic"
                 " places|specialties\n";
    return 64;
  }
  try {
    const Connection database(arguments[1]);
    database.run("PRAGMA mmap_size = 17179869184; BEGIN");
    Search search(database, std::strtoul(arguments[3], nullptr, 10),
                  std::strcmp(arguments[4], "geodesic") == 0,
                  std::strcmp(arguments[5], "specialties") == 0);
    serve(readQueries(arguments[2]), [&](const Query &query) { return search(query); });
  } catch (const std::exception &error) {
    std::cerr << "rtree-candidates: " << error.what() << "\n";
    return 1;
  }
}
