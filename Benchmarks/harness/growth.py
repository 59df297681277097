"""How a search with availability grows with the directory: nearcare alone, size beside size."""

from harness.availability import nearcare
from harness.data import Data
from harness.workers import measure


def run(sizes, options):
    workers = []
    for size in sizes:
        data = Data(size, options)
        workers.append(
            nearcare(data, data.query_file("plain"), options, name=f"{size:,} roles"))
    figures = measure(workers, options.queries, options.rounds)
    for before, after in zip(workers, workers[1:]):
        steps = (f"{key} × {figures[after.name][key] / figures[before.name][key]:.2f}"
                 for key in ("p50", "p95", "p99"))
        print(f"{before.name} to {after.name}: {', '.join(steps)}")
