"""How a search with availability grows with the directory: nearcare alone, size beside size.

Of the queries that the peers are asked, most find nobody in a small directory and a full page in a
large one, so they cost more as they find more. The same queries with the same number of results at
every size are those whose page is full everywhere: common specialties near large cities.

With `--nightly` the directories are what the nightly job makes of its own sample, hours and
networks with it, and nobody has an appointment.
"""

import collections
import csv
import os
import shutil
import statistics
import subprocess

from harness import build, machine
from harness.availability import heavy_queries, nearcare
from harness.data import Data
from harness.night import PRODUCT, ZIPS, Ended
from harness.workers import measure

CITIES = 50


class Nightly:
    """A home of the nightly job's, made once; the files that it was made of are not kept."""

    def __init__(self, size, options):
        self.folder = os.path.join(build.HERE, f".build/data/nightly-{size}-{options.seed}")
        self.home = os.path.join(self.folder, "home")
        files = os.path.join(self.folder, "files")
        if os.path.exists(self.path) and self.opens():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.home, 0o700)
        with machine.in_background():
            Ended([PRODUCT, "sample", "--providers", str(size), "--seed", options.seed,
                   "--out", files])
            Ended([PRODUCT, "run", "--home", self.home, "--json",
                   "--nppes", f"{files}/npidata_pfile.csv", "--sites", f"{files}/pl_pfile.csv",
                   "--plans", f"{files}/plans.json", "--networks", f"{files}/providers.json",
                   "--schedules", f"{files}/schedules.csv"])
        self.write_queries(f"{files}/npidata_pfile.csv")
        shutil.rmtree(files)

    def opens(self):
        """False where the index is of another version of nearcare."""
        return subprocess.run([PRODUCT, "verify", "--home", self.home],
                              capture_output=True).returncode == 0

    @property
    def path(self):
        return os.path.join(self.folder, "queries-heavy.tsv")

    def write_queries(self, providers):
        """The 4 and the 20 commonest specialties within 50 miles of where most practise."""
        codes, zips = collections.Counter(), collections.Counter()
        with open(providers) as file:
            for row in csv.DictReader(file):
                codes[row["Healthcare Provider Taxonomy Code_1"]] += 1
                zips[row["Provider Business Practice Location Address Postal Code"][:5]] += 1
        with open(ZIPS) as file:
            places = {fields[0]: fields[1:3] for fields in csv.reader(file, delimiter="\t")}
        cities = [places[zip] for zip, _ in zips.most_common() if zip in places][:CITIES]
        common = [code for code, _ in codes.most_common() if code]
        with open(self.path, "w") as file:
            for count in (4, 20):
                for latitude, longitude in cities:
                    file.write(f"{','.join(common[:count])}\t\t{latitude}\t{longitude}"
                               "\t80467.2\t\t\t\n")


def run(sizes, options):
    if options.nightly:
        directories = {f"{size:,} roles": Nightly(size, options) for size in sizes}
        # All of them are asked what the smallest has most of.
        path = next(iter(directories.values())).path
        print(f"\nthose common enough for {options.limit} results at every size", flush=True)
        asked = {name: (one, path, 2 * CITIES) for name, one in directories.items()}
        steps(asked, options, lambda found: found == options.limit)
        return
    plain, heavy = {}, {}
    for size in sizes:
        data = Data(size, options)
        name = f"{size:,} roles"
        plain[name] = (data, data.query_file("plain"), options.queries)
        heavy[name] = (data, *heavy_queries(data))
    print("\nthe queries of the other benchmarks, whatever they find", flush=True)
    steps(plain, options, lambda found: True)
    print(f"\nthose common enough for {options.limit} results at every size", flush=True)
    steps(heavy, options, lambda found: found == options.limit)


def steps(asked, options, is_wanted):
    """Times the queries of which at every size as many as wanted are found."""
    found = {}
    for name, (data, path, count) in asked.items():
        worker = nearcare(data, path, options, name=name)
        found[name] = [len(results) for _, results in worker.answers(0, count)]
        worker.close()
    count = min(len(each) for each in found.values())
    wanted = [number for number in range(count)
              if all(is_wanted(each[number]) for each in found.values())]
    workers = []
    for name, (data, path, _) in asked.items():
        with open(path) as file:
            lines = file.readlines()
        chosen = os.path.join(data.folder, "queries-growth.tsv")
        with open(chosen, "w") as file:
            file.writelines(lines[number] for number in wanted)
        workers.append(nearcare(data, chosen, options, name=name))
        middle = statistics.median(found[name][number] for number in wanted)
        print(f"{name}: {len(wanted)} queries, {middle:g} results at the median", flush=True)
    figures = measure(workers, len(wanted), options.rounds)
    for before, after in zip(workers, workers[1:]):
        ratios = (f"{key} × {figures[after.name][key] / figures[before.name][key]:.2f}"
                  for key in ("p50", "p95", "p99"))
        print(f"{before.name} to {after.name}: {', '.join(ratios)}")
