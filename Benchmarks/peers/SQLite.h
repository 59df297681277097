// SQLite's C API with the errors thrown.
#ifndef PEERS_SQLITE_H
#define PEERS_SQLITE_H

#include <cstdint>
#include <sqlite3.h>
#include <stdexcept>
#include <string>

class Connection {
public:
  explicit Connection(const std::string &path, int flags = SQLITE_OPEN_READONLY) {
    if (sqlite3_open_v2(path.c_str(), &handle, flags, nullptr) != SQLITE_OK)
      throw std::runtime_error(path + ": " + sqlite3_errmsg(handle));
  }
  ~Connection() { sqlite3_close(handle); }
  Connection(const Connection &) = delete;

  void run(const std::string &sql) const {
    if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle));
  }

  sqlite3 *handle = nullptr;
};

class Statement {
public:
  Statement(const Connection &connection, const std::string &sql) : connection(connection) {
    if (sqlite3_prepare_v3(
            connection.handle, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr) !=
        SQLITE_OK)
      throw std::runtime_error(sql + ": " + sqlite3_errmsg(connection.handle));
  }
  ~Statement() { sqlite3_finalize(handle); }
  Statement(const Statement &) = delete;

  // Starts over; the values are bound in order.
  template <typename... Values> Statement &bind(const Values &...values) {
    reset();
    int position = 0;
    (bindOne(++position, values), ...);
    return *this;
  }

  // A row that was asked for and not left keeps the transaction open.
  Statement &reset() {
    sqlite3_reset(handle);
    return *this;
  }

  /// Whether there is a row.
  bool step() {
    const int code = sqlite3_step(handle);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw std::runtime_error(sqlite3_errmsg(connection.handle));
  }

  int64_t integer(int column) const { return sqlite3_column_int64(handle, column); }
  double real(int column) const { return sqlite3_column_double(handle, column); }
  bool isNull(int column) const { return sqlite3_column_type(handle, column) == SQLITE_NULL; }
  std::string text(int column) const {
    const unsigned char *bytes = sqlite3_column_text(handle, column);
    return bytes ? reinterpret_cast<const char *>(bytes) : "";
  }

private:
  const Connection &connection;
  sqlite3_stmt *handle = nullptr;

  void bindOne(int position, int64_t value) { sqlite3_bind_int64(handle, position, value); }
  void bindOne(int position, int value) { sqlite3_bind_int64(handle, position, value); }
  void bindOne(int position, double value) { sqlite3_bind_double(handle, position, value); }
  void bindOne(int position, const std::string &value) {
    sqlite3_bind_text(handle, position, value.data(), int(value.size()), SQLITE_TRANSIENT);
  }
};

#endif
