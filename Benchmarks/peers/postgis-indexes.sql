CREATE INDEX ON role USING gist (place);
CREATE INDEX ON role USING gin (specialties);
CREATE INDEX ON role USING gin (insurers);

-- One row for each specialty of a role, so that one index holds specialty and place.
CREATE TABLE role_specialty AS
  SELECT one AS specialty, role.*
  FROM role CROSS JOIN LATERAL unnest(specialties) AS one
  ORDER BY one, ST_GeoHash(place::geometry, 8);
CREATE INDEX ON role_specialty USING gist (specialty, place);

ALTER TABLE shown ADD PRIMARY KEY (role_id);
ALTER TABLE schedule_block ADD PRIMARY KEY (role_id, block_no);
CREATE INDEX ON time_off (role_id);
CREATE INDEX ON claim (npi, starts_at) INCLUDE (ends_at);
VACUUM ANALYZE;
