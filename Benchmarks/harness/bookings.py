"""Durable bookings a second: an empty store, the full one, and raw SQLite, batch by batch in turn."""

import os
import shutil
import statistics
from types import SimpleNamespace

from harness import build
from harness.data import NOW, Data
from harness.machine import bytes_in
from harness.workers import Worker

# Beyond most of the appointments, within the ninety days ahead that may be booked.
FIRST_DAY = "2027-01-18"
ROLES_OF_EMPTY = 10_000
BATCH = 20
BATCHES = 50


def copy(data, name):
    """Bookings are for good, so they go into a copy of the home."""
    home = os.path.join(data.folder, name)
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(data.home, home, symlinks=True)
    return home


def nearcare(name, home):
    return Worker(name, build.ours("bookings"), home, NOW, FIRST_DAY, BATCH * (BATCHES + 1))


def run(size, options):
    full = Data(size, options)
    empty = Data(ROLES_OF_EMPTY, SimpleNamespace(**{**vars(options), "claims": "0"}))
    raw = os.path.join(full.folder, "raw.sqlite")
    for file in (raw, raw + "-wal", raw + "-shm"):
        if os.path.exists(file):
            os.remove(file)
    homes = [copy(empty, "bookings"), copy(full, "bookings")]
    # Else the first checkpoint waits until gigabytes of the copy are on the disk.
    os.sync()
    workers = [
        nearcare(f"nearcare, {ROLES_OF_EMPTY:,} roles, no claims", homes[0]),
        nearcare(f"nearcare, all claims ({bytes_in(full.store):,} bytes)", homes[1]),
        Worker("raw SQLite, one insert each", build.cpp("raw-bookings", "sqlite3"), raw)]
    times = {worker.name: [] for worker in workers}
    for batch in range(BATCHES + 1):
        turn = batch % len(workers)
        for worker in workers[turn:] + workers[:turn]:
            answers = worker.lines(batch * BATCH, (batch + 1) * BATCH)
            if batch > 0:
                times[worker.name] += [int(line) / 1000 for line in answers]
    print(f"{'microseconds a booking':48}{'p50':>9}{'p95':>9}{'p99':>9}{'a second':>10}")
    figures = []
    for worker in workers:
        each = sorted(times[worker.name])
        p50, p95, p99 = (each[int(share * len(each))] for share in (0.5, 0.95, 0.99))
        figures.append((p99, 1e6 / statistics.fmean(each)))
        print(f"{worker.name:48}{p50:9.0f}{p95:9.0f}{p99:9.0f}{figures[-1][1]:10.0f}")
        worker.close()
    print(f"bookings a second, of raw SQLite's: empty {figures[0][1] / figures[2][1]:.2f},"
          f" all claims {figures[1][1] / figures[2][1]:.2f};"
          f" p99 of all claims to empty: {figures[1][0] / figures[0][0]:.2f}")
    for home in homes:
        shutil.rmtree(home)
