// The queries, read from the same file as nearcare's.
#ifndef PEERS_QUERY_H
#define PEERS_QUERY_H

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
  // Empty where not asked for.
  std::string language;
  std::string gender;
  std::string visitType;
};

inline std::vector<std::string> parts(const std::string &list) {
  std::vector<std::string> parts;
  std::istringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

inline std::vector<Query> readQueries(const char *path) {
  std::vector<Query> queries;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    const auto next = [&fields] {
      std::string field;
      std::getline(fields, field, '\t');
      return field;
    };
    Query query;
    query.specialties = parts(next());
    query.insurers = parts(next());
    query.latitude = std::stod(next());
    query.longitude = std::stod(next());
    query.radius = std::stod(next());
    query.language = next();
    query.gender = next();
    query.visitType = next();
    queries.push_back(query);
  }
  return queries;
}

#endif
