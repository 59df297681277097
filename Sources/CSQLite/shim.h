#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

/* sqlite3_db_config is variadic, which Swift cannot call. A connection so configured leaves the
   write-ahead log alone when it closes; returns SQLITE_OK and the setting read back. */
static inline int csqlite_keep_wal_on_close(sqlite3 *db, int *enabled) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, enabled);
}

/* A connection so configured plans a statement once, whatever is bound to it; otherwise SQLite
   looks at the values whenever a term may imply a partial index's, and prepares the statement anew
   for others. Returns SQLITE_OK and the setting read back. */
static inline int csqlite_keep_plans(sqlite3 *db, int *enabled) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, enabled);
}

/* sqlite3_test_control is variadic too. A connection so configured reads what a sort has spilled
   into its file, and maps none of it into memory. */
static inline int csqlite_unmap_sorter(sqlite3 *db) {
  return sqlite3_test_control(SQLITE_TESTCTRL_SORTER_MMAP, db, 0);
}

#endif
