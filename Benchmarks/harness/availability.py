"""Search with availability: the nearest with an open slot this week, and their first slots."""

import copy
import os
import statistics
import subprocess
import sys
import time

from harness import build, machine, postgres
from harness.data import FROM, FROM_DAY, NOW, NOW_SECONDS, TO, TO_DAY, Data
from harness.machine import bytes_in
from harness.workers import Worker, compare, measure, ratios, summary

SLOTS = "3"
UNLIMITED = "100000"
BUDGETS = ["1", "5", "20", "100"]
COMMANDS = 100
# `CandidateQuery.largestLimit`.
LONGEST_LIST = 10_000
# When slots begin; between that, where nobody's first slot is as soon as one might be; and when most
# have closed: for that week, and for days to come.
BETWEEN, EVENING = NOW.replace("14:00", "14:07"), NOW.replace("14:00", "23:37")
ASKED = [(NOW, FROM, TO), (BETWEEN, FROM, TO), (EVENING, FROM, TO),
         (BETWEEN, "2026-12-01", "2026-12-01"), (EVENING, "2026-12-05", "2026-12-06")]


def nearcare(data, queries, options, name="nearcare", sort="distance", budget=UNLIMITED,
             way="found", asked=(NOW, FROM, TO)):
    return Worker(name, build.ours("availability"), data.home, queries, options.limit, SLOTS,
                  *asked, sort, budget, way)


def floor(data, queries, options, distances, way="found"):
    name = "C++" if way == "found" else "C++, counting matches"
    return Worker(name, build.floor("floor-availability"), data.postings, data.store, queries,
                  options.limit, SLOTS, NOW_SECONDS, FROM_DAY, TO_DAY, distances, way)


class PostGIS:
    """Its workers; none when it is missing."""

    def __init__(self, data, options):
        self.options, self.cluster = options, None
        try:
            if "PostGIS" in options.without.split(","):
                raise build.Missing("left out")
            self.program, self.cluster = build.postgis(), postgres.Cluster(data)
        except (build.Missing, OSError, subprocess.CalledProcessError) as reason:
            print(f"not measured: PostGIS; {reason}")
            return
        size = bytes_in(os.path.join(self.cluster.folder, "base"))
        print(f"bytes on disk: PostgreSQL {size:,}")

    def workers(self, queries):
        if self.cluster is None:
            return []
        return [
            Worker(f"PostGIS, {name}", self.program, self.cluster.connection, queries,
                   self.options.limit, way, SLOTS, NOW_SECONDS, FROM, TO, group="PostGIS",
                   on_sphere=way == "knn")
            for name, way in (("a row for each specialty", "rows"),
                              ("the same, on a sphere", "knn"))]

    def forget(self):
        """Empties its shared buffers."""
        if self.cluster is not None:
            self.cluster.stop()
            self.cluster.start()


def search(data, options, peer):
    queries = data.query_file("plain")
    sizes = compare([nearcare(data, queries, options), floor(data, queries, options, "geodesic"),
                     *peer.workers(queries)], options.queries, options.limit)
    parts = [(title, [number for number, size in enumerate(sizes) if wanted(size)])
             for title, wanted in (("that find somebody", lambda size: size > 0),
                                   ("that fill their page", lambda size: size >= options.limit))]
    workers = [nearcare(data, queries, options),
               nearcare(data, queries, options, "nearcare, counting matches", way="counted"),
               floor(data, queries, options, "haversine"),
               floor(data, queries, options, "haversine", "counted"), *peer.workers(queries)]
    figures = measure(workers, options.queries, options.rounds,
                      [(title, numbers) for title, numbers in parts if numbers])
    ratios(figures, workers, "nearcare")
    both = [figures[name + ", counting matches"] for name in ("nearcare", "C++")]
    print(f"{'C++ to nearcare, both counting':36}"
          + "".join(f"{both[1][key] / both[0][key]:10.2f}" for key in both[0]))


def heavy_queries(data):
    """The four commonest specialties within 50 miles of the largest cities, any plan: thousands
    match, where a plain query finds some dozens."""
    counts = {}
    with open(data.query_file("plain")) as file:
        for line in file:
            fields = line.split("\t")
            for code in fields[0].split(","):
                counts[code] = counts.get(code, 0) + 1
            place = (fields[2], fields[3])
            counts[place] = counts.get(place, 0) + 1
    ordered = sorted(counts, key=lambda one: -counts[one])
    codes = [one for one in ordered if isinstance(one, str)]
    places = [one for one in ordered if isinstance(one, tuple)][:50]
    path = os.path.join(data.folder, "queries-heavy.tsv")
    with open(path, "w") as file:
        for count in (4, 20):
            for latitude, longitude in places:
                file.write(f"{','.join(codes[:count])}\t\t{latitude}\t{longitude}\t80467.2\t\t\t\n")
    return path, 2 * len(places)


def soonest(data, path, count, options):
    """The first of thousands, without a budget; the pages, by what was asked."""
    pages = {}
    for asked in ASKED:
        worker = nearcare(data, path, options, sort="soonest", asked=asked)
        # What it reads is in memory from here on; `cold` is for the rest.
        worker.lines(0, count)
        rounds = [[line.split() for line in worker.lines(0, count, "waits")]
                  for _ in range(options.rounds)]
        worker.close()
        took = [[took_and_waited(one[0]) for one in each] for each in zip(*rounds)]
        usual = sorted(statistics.median(whole for whole, _ in each) for each in took)
        every = [one for each in took for one in each]
        print(f"\nsoonest, {count} heavy queries at {asked[0]} for {asked[1]} to {asked[2]}, medians"
              f" of {options.rounds}: p50 {statistics.median(usual):.1f} ms, longest"
              f" {usual[-1]:.1f} ms; longest of all {max(every)[0]:.1f} ms, less its waits for a"
              f" processor {max(whole - waited for whole, waited in every):.1f} ms", flush=True)
        pages[asked] = [one[1:] for one in rounds[0]]
        compare_soonest(data, path, pages[asked], options, asked)
    return pages


