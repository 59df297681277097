"""Candidate search: specialty, plan and radius, the nearest; and the same with every filter."""

import os
import subprocess

from harness import build, postgres
from harness.data import Data
from harness.machine import bytes_in, first_line
from harness.workers import Worker, compare, measure, ratios


class Peers:
    """The peers that are there, in their ways; those that are missing are named."""

    def __init__(self, data, options):
        self.data, self.limit = data, str(options.limit)
        self.makers = [self.xapian]
        for name, prepare in (("SQLite", self.prepare_sqlite), ("tantivy", self.prepare_tantivy),
                              ("PostGIS", self.prepare_postgis)):
            if name in options.without.split(","):
                print(f"not measured: {name}, left out")
                continue
            try:
                self.makers.append(prepare())
            except (build.Missing, OSError, subprocess.CalledProcessError) as reason:
                print(f"not measured: {name}; {reason}")

    def start(self, queries, distances):
        return [worker for maker in self.makers for worker in maker(queries, distances)]

    def xapian(self, queries, distances):
        program = build.floor("floor-candidates")
        return [
            Worker(f"Xapian, {name}", program, self.data.postings, queries, self.limit, way,
                   distances, group="Xapian")
            for name, way in (("postings by hand", "postings"), ("its matcher", "match"))]

    def prepare_sqlite(self):
        program = build.cpp("rtree-candidates", "sqlite3", "GeographicLib")
        self.data.once("rtree", self.data.make_rtree)
        print(f"bytes on disk: SQLite with R*Trees {bytes_in(self.data.rtree):,}")
        return lambda queries, distances: [
            Worker(f"SQLite R*Tree of {way}", program, self.data.rtree, queries, self.limit,
                   distances, way, group="SQLite") for way in ("places", "specialties")]

    def prepare_tantivy(self):
        python = build.python_with("tantivy", "numpy", "geographiclib")
        program = os.path.join(build.HERE, "peers/tantivy-candidates.py")
        folder = os.path.join(self.data.folder, "tantivy")
        self.data.once("rtree", self.data.make_rtree)
        self.data.once("tantivy", lambda: subprocess.run(
            [python, program, "make", folder, self.data.rtree], check=True))
        version = first_line(python, "-c", "import tantivy; print(tantivy.__version__)")
        print(f"bytes on disk: tantivy ({version}) {bytes_in(folder):,}")

        def start(queries, distances):
            workers = [
                Worker(f"tantivy, {way}", python, program, folder, queries, self.limit, distances,
                       way, group="tantivy") for way in ("ranges", "cells")]
            if distances == "haversine":
                workers[0].ask("nothing")
                print("tantivy's Python binding, a query that finds nothing:"
                      f" {workers[0].process.stdout.readline().strip()} µs")
            return workers
        return start

    def prepare_postgis(self):
        program = build.postgis()
        cluster = postgres.Cluster(self.data)
        print(f"bytes on disk: PostgreSQL {bytes_in(os.path.join(cluster.folder, 'base')):,}")
        return lambda queries, _: [
            Worker(f"PostGIS, {name}", program, cluster.connection, queries, self.limit, way,
                   group="PostGIS", on_sphere=way == "knn")
            for name, way in (("arrays", "arrays"), ("a row for each specialty", "rows"),
                              ("the same, on a sphere", "knn"))]


def run(size, options):
    data = Data(size, options)
    print(f"bytes on disk: nearcare's index {bytes_in(os.path.join(data.index, 'CURRENT/')):,}")
    peers = Peers(data, options)
    for kind, words in (("plain", "specialty, plan, radius"),
                        ("filtered", "the same with language, gender and visit type")):
        print(f"\n{size:,} roles, {words}, {options.limit} nearest", flush=True)
        queries = data.query_file(kind)
        program = build.ours("candidates")
        ours = [data.index, queries, str(options.limit)]
        compare([Worker("nearcare", program, *ours, "estimated"),
                 *peers.start(queries, "geodesic")], options.queries, options.limit)
        workers = [Worker("nearcare", program, *ours, "estimated"),
                   Worker("nearcare, counting matches", program, *ours, "exact"),
                   *peers.start(queries, "haversine")]
        figures = measure(workers, options.queries, options.rounds)
        ratios(figures, workers, "nearcare")
