// postgis CONNECTION QUERY_FILE LIMIT arrays|rows|knn
// postgis CONNECTION QUERY_FILE LIMIT rows|knn SLOTS NOW FROM TO
//
// The same searches as one SQL statement each, prepared, over libpq. `arrays`: one row a role, its
// specialties and plans arrays with indexes of their own. `rows`: one row for each specialty of a
// role, found by an index on (specialty, place). Both sort what is in the circle by geodesic
// distance. `knn`: the rows in the order in which the index yields them, which is by distance on a
// sphere and so not quite the same. With SLOTS, each role's weekly hours are laid on the days, less
// what is booked, in that order until the page is full; and what is shown of the role comes along.
//
// NOW is in seconds since 1970, FROM and TO are dates. Times are what this client waits.

#include "Asking.h"

#include <cstdlib>
#include <cstring>
#include <libpq-fe.h>
#include <map>
#include <stdexcept>
#include <utility>

namespace {

struct Row {
  Found found;
  std::string starts;
  // What is shown of the role.
  std::vector<std::string> record;
};

void print(const std::vector<Row> &answer) {
  for (const Row &row : answer) {
    std::printf(" %lld:%.17g", static_cast<long long>(row.found.role), row.found.meters);
    if (!row.starts.empty()) std::printf(":%s", row.starts.c_str());
  }
}

struct Window {
  std::string slots, now, from, to;
};

// The text of a statement and its parameters, in step.
class Sql {
public:
  std::string text;
  std::vector<std::string> values;

  std::string parameter(const std::string &value, const char *type) {
    values.push_back(value);
    return "$" + std::to_string(values.size()) + "::" + type;
  }
};

class Client {
public:
  explicit Client(const char *where) : connection(PQconnectdb(where)) {
    if (PQstatus(connection) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection));
    for (const char *setting : {"jit = off", "extra_float_digits = 3", "timezone = 'UTC'"})
      PQclear(ask(std::string("SET ") + setting));
    specialties = numbers("SELECT code, number FROM specialty");
    insurers = numbers("SELECT name, number FROM insurer");
  }
  ~Client() { PQfinish(connection); }
  Client(const Client &) = delete;

  std::vector<Row> run(const Sql &sql) {
    const auto known = prepared.try_emplace(sql.text, "s" + std::to_string(prepared.size()));
    const char *name = known.first->second.c_str();
    if (known.second) check(PQprepare(connection, name, sql.text.c_str(), 0, nullptr));
    std::vector<const char *> values;
    for (const std::string &value : sql.values) values.push_back(value.c_str());
    PGresult *result = check(PQexecPrepared(
        connection, name, int(values.size()), values.data(), nullptr, nullptr, 0));
    std::vector<Row> rows;
    const int fields = PQnfields(result);
    for (int i = 0; i < PQntuples(result); i++) {
      Row row{{std::atof(PQgetvalue(result, i, 1)), std::atoll(PQgetvalue(result, i, 0))},
              fields > 2 ? PQgetvalue(result, i, 2) : "",
              {}};
      for (int field = 3; field < fields; field++)
        row.record.emplace_back(PQgetvalue(result, i, field));
      rows.push_back(std::move(row));
    }
    PQclear(result);
    return rows;
  }

  std::map<std::string, std::string> specialties, insurers;

private:
  PGconn *connection;
  std::map<std::string, std::string> prepared;

  PGresult *check(PGresult *result) const {
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
      throw std::runtime_error(PQerrorMessage(connection));
    return result;
  }

  PGresult *ask(const std::string &sql) const { return check(PQexec(connection, sql.c_str())); }

  std::map<std::string, std::string> numbers(const char *sql) const {
    std::map<std::string, std::string> numbers;
    PGresult *result = ask(sql);
    for (int i = 0; i < PQntuples(result); i++)
      numbers[PQgetvalue(result, i, 0)] = PQgetvalue(result, i, 1);
    PQclear(result);
    return numbers;
  }
};

std::vector<std::string> known(
    const std::vector<std::string> &names, const std::map<std::string, std::string> &numbers) {
  std::vector<std::string> known;
  for (const std::string &name : names)
    if (const auto number = numbers.find(name); number != numbers.end())
      known.push_back(number->second);
  return known;
}

std::string array(const std::vector<std::string> &numbers) {
  std::string text = "{";
  for (const std::string &number : numbers) text += (text.size() > 1 ? "," : "") + number;
  return text + "}";
}

// Where the search is, and what it asks besides specialties; `radius` is there for ST_DWithin.
struct Conditions {
  std::string point;
  std::string others;

  Conditions(Sql &sql, const Query &query, const Client &client, bool bookable) {
    char place[80];
    std::snprintf(
        place, sizeof place, "SRID=4326;POINT(%.17g %.17g)", query.longitude, query.latitude);
    point = sql.parameter(place, "geography");
    others = " AND ST_DWithin(place, " + point + ", " +
             sql.parameter(std::to_string(query.radius), "float8") + ") AND insurers && " +
             sql.parameter(array(known(query.insurers, client.insurers)), "int[]");
    if (bookable) others += " AND bookable";
    if (!query.gender.empty()) others += " AND gender = " + sql.parameter(query.gender, "text");
    if (!query.language.empty())
      others += " AND " + sql.parameter(query.language, "text") + " = ANY (languages)";
    if (!query.visitType.empty())
      others += " AND " + sql.parameter(query.visitType, "text") + " = ANY (visit_types)";
  }
};

