"""The same search on tantivy, through its Python binding.

    tantivy-candidates.py make FOLDER RTREE_SQLITE
    tantivy-candidates.py FOLDER QUERY_FILE LIMIT haversine|geodesic ranges|cells

Terms filter in tantivy; so does the box around the circle, as ranges over fast fields (`ranges`)
or as the geohash cells that it touches (`cells`). Coordinates are held in arrays by document
number, distances are computed over those that match, and the nearest are picked. "nothing" prints
the median microseconds of a query that finds nothing, which is what the binding costs.
"""

import math
import os
import sqlite3
import sys
import time

import numpy
import tantivy

MEAN_RADIUS = 6371008.8
DIGITS = "0123456789bcdefghjkmnpqrstuvwxyz"
PRECISIONS = range(3, 7)
MANY_CELLS = 32


def geohash(column, row, precision):
    bits = 5 * precision
    text, digit = "", 0
    for i in range(bits):
        source, width = (column, (bits + 1) // 2) if i % 2 == 0 else (row, bits // 2)
        digit = digit << 1 | source >> (width - 1 - i // 2) & 1
        if i % 5 == 4:
            text += DIGITS[digit]
            digit = 0
    return text


def cell(latitude, longitude, precision):
    columns = 1 << (5 * precision + 1) // 2
    rows = 1 << 5 * precision // 2
    return int((longitude + 180) / 360 * columns), int((latitude + 90) / 180 * rows)


def schema():
    builder = tantivy.SchemaBuilder()
    for name in ("specialty", "insurer", "gender", "language", "visit_type", "cell"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("latitude", "longitude"):
        builder.add_float_field(name, fast=True)
    builder.add_integer_field("role", stored=False, fast=True)
    return builder.build()


def make(folder, database):
    os.makedirs(folder)
    index = tantivy.Index(schema(), path=folder)
    writer = index.writer(heap_size=2_000_000_000, num_threads=1)
    rows = sqlite3.connect(database).execute("""
        SELECT r.role_id, r.lat, r.lon, coalesce(r.gender, ''), r.languages, r.visit_types,
          (SELECT group_concat(s.code) FROM role_specialty AS rs
             JOIN specialty AS s ON s.number = rs.number WHERE rs.role = r.id),
          (SELECT group_concat(i.name) FROM role_insurer AS ri
             JOIN insurer AS i ON i.number = ri.number WHERE ri.role = r.id)
        FROM role AS r ORDER BY r.id""")
    for role, latitude, longitude, gender, languages, visits, specialties, insurers in rows:
        writer.add_document(tantivy.Document(
            role=role, latitude=latitude, longitude=longitude, gender=[gender],
            language=languages.split(), visit_type=[v for v in visits.split(",") if v],
            specialty=specialties.split(","), insurer=(insurers or "").split(","),
            cell=[geohash(*cell(latitude, longitude, p), p) for p in PRECISIONS]))
    writer.commit()
    writer.wait_merging_threads()


class Search:
    def __init__(self, folder, limit, geodesic, by_cells):
        self.index = tantivy.Index.open(folder)
        self.schema = self.index.schema
        self.searcher = self.index.searcher()
        if self.searcher.num_segments != 1:
            sys.exit(f"{folder}: {self.searcher.num_segments} segments, one is expected")
        self.limit, self.geodesic, self.by_cells = limit, geodesic, by_cells
        hits = self.searcher.search(tantivy.Query.all_query(), limit=self.searcher.num_docs).hits
        addresses = sorted((address for _, address in hits), key=lambda address: address.doc)
        self.roles, self.latitudes, self.longitudes = (
            numpy.array(self.searcher.fast_field_values(name, addresses))
            for name in ("role", "latitude", "longitude"))
        self.cosines = numpy.cos(numpy.radians(self.latitudes))

    def terms(self, name, values):
        """Any of them. tantivy's own query for sets of terms takes a hundred times as long."""
        each = [tantivy.Query.term_query(self.schema, name, value) for value in values]
        return each[0] if len(each) == 1 else tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, one) for one in each])

    def box(self, query):
        north = query["radius"] * 1.01 / MEAN_RADIUS / math.pi * 180
        east = north / math.cos(math.radians(abs(query["latitude"]) + north))
        south_west = (query["latitude"] - north, query["longitude"] - east)
        north_east = (query["latitude"] + north, query["longitude"] + east)
        if not self.by_cells:
            return [tantivy.Query.range_query(
                        self.schema, name, tantivy.FieldType.Float, low, high)
                    for name, low, high in zip(("latitude", "longitude"), south_west, north_east)]
        for precision in reversed(PRECISIONS):
            (first_column, first_row), (last_column, last_row) = (
                cell(*corner, precision) for corner in (south_west, north_east))
            columns = range(first_column, last_column + 1)
            rows = range(first_row, last_row + 1)
            if len(columns) * len(rows) <= MANY_CELLS:
                break
        return [self.terms("cell", [geohash(x, y, precision) for y in rows for x in columns])]

    def __call__(self, query):
        parts = [self.terms("specialty", query["specialties"]),
                 self.terms("insurer", query["insurers"])]
        parts += [self.terms(name, [query[name]])
                  for name in ("language", "gender", "visit_type") if query[name]]
        parts += self.box(query)
        both = tantivy.Query.const_score_query(
            tantivy.Query.boolean_query([(tantivy.Occur.Must, part) for part in parts]), 1.0)
        hits = self.searcher.search(both, limit=self.searcher.num_docs, count=False).hits
        if not hits:
            return []
        documents = numpy.fromiter((address.doc for _, address in hits), numpy.int64, len(hits))
        meters = self.distances(query, documents)
        inside = meters <= query["radius"]
        meters, roles = meters[inside], self.roles[documents[inside]]
        order = numpy.lexsort((roles, meters))[:self.limit]
        return list(zip(roles[order].tolist(), meters[order].tolist()))

    def distances(self, query, documents):
        latitudes, longitudes = self.latitudes[documents], self.longitudes[documents]
        if self.geodesic:
            from geographiclib.geodesic import Geodesic
            return numpy.array([
                Geodesic.WGS84.Inverse(query["latitude"], query["longitude"], a, b)["s12"]
                for a, b in zip(latitudes, longitudes)])
        north = numpy.sin(numpy.radians(latitudes - query["latitude"]) / 2)
        east = numpy.sin(numpy.radians(longitudes - query["longitude"]) / 2)
        cosine = math.cos(math.radians(query["latitude"]))
        half = north * north + cosine * self.cosines[documents] * east * east
        return 2 * MEAN_RADIUS * numpy.arcsin(numpy.sqrt(half))

    def nothing(self):
        """Microseconds that the binding takes when there is nothing to find."""
        times = []
        for _ in range(1000):
            start = time.perf_counter_ns()
            self.searcher.search(self.terms("gender", ["none"]), limit=1, count=False).hits
            times.append(time.perf_counter_ns() - start)
        return sorted(times)[500] / 1000


def read_queries(path):
    names = ("specialties", "insurers", "latitude", "longitude", "radius", "language", "gender",
             "visit_type")
    queries = []
    with open(path) as file:
        for line in file:
            query = dict(zip(names, line.rstrip("\n").split("\t"), strict=True))
            for name in ("specialties", "insurers"):
                query[name] = query[name].split(",")
            for name in ("latitude", "longitude", "radius"):
                query[name] = float(query[name])
            queries.append(query)
    return queries


def serve(search, queries):
    for line in sys.stdin:
        if line == "memory\n":
            with open("/proc/self/status") as status:
                print(next(line for line in status if line.startswith("VmHWM")), end="")
        elif line == "nothing\n":
            print(f"{search.nothing():.1f}")
        else:
            start, end = map(int, line.split())
            for query in queries[start:end]:
                began = time.perf_counter_ns()
                answer = search(query)
                print(time.perf_counter_ns() - began,
                      *(f"{role}:{meters!r}" for role, meters in answer))
            print(".")
        sys.stdout.flush()


if sys.argv[1] == "make":
    make(*sys.argv[2:])
else:
    _, folder, path, limit, measure, way = sys.argv
    serve(Search(folder, int(limit), measure == "geodesic", way == "cells"), read_queries(path))
