// The queries, read from the same file as the other program's.
#ifndef FLOOR_QUERY_H
#define FLOOR_QUERY_H

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

struct Query {
  std::vector<std::string> specialties;
  std::vector<std::string> insurers;
  double latitude;
  double longitude;
  double radius;
};

inline std::vector<std::string> terms(const char *prefix, const std::string &list) {
  std::vector<std::string> terms;
  std::istringstream parts(list);
  for (std::string part; std::getline(parts, part, ',');) terms.push_back(prefix + part);
  return terms;
}

inline std::vector<Query> readQueries(const char *path) {
  std::vector<Query> queries;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string specialties, insurers;
    Query query;
    std::getline(fields, specialties, '\t');
    std::getline(fields, insurers, '\t');
    fields >> query.latitude >> query.longitude >> query.radius;
    query.specialties = terms("XS", specialties);
    query.insurers = terms("XI", insurers);
    queries.push_back(query);
  }
  return queries;
}

#endif
