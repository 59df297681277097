"""What sealing and the audit trail cost a booking, in one store and in turns."""

import shutil
import statistics
import subprocess
from types import SimpleNamespace

from harness import bookings, build
from harness.data import NOW, Data

ROLES = 10_000


def run(options):
    # Empty, so that the whole is cheap and the share of it not flattered.
    data = Data(ROLES, SimpleNamespace(**{**vars(options), "claims": "0"}))
    home = bookings.copy(data, "safeguards")
    print(f"{ROLES:,} roles, no appointments, {options.queries} of each", flush=True)
    answer = subprocess.run(
        [build.ours("safeguards"), home, NOW, bookings.FIRST_DAY, str(options.queries)],
        capture_output=True, text=True, check=True)
    times = {}
    for line in answer.stdout.splitlines():
        name, nanoseconds = line.split("\t")
        times.setdefault(name, []).append(int(nanoseconds) / 1000)
    print(f"{'microseconds':24}{'p50':>9}{'p95':>9}{'mean':>9}")
    for name in ("neither", "sealed", "audited", "both", "whole booking"):
        each = sorted(times[name])
        print(f"{name:24}{each[len(each) // 2]:9.1f}{each[int(0.95 * len(each))]:9.1f}"
              f"{statistics.fmean(each):9.1f}")
    whole = statistics.median(times["whole booking"])
    for name in ("sealed", "audited", "both"):
        more = statistics.median(
            with_it - without for with_it, without in zip(times[name], times["neither"]))
        print(f"{name}: {more:.1f} more at the median of the rounds,"
              f" {100 * more / whole:.1f} % of a whole booking")
    shutil.rmtree(home)
