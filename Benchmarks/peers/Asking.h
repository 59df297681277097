// Answering over pipes: lines "FROM TO" in; for each query nanoseconds and the answer out, "." at
// the end. "memory" prints the peak resident size.
#ifndef PEERS_ASKING_H
#define PEERS_ASKING_H

#include "Query.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

struct Found {
  double meters;
  int64_t role;
  bool operator<(const Found &other) const {
    return meters != other.meters ? meters < other.meters : role < other.role;
  }
};

inline uint64_t nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

inline void printPeakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM", 0) == 0) std::printf("%s\n", line.c_str());
}

inline void print(const std::vector<Found> &answer) {
  for (const Found &one : answer)
    std::printf(" %lld:%.17g", static_cast<long long>(one.role), one.meters);
}

/// `search(query)` gives an answer, for which there is a `print`.
template <typename Search> void serve(const std::vector<Query> &queries, Search search) {
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "memory") {
      printPeakMemory();
    } else {
      std::istringstream bounds(line);
      size_t from = 0, to = 0;
      bounds >> from >> to;
      for (size_t i = from; i < to && i < queries.size(); i++) {
        const uint64_t start = nanoseconds();
        const auto answer = search(queries[i]);
        std::printf("%llu", static_cast<unsigned long long>(nanoseconds() - start));
        print(answer);
        std::printf("\n");
      }
      std::printf(".\n");
    }
    std::fflush(stdout);
  }
}

#endif
