// What nearcare's index has to be shown of a document: a mapped file of 64 bytes of header (magic,
// documents), then where each record starts and the last one ends, then the records.
#ifndef PEERS_RECORDS_H
#define PEERS_RECORDS_H

#include <cstdint>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

class Records {
public:
  explicit Records(const std::string &path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) throw std::runtime_error("cannot open " + path);
    size = size_t(status.st_size);
    void *const mapped = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED) throw std::runtime_error("cannot map " + path);
    bytes = static_cast<const char *>(mapped);
  }
  ~Records() { munmap(const_cast<char *>(bytes), size); }
  Records(const Records &) = delete;

  std::string operator[](uint32_t document) const {
    const uint64_t *const starts = reinterpret_cast<const uint64_t *>(bytes + 64);
    return {bytes + starts[document - 1], bytes + starts[document]};
  }

private:
  const char *bytes;
  size_t size;
};

#endif
