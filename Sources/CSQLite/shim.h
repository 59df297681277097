#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H

#include <sqlite3.h>

/* sqlite3_db_config is variadic, which Swift cannot call. A connection so configured leaves the
   write-ahead log alone when it closes; returns SQLITE_OK and the setting read back. */
static inline int csqlite_keep_wal_on_close(sqlite3 *db, int *enabled) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, enabled);
}

/* sqlite3_test_control is variadic too. A connection so configured reads what a sort has spilled
   into its file, and maps none of it into memory. */
static inline int csqlite_unmap_sorter(sqlite3 *db) {
  return sqlite3_test_control(SQLITE_TESTCTRL_SORTER_MMAP, db, 0);
}

#endif
