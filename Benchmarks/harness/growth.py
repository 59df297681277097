"""How a search with availability grows with the directory: nearcare alone, size beside size.

Of the queries that the peers are asked, most find nobody in a small directory and a full page in a
large one, so they cost more as they find more. The same queries with the same number of results at
every size are those whose page is full everywhere: common specialties near large cities.
"""

import os
import statistics

from harness.availability import heavy_queries, nearcare
from harness.data import Data
from harness.workers import measure


def run(sizes, options):
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
