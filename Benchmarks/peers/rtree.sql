-- What rtree-candidates searches, made from nearcare's store, attached as `store`.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -262144;

CREATE TABLE insurer (number INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO insurer (name) SELECT DISTINCT insurer_id FROM store.plan ORDER BY 1;

CREATE TABLE specialty (number INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
CREATE TEMP TABLE taxonomy AS
  SELECT p.npi, j.value AS code
  FROM store.practitioner AS p,
    json_each('["' || replace(p.taxonomies, ' ', '","') || '"]') AS j;
INSERT INTO specialty (code) SELECT DISTINCT code FROM temp.taxonomy ORDER BY 1;

-- Numbered in the order of their geohashes, so that neighbours stand together.
CREATE TABLE role (
  id INTEGER PRIMARY KEY,
  role_id INTEGER NOT NULL,
  lat REAL NOT NULL,
  lon REAL NOT NULL,
  gender TEXT,
  languages TEXT NOT NULL,
  visit_types TEXT NOT NULL
);
INSERT INTO role (role_id, lat, lon, gender, languages, visit_types)
  SELECT r.role_id, r.lat, r.lon, p.gender, p.languages, coalesce((
    SELECT group_concat(DISTINCT b.visit_type) FROM store.schedule_block AS b
    WHERE b.role_id = r.role_id), '')
  FROM store.role AS r JOIN store.practitioner AS p ON p.npi = r.npi
  ORDER BY r.geohash, r.role_id;
CREATE TEMP TABLE number_of AS SELECT role_id, id FROM role;
CREATE UNIQUE INDEX temp.number_of_role ON number_of (role_id);

CREATE TABLE role_specialty (
  role INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (role, number)
) WITHOUT ROWID;
INSERT INTO role_specialty
  SELECT n.id, s.number FROM temp.taxonomy AS t
    JOIN store.role AS r ON r.role_id BETWEEN t.npi << 30 AND (t.npi << 30) + 1073741823
    JOIN temp.number_of AS n ON n.role_id = r.role_id JOIN specialty AS s ON s.code = t.code
  ORDER BY 1, 2;

CREATE TABLE role_insurer (
  role INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (role, number)
) WITHOUT ROWID;
INSERT INTO role_insurer
  SELECT DISTINCT n.id, i.number
  FROM store.network AS m JOIN store.plan AS p ON p.plan_no = m.plan_no
    JOIN insurer AS i ON i.name = p.insurer_id JOIN temp.number_of AS n ON n.role_id = m.role_id
  ORDER BY 1, 2;

CREATE VIRTUAL TABLE place USING rtree (role, west, east, south, north);
INSERT INTO place SELECT id, lon, lon, lat, lat FROM role ORDER BY id;

CREATE VIRTUAL TABLE place_specialty USING rtree (
  id, west, east, south, north, first, last, +role
);
INSERT INTO place_specialty (west, east, south, north, first, last, role)
  SELECT r.lon, r.lon, r.lat, r.lat, s.number, s.number, r.id
  FROM role AS r JOIN role_specialty AS s ON s.role = r.id ORDER BY s.number, r.id;
ANALYZE;
