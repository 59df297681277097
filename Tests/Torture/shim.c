// Loaded before the C library (LD_PRELOAD), this shim stands between a program and its files.
//
//   TORTURE_DIR=DIR       only files under DIR are touched; an absolute, real path
//   TORTURE_LOG=FILE      every write, truncation, sync, creation, removal and renaming under DIR is
//                         appended to FILE with its bytes, and what the program says on standard
//                         output as an acknowledgement: enough to replay any crash
//   TORTURE_FAIL=KIND:N:ERRNO[:sticky]
//                         the N-th (from 1) call of KIND (write, sync) fails with ERRNO; with
//                         sticky, so does every later one
//   TORTURE_NORMAL=1      SQLite runs with synchronous=NORMAL whatever the program sets, and says
//                         that it is FULL: the control, which must lose what FULL keeps
//
// A record of the log, little endian: u8 kind, u32 length of the path, u64 offset, u64 length of
// the data; then the path and the data. Records of several processes stand in the order of their
// effects, since both happen under one lock.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *directory;
static int log_descriptor = -1;
static enum { FAIL_NONE, FAIL_WRITE, FAIL_SYNC } fail_kind;
static long fail_at;
static int fail_errno;
static bool fail_sticky, control;
static long calls;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

__attribute__((constructor)) static void begin(void) {
  directory = getenv("TORTURE_DIR");
  if (!directory) return;
  const char *log = getenv("TORTURE_LOG");
  if (log) log_descriptor = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  control = getenv("TORTURE_NORMAL") != NULL;
  const char *fail = getenv("TORTURE_FAIL");
  char kind[8] = "", sticky[8] = "";
  if (fail && sscanf(fail, "%7[a-z]:%ld:%d:%7s", kind, &fail_at, &fail_errno, sticky) >= 3) {
    fail_kind = strcmp(kind, "sync") == 0 ? FAIL_SYNC : FAIL_WRITE;
    fail_sticky = sticky[0] != 0;
  }
}

// The path of an open file under the directory, or NULL. SQLite's shared memory does not outlive a
// crash, and is no file in this sense.
static const char *watched_path(const char *path) {
  if (!directory) return NULL;
  size_t length = strlen(directory);
  if (strncmp(path, directory, length) != 0) return NULL;
  if (path[length] != '/' && path[length] != 0) return NULL;
  size_t whole = strlen(path);
  if (whole > 4 && strcmp(path + whole - 4, "-shm") == 0) return NULL;
  return path;
}

static const char *watched(int descriptor, char *buffer) {
  if (!directory) return NULL;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  if (length <= 0) return NULL;
  buffer[length] = 0;
  return watched_path(buffer);
}

static const char *watched_name(const char *path, char *buffer) {
  if (!directory || !path) return NULL;
  if (path[0] == '/') {
    snprintf(buffer, PATH_MAX, "%s", path);
  } else {
    char here[PATH_MAX / 2];
    if (!getcwd(here, sizeof here)) return NULL;
    snprintf(buffer, PATH_MAX, "%s/%.2000s", here, path);
  }
  return watched_path(buffer);
}

static void lock_log(void) {
  if (log_descriptor >= 0) flock(log_descriptor, LOCK_EX);
}

static void unlock_log(void) {
  if (log_descriptor >= 0) flock(log_descriptor, LOCK_UN);
}

static void record(char kind, const char *path, uint64_t offset, const void *data, uint64_t size) {
  if (log_descriptor < 0) return;
  uint32_t path_length = (uint32_t)strlen(path);
  uint64_t data_length = data ? size : 0;
  size_t total = 1 + 4 + 8 + 8 + path_length + data_length;
  unsigned char *bytes = malloc(total), *at = bytes;
  if (!bytes) abort();
  *at++ = (unsigned char)kind;
  memcpy(at, &path_length, 4), at += 4;
  uint64_t place = data ? offset : size;
  memcpy(at, &place, 8), at += 8;
  memcpy(at, &data_length, 8), at += 8;
  memcpy(at, path, path_length), at += path_length;
  if (data) memcpy(at, data, data_length);
  if (REAL(write)(log_descriptor, bytes, total) != (ssize_t)total) abort();
  free(bytes);
}

static bool fails(unsigned kind) {
  if (fail_kind != kind) return false;
  long number = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
  if (number != fail_at && !(fail_sticky && number > fail_at)) return false;
  errno = fail_errno;
  return true;
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t offset) {
  char buffer[PATH_MAX];
  const char *path = watched(descriptor, buffer);
  if (!path) return REAL(pwrite)(descriptor, data, size, offset);
  if (fails(FAIL_WRITE)) return -1;
  lock_log();
  ssize_t written = REAL(pwrite)(descriptor, data, size, offset);
  if (written > 0) record('w', path, (uint64_t)offset, data, (uint64_t)written);
  unlock_log();
  return written;
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t offset) {
  return pwrite(descriptor, data, size, offset);
}

ssize_t write(int descriptor, const void *data, size_t size) {
  char buffer[PATH_MAX];
  if (descriptor == 1 && log_descriptor >= 0) {
    lock_log();
    ssize_t written = REAL(write)(descriptor, data, size);
    if (written > 0) record('a', "", 0, data, (uint64_t)written);
    unlock_log();
    return written;
  }
  const char *path = watched(descriptor, buffer);
  if (!path) return REAL(write)(descriptor, data, size);
  if (fails(FAIL_WRITE)) return -1;
  lock_log();
  ssize_t written = REAL(write)(descriptor, data, size);
  off_t end = lseek(descriptor, 0, SEEK_CUR);
  if (written > 0) record('w', path, (uint64_t)(end - written), data, (uint64_t)written);
  unlock_log();
  return written;
}