Sql arrays(const Query &query, const Client &client, const std::string &limit) {
  Sql sql;
  const Conditions conditions(sql, query, client, false);
  sql.text = "SELECT role_id, ST_Distance(place, " + conditions.point + ") AS meters FROM role"
             " WHERE specialties && " +
             sql.parameter(array(known(query.specialties, client.specialties)), "int[]") +
             conditions.others + " ORDER BY meters, role_id LIMIT " + limit;
  return sql;
}

// Those of each specialty, none of them twice, with their distance.
std::string ofSpecialties(
    Sql &sql, const Query &query, const Client &client, const Conditions &conditions,
    bool bySphere) {
  const std::string meters = bySphere ? "place <-> " + conditions.point
                                      : "ST_Distance(place, " + conditions.point + ")";
  std::string branches;
  std::vector<std::string> before;
  std::vector<std::string> specialties = known(query.specialties, client.specialties);
  if (specialties.empty()) specialties = {"-1"};
  for (const std::string &specialty : specialties) {
    if (!branches.empty()) branches += " UNION ALL ";
    branches += "SELECT role_id, time_zone, " + meters + " AS meters FROM role_specialty WHERE specialty = " +
                sql.parameter(specialty, "int") + conditions.others;
    if (!before.empty())
      branches += " AND NOT specialties && " + sql.parameter(array(before), "int[]");
    before.push_back(specialty);
  }
  return branches;
}

Sql rows(const Query &query, const Client &client, const std::string &limit, bool bySphere) {
  Sql sql;
  const Conditions conditions(sql, query, client, false);
  sql.text = "SELECT role_id, meters FROM (" + ofSpecialties(sql, query, client, conditions, bySphere) +
             ") AS c ORDER BY meters, role_id LIMIT " + limit;
  return sql;
}

// The slots of each role are laid and sorted before claims are looked up, so that only the first
// few are.
Sql availability(
    const Query &query, const Client &client, const std::string &limit, bool bySphere,
    const Window &window) {
  Sql sql;
  const Conditions conditions(sql, query, client, true);
  const std::string now = "to_timestamp(" + window.now + ")";
  const std::string visitType =
      query.visitType.empty() ? "" : " AND b.visit_type = " + sql.parameter(query.visitType, "text");
  sql.text =
      "SELECT page.*, shown.* FROM ("
      "SELECT c.role_id, c.meters, s.starts FROM (" +
      ofSpecialties(sql, query, client, conditions, bySphere) +
      ") AS c CROSS JOIN LATERAL ("
      " SELECT string_agg(extract(epoch FROM starts_at)::bigint::text, ',' ORDER BY starts_at)"
      "   AS starts FROM ("
      "  SELECT starts_at FROM ("
      "   SELECT (day + make_interval(mins => b.start_min + number * b.slot_min)) AS wall,"
      "    (day + make_interval(mins => b.start_min + number * b.slot_min))"
      "      AT TIME ZONE c.time_zone AS starts_at, make_interval(mins => b.slot_min) AS length"
      "   FROM schedule_block AS b"
      "    CROSS JOIN LATERAL generate_series(timestamp '" + window.from + "', timestamp '" +
      window.to + "', interval '1 day') AS day"
      "    CROSS JOIN LATERAL"
      "     generate_series(0, (b.end_min - b.start_min) / b.slot_min - 1) AS number"
      "   WHERE b.role_id = c.role_id AND extract(isodow FROM day) = b.weekday"
      "    AND (b.valid_from IS NULL OR b.valid_from <= day)"
      "    AND (b.valid_until IS NULL OR b.valid_until >= day)" + visitType +
      "   ORDER BY 2 OFFSET 0) AS slot"
      "  WHERE starts_at >= " + now + " + interval '1 hour'"
      "   AND NOT EXISTS (SELECT 1 FROM claim WHERE npi = c.role_id >> 30"
      "    AND claim.starts_at < slot.starts_at + length"
      "    AND claim.starts_at > slot.starts_at - interval '1 day'"
      "    AND claim.ends_at > slot.starts_at)"
      "   AND NOT EXISTS (SELECT 1 FROM time_off WHERE time_off.role_id = c.role_id"
      "    AND during && tsrange(wall, wall + length))"
      "  LIMIT " + window.slots + ") AS first HAVING count(*) > 0) AS s"
      " ORDER BY c.meters, c.role_id LIMIT " + limit +
      ") AS page JOIN shown ON shown.role_id = page.role_id ORDER BY page.meters, page.role_id";
  return sql;
}

} // namespace

int main(int count, char **arguments) {
  if (count != 5 && count != 9) {
    std::cerr << "usage: postgis CONNECTION QUERY_FILE LIMIT arrays|rows|knn\n"
                 "       postgis CONNECTION QUERY_FILE LIMIT rows|knn SLOTS NOW FROM TO\n";
    return 64;
  }
  const std::string limit = arguments[3];
  const std::string way = arguments[4];
  const bool bySphere = way == "knn";
  Window window;
  if (count == 9) window = {arguments[5], arguments[6], arguments[7], arguments[8]};
  try {
    Client client(arguments[1]);
    serve(readQueries(arguments[2]), [&](const Query &query) {
      if (count == 9)
        return client.run(availability(query, client, limit, bySphere, window));
      if (way == "arrays") return client.run(arrays(query, client, limit));
      return client.run(rows(query, client, limit, bySphere));
    });
  } catch (const std::exception &error) {
    std::cerr << "postgis: " << error.what() << "\n";
    return 1;
  }
}