def budgets(data, options):
    """Searches that take long: the soonest of thousands; and how late one ends that its budget
    ended, with and without what it waited for a processor, such as for a thread of the kernel's
    that is not to be interrupted."""
    path, count = heavy_queries(data)
    pages = soonest(data, path, count, options)
    asked = BETWEEN, FROM, TO
    print(f"\nbudgets at {BETWEEN}")
    for budget in BUDGETS:
        worker = nearcare(data, path, options, sort="soonest", budget=budget, asked=asked)
        worker.lines(0, count)
        late, running = [], []
        for _ in range(options.rounds):
            for number, line in enumerate(worker.lines(0, count, "waits")):
                times, *found = line.split()
                if found[-1:] != ["incomplete"]:
                    continue
                if found[:-1] != pages[asked][number][:len(found) - 1]:
                    sys.exit(f"query {number}, {budget} ms: not the beginning of the answer\n{line}")
                took, waited = took_and_waited(times)
                late.append(took - float(budget))
                running.append(late[-1] - waited)
        worker.close()
        total = options.rounds * count
        print(f"budget {budget:>3} ms: {len(late)} of {total} ended by it"
              + (f", later by {ends(late)}; less its waits for a processor {ends(running)}"
                 if late else ""), flush=True)


def took_and_waited(times):
    """Milliseconds, of "nanoseconds/nanoseconds"."""
    return tuple(int(one) / 1e6 for one in times.split("/"))


def ends(times):
    times = sorted(times)
    return f"p99 {times[int(0.99 * len(times))]:.2f} ms, most {times[-1]:.2f} ms"


def compare_soonest(data, path, pages, options, asked):
    """Every page must be the first of all who can be booked, in the order of their first slots,
    wherever a list of the nearest holds them all."""
    everybody = copy.copy(options)
    everybody.limit = LONGEST_LIST
    worker = nearcare(data, path, everybody, asked=asked)
    compared = most = 0
    for number, page in enumerate(pages):
        line, = worker.lines(number, number + 1)
        found = line.split()[1:]
        if len(found) == LONGEST_LIST:
            continue
        parts = [one.split(":") for one in found]
        order = sorted(range(len(found)), key=lambda i: (
            int(parts[i][2].split(",")[0]), float(parts[i][1]), int(parts[i][0])))
        if [found[i] for i in order[:options.limit]] != page:
            sys.exit(f"query {number}: the soonest are not those of all {len(found)}")
        compared, most = compared + 1, max(most, len(found))
    worker.close()
    print(f"the soonest agree with all who can be booked, sorted: {compared} queries,"
          f" up to {most:,} people", flush=True)


def commands(data):
    """`nearcare search`, from the start of the process to its end."""
    program = build.ours("nearcare")
    environment = {"PATH": os.environ["PATH"], "NEARCARE_HOME": data.home, "NEARCARE_NOW": NOW}
    times = []
    with open(data.query_file("plain")) as file:
        lines = [line.split("\t") for line in file][:COMMANDS]
    for fields in lines[:5] + lines:
        command = [program, "search", "--specialty", fields[0].split(",")[0], "--near",
                   f"{fields[2]},{fields[3]}", "--radius", "25", "--from", FROM, "--to", TO,
                   "--limit", "20", "--json"]
        start = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True)
        times.append((time.perf_counter() - start) * 1000)
        if done.returncode not in (0, 1):
            raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    times = sorted(times[5:])
    print(f"\nnearcare search --specialty … --near … --json, process start to end:"
          f" p50 {statistics.median(times):.1f} ms, p95 {times[int(0.95 * len(times))]:.1f} ms")


def cold(data, options, peer):
    """The first answers after the page cache was emptied, PostgreSQL's own buffers too."""
    queries, count = data.query_file("plain"), 100
    print(f"\nthe first {count} queries with cold caches, microseconds")
    for start in (lambda: [nearcare(data, queries, options)],
                  lambda: [floor(data, queries, options, "haversine")],
                  lambda: peer.workers(queries)[:1]):
        peer.forget()
        for name, times in cold_times(start, count):
            figures = summary([[one] for one in times])
            print(f"{name:36}" + "".join(f"{key:>6} {value:.0f}" for key, value in figures.items()))


def cold_times(start, count):
    if not machine.drop_caches():
        print("not measured: the page cache may not be emptied here")
        return
    for worker in start():
        yield worker.name, [int(line.split()[0]) / 1000 for line in worker.lines(0, count)]
        worker.close()


def run(size, options):
    data = Data(size, options)
    print(f"bytes on disk: nearcare's store {bytes_in(data.store):,},"
          f" index {bytes_in(os.path.join(data.index, 'CURRENT/')):,}")
    peer = PostGIS(data, options)
    print(f"\n{options.limit} nearest with an open slot this week, {SLOTS} slots each", flush=True)
    search(data, options, peer)
    budgets(data, options)
    commands(data)
    cold(data, options, peer)