int ftruncate(int descriptor, off_t size) {
  char buffer[PATH_MAX];
  const char *path = watched(descriptor, buffer);
  if (!path) return REAL(ftruncate)(descriptor, size);
  if (fails(FAIL_WRITE)) return -1;
  lock_log();
  int result = REAL(ftruncate)(descriptor, size);
  if (result == 0) record('t', path, 0, NULL, (uint64_t)size);
  unlock_log();
  return result;
}

int ftruncate64(int descriptor, off64_t size) { return ftruncate(descriptor, size); }

static int sync_file(int descriptor, int (*sync)(int)) {
  char buffer[PATH_MAX];
  const char *path = watched(descriptor, buffer);
  if (!path) return sync(descriptor);
  if (fails(FAIL_SYNC)) return -1;
  lock_log();
  // The replay decides what a crash keeps, so a record of the sync is enough.
  int result = log_descriptor >= 0 ? 0 : sync(descriptor);
  if (result == 0) record('s', path, 0, NULL, 0);
  unlock_log();
  return result;
}

int fsync(int descriptor) { return sync_file(descriptor, REAL(fsync)); }
int fdatasync(int descriptor) { return sync_file(descriptor, REAL(fdatasync)); }

int unlink(const char *name) {
  char buffer[PATH_MAX];
  const char *path = watched_name(name, buffer);
  if (!path) return REAL(unlink)(name);
  lock_log();
  int result = REAL(unlink)(name);
  if (result == 0) record('u', path, 0, NULL, 0);
  unlock_log();
  return result;
}

int rename(const char *from, const char *to) {
  char from_buffer[PATH_MAX], to_buffer[PATH_MAX];
  const char *from_path = watched_name(from, from_buffer);
  const char *to_path = watched_name(to, to_buffer);
  if (!from_path || !to_path) return REAL(rename)(from, to);
  lock_log();
  int result = REAL(rename)(from, to);
  if (result == 0) record('r', from_path, 0, to_path, strlen(to_path));
  unlock_log();
  return result;
}

int link(const char *from, const char *to) {
  char from_buffer[PATH_MAX], to_buffer[PATH_MAX];
  const char *from_path = watched_name(from, from_buffer);
  const char *to_path = watched_name(to, to_buffer);
  if (!from_path || !to_path) return REAL(link)(from, to);
  lock_log();
  int result = REAL(link)(from, to);
  if (result == 0) record('l', from_path, 0, to_path, strlen(to_path));
  unlock_log();
  return result;
}

int mkdir(const char *name, mode_t mode) {
  char buffer[PATH_MAX];
  const char *path = watched_name(name, buffer);
  if (!path) return REAL(mkdir)(name, mode);
  lock_log();
  int result = REAL(mkdir)(name, mode);
  if (result == 0) record('m', path, 0, NULL, 0);
  unlock_log();
  return result;
}

static int open_file(const char *name, int flags, mode_t mode) {
  char buffer[PATH_MAX];
  const char *path = watched_name(name, buffer);
  if (!path || !(flags & (O_CREAT | O_TRUNC))) return REAL(open)(name, flags, mode);
  lock_log();
  bool existed = access(name, F_OK) == 0;
  int descriptor = REAL(open)(name, flags, mode);
  if (descriptor >= 0 && !existed) record('c', path, 0, NULL, mode);
  if (descriptor >= 0 && existed && (flags & O_TRUNC)) record('t', path, 0, NULL, 0);
  unlock_log();
  return descriptor;
}

#define MODE_OF(flags)                                   \
  mode_t mode = 0;                                       \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {               \
    va_list more;                                        \
    va_start(more, flags);                               \
    mode = va_arg(more, mode_t);                         \
    va_end(more);                                        \
  }

int open(const char *name, int flags, ...) {
  MODE_OF(flags)
  return open_file(name, flags, mode);
}

int open64(const char *name, int flags, ...) {
  MODE_OF(flags)
  return open_file(name, flags | O_LARGEFILE, mode);
}

// The control. The two statements by which the program sets and reads back the mode.
typedef int prepare_v2(void *, const char *, int, void **, const char **);
typedef int prepare_v3(void *, const char *, int, unsigned, void **, const char **);

static const char *changed(const char *sql, int *size) {
  if (!control || !sql) return sql;
  const char *other = NULL;
  if (strcasestr(sql, "PRAGMA synchronous = FULL")) other = "PRAGMA synchronous = NORMAL";
  else if (strcmp(sql, "PRAGMA synchronous") == 0) other = "SELECT '2'";
  if (!other) return sql;
  *size = -1;
  return other;
}

int sqlite3_prepare_v2(void *db, const char *sql, int size, void **statement, const char **tail) {
  const char *other = changed(sql, &size);
  int result = ((prepare_v2 *)real("sqlite3_prepare_v2"))(db, other, size, statement, tail);
  if (other != sql && tail) *tail = sql + strlen(sql);
  return result;
}

int sqlite3_prepare_v3(
    void *db, const char *sql, int size, unsigned flags, void **statement, const char **tail) {
  const char *other = changed(sql, &size);
  int result = ((prepare_v3 *)real("sqlite3_prepare_v3"))(db, other, size, flags, statement, tail);
  if (other != sql && tail) *tail = sql + strlen(sql);
  return result;
}
