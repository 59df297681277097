// The documents of the geohash cells that a circle's box touches.
#ifndef PEERS_CELLS_H
#define PEERS_CELLS_H

#include "Query.h"
#include "Sphere.h"

#include <cstdint>
#include <string>
#include <vector>
#include <xapian.h>

struct Range {
  Xapian::docid first;
  Xapian::docid last;
};

constexpr int finestCells = 6;
constexpr int coarsestCells = 3;
constexpr int manyCells = 32;

struct Grid {
  int64_t columns;
  int64_t rows;

  explicit Grid(int precision)
      : columns(int64_t(1) << (5 * precision + 1) / 2), rows(int64_t(1) << 5 * precision / 2) {}
  int64_t column(double longitude) const { return int64_t((longitude + 180) / 360 * columns); }
  int64_t row(double latitude) const { return int64_t((latitude + 90) / 180 * rows); }
};

inline std::string geohash(int64_t column, int64_t row, int precision) {
  static const char digits[] = "0123456789bcdefghjkmnpqrstuvwxyz";
  const int bits = 5 * precision;
  std::string text;
  int digit = 0;
  for (int i = 0; i < bits; i++) {
    // Bits of the column and the row in turn, the highest first.
    const int64_t source = i % 2 == 0 ? column : row;
    const int width = i % 2 == 0 ? (bits + 1) / 2 : bits / 2;
    digit = digit << 1 | int(source >> (width - 1 - i / 2) & 1);
    if (i % 5 == 4) {
      text += digits[digit];
      digit = 0;
    }
  }
  return text;
}

/// Ascending and disjoint. Not for circles at a pole or over the antimeridian.
inline std::vector<Range> cellRanges(const Xapian::Database &database, const Query &query) {
  const double north = query.radius * 1.01 / meanRadius / M_PI * 180;
  const double east = north / std::cos(radians(std::abs(query.latitude) + north));
  int precision = finestCells;
  for (; precision > coarsestCells; precision--) {
    const Grid grid(precision);
    const int64_t columns = grid.column(query.longitude + east) -
                            grid.column(query.longitude - east) + 1;
    const int64_t rows = grid.row(query.latitude + north) - grid.row(query.latitude - north) + 1;
    if (columns * rows <= manyCells) break;
  }
  const Grid grid(precision);
  std::vector<std::string> cells;
  for (int64_t row = grid.row(query.latitude - north); row <= grid.row(query.latitude + north);
       row++)
    for (int64_t column = grid.column(query.longitude - east);
         column <= grid.column(query.longitude + east); column++)
      cells.push_back("XG" + geohash(column, row, precision));
  std::sort(cells.begin(), cells.end());
  std::vector<Range> ranges;
  for (const std::string &cell : cells) {
    const Xapian::doccount documents = database.get_termfreq(cell);
    if (documents == 0) continue;
    const Xapian::docid first = *database.postlist_begin(cell);
    if (!ranges.empty() && ranges.back().last + 1 == first)
      ranges.back().last = first + documents - 1;
    else
      ranges.push_back({first, first + documents - 1});
  }
  return ranges;
}

#endif
