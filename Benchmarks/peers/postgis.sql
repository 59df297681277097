-- The tables that postgis.cpp asks; the rows come from harness/postgres.py.
CREATE EXTENSION postgis;
CREATE EXTENSION btree_gist;

CREATE TABLE specialty (number int PRIMARY KEY, code text NOT NULL);
CREATE TABLE insurer (number int PRIMARY KEY, name text NOT NULL);

-- One row a role, lists as arrays.
CREATE TABLE role (
  role_id bigint NOT NULL,
  lon float8 NOT NULL,
  lat float8 NOT NULL,
  specialties int[] NOT NULL,
  insurers int[] NOT NULL,
  gender text,
  languages text[] NOT NULL,
  visit_types text[] NOT NULL,
  bookable boolean NOT NULL,
  time_zone text NOT NULL,
  place geography(Point, 4326) GENERATED ALWAYS AS
    (ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography) STORED
);

-- What is shown of a role.
CREATE TABLE shown (
  role_id bigint NOT NULL,
  organization_name text, first_name text, middle_name text, last_name text, name_suffix text,
  credential text, gender text, taxonomies text, languages text, address_line1 text,
  address_line2 text, city text, state text, zip text, phone text, plans text
);

CREATE TABLE schedule_block (
  role_id bigint NOT NULL,
  block_no int NOT NULL,
  weekday int NOT NULL,
  start_min int NOT NULL,
  end_min int NOT NULL,
  slot_min int NOT NULL,
  visit_type text NOT NULL,
  valid_from date,
  valid_until date
);

CREATE TABLE time_off (role_id bigint NOT NULL, during tsrange NOT NULL);

-- Booked visits and nothing else of them.
CREATE TABLE claim (npi bigint NOT NULL, starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL);
