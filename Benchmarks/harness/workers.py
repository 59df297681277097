"""Programs that answer queries over pipes: asking them, comparing them, timing them in turn."""

import statistics
import subprocess
import sys

BATCH = 50


class Worker:
    """One of the programs. Ratios are told to the fastest of a group; one that measures on a sphere
    is near enough when its distances are within 0.6 %."""

    def __init__(self, name, *command, group=None, on_sphere=False):
        self.name = name
        self.group = group or name
        self.on_sphere = on_sphere
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def lines(self, start, end, also=""):
        self.ask(f"{start} {end} {also}".rstrip())
        lines = []
        for line in iter(self.process.stdout.readline, ".\n"):
            if not line:
                sys.exit(f"{self.name} ended early")
            lines.append(line)
        return lines

    def answers(self, start, end):
        """(nanoseconds, [(role, metres, starts)]) for each query."""
        return [self.parsed(line) for line in self.lines(start, end)]

    @staticmethod
    def parsed(line):
        time, *found = line.split()
        results = []
        for one in found:
            role, meters, *starts = one.split(":")
            results.append((int(role), float(meters), starts[0] if starts else ""))
        return int(time), results

    def peak_memory(self):
        self.ask("memory")
        return self.process.stdout.readline().split(":")[-1].strip()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(workers, count, limit):
    """Every worker must give the first one's roles, distances (to a micrometre) and slots. Returns
    how many results each query has."""
    expected, *others = workers
    answers = [found for _, found in expected.answers(0, count)]
    for other in others:
        for number, (mine, (_, theirs)) in enumerate(
                zip(answers, other.answers(0, count), strict=True)):
            if not agree(mine, theirs, other.on_sphere):
                sys.exit(f"query {number} differs from {other.name}:\n{mine}\n{theirs}")
    for worker in workers:
        worker.close()
    sizes = [len(found) for found in answers]
    print(f"answers agree ({', '.join(other.name for other in others)}): {count} queries,"
          f" {sum(sizes)} results, {sum(size == limit for size in sizes)} full pages,"
          f" {sizes.count(0)} empty", flush=True)
    return sizes


def agree(mine, theirs, on_sphere):
    if len(mine) != len(theirs):
        return False
    if on_sphere:
        return all(abs(a[1] - b[1]) <= 0.006 * a[1] for a, b in zip(mine, theirs))
    return all(a[0] == b[0] and a[2] == b[2] and abs(a[1] - b[1]) < 1e-6
               for a, b in zip(mine, theirs))


def summary(each):
    medians = sorted(statistics.median(times) for times in each)

    def at(share):
        return medians[min(len(medians) - 1, int(share * len(medians)))]
    return {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "mean": statistics.fmean(medians)}


def measure(workers, count, rounds, parts=()):
    """Times the workers in turn, prints a table in microseconds, and returns the figures. `parts`
    are some of the queries, as (title, numbers), told by themselves below."""
    for worker in workers:
        worker.lines(0, count)
    times = {worker.name: [[] for _ in range(count)] for worker in workers}
    turn = 0
    for _ in range(rounds):
        for start in range(0, count, BATCH):
            end = min(start + BATCH, count)
            for worker in workers[turn:] + workers[:turn]:
                for number, line in enumerate(worker.lines(start, end), start):
                    times[worker.name][number].append(int(line.split(None, 1)[0]) / 1000)
            turn = (turn + 1) % len(workers)
    figures = {name: summary(each) for name, each in times.items()}
    print(f"{'microseconds a query':36}{'p50':>10}{'p95':>10}{'p99':>10}{'mean':>10}   peak memory")
    for worker in workers:
        row = "".join(f"{figures[worker.name][key]:10.1f}" for key in ("p50", "p95", "p99", "mean"))
        print(f"{worker.name:36}{row}   {worker.peak_memory()}")
        worker.close()
    for title, numbers in parts:
        print(f"{f'the {len(numbers)} {title}':36}{'p50':>10}{'p95':>10}{'p99':>10}{'mean':>10}")
        for worker in workers:
            part = summary([times[worker.name][number] for number in numbers])
            print(f"{worker.name:36}" + "".join(f"{value:10.1f}" for value in part.values()))
    return figures


def ratios(figures, workers, to, keys=("p50", "p95", "p99", "mean")):
    """Says how many times as long each group of peers takes as `to`; over 1, `to` is faster."""
    print(f"{'times as long as ' + to:36}" + "".join(f"{key:>10}" for key in keys))
    groups = {}
    for worker in workers:
        if worker.name.split(",")[0] != to.split(",")[0]:
            groups.setdefault(worker.group, []).append(figures[worker.name])
    for group, members in groups.items():
        row = (min(member[key] for member in members) / figures[to][key] for key in keys)
        print(f"{group:36}" + "".join(f"{value:10.2f}" for value in row))
    sys.stdout.flush()
