// raw-bookings DATABASE
//
// What durable bookings cost without a booking system: one row inserted by each transaction, of the
// columns and the unique index that nearcare's claims have, into SQLite in WAL mode with
// synchronous=FULL. Reads lines "FROM TO"; answers with nanoseconds of each insert.

#include "Asking.h"
#include "SQLite.h"

int main(int count, char **arguments) {
  if (count != 2) {
    std::cerr << "usage: raw-bookings DATABASE\n";
    return 64;
  }
  try {
    const Connection database(arguments[1], SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                 "CREATE TABLE IF NOT EXISTS claim (claim_id INTEGER PRIMARY KEY, npi INTEGER,"
                 " role_id INTEGER, starts_at INTEGER, ends_at INTEGER, visit_type TEXT,"
                 " state TEXT, patient_id INTEGER, session_hash BLOB, wall_date INTEGER,"
                 " wall_minute INTEGER, time_zone TEXT, tzdata_version TEXT, created_at INTEGER,"
                 " changed_at INTEGER, changed_by TEXT);"
                 "CREATE UNIQUE INDEX IF NOT EXISTS claim_live ON claim (npi, starts_at)");
    Statement insert(
        database,
        "INSERT INTO claim VALUES (?1, ?2, ?2 << 30, ?3, ?3 + 1800, 'in-person', 'booked', ?1,"
        " randomblob(32), 20840, 540, 'America/New_York', 'made-up', 1796047200, 1796047200,"
        " 'patient p-1nr7pm40k2vf8')");
    int64_t id = 0;
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream bounds(line);
      int64_t from = 0, to = 0;
      bounds >> from >> to;
      for (int64_t i = from; i < to; i++) {
        id++;
        const uint64_t start = nanoseconds();
        insert.bind((int64_t(1796047200) << 30) + id, 1000000000 + id * 7919 % 1000000,
                    1800000000 + id * 1800);
        insert.step();
        const uint64_t elapsed = nanoseconds() - start;
        std::printf("%llu\n", static_cast<unsigned long long>(elapsed));
      }
      std::printf(".\n");
      std::fflush(stdout);
    }
  } catch (const std::exception &error) {
    std::cerr << "raw-bookings: " << error.what() << "\n";
    return 1;
  }
}
