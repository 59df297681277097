#!/usr/bin/env python3
"""Disks that fill up or fail, a cut log, a clock set back, a lock whose holder is dead.

    Tests/Torture/faults.py --programs DIR --shim FILE [--every 1]

Each fault is given to the command line itself. Reads go on; a write that cannot be done says so
with exit code 73, 74 or 75 and a message; nothing acknowledged is lost; and the same command, with
the same idempotency key, succeeds afterwards without anybody's help.

--every N tries one in N of the failing calls and cuts, for a short run.
"""

import argparse
import errno
import json
import os
import subprocess
import sys
import tempfile

import home as homes
import power_loss

CANNOT_WRITE = {73, 74, 75}


class Bench:
    def __init__(self, programs, shim, folder, every):
        self.programs, self.shim, self.folder, self.every = programs, shim, folder, every
        self.wrong = []
        self.base = programs.make_home(folder)
        self.session = os.path.join(folder, "patient")
        programs.register(self.base, self.session, 1)
        lists = programs.slots(self.base, self.session)
        self.slots = lists[0]
        for slot in self.slots[:4]:
            self.book(self.base, slot)
        self.slots = self.slots[4:]
        self.kept = homes.states(self.database(self.base))

    @staticmethod
    def database(home):
        return os.path.join(home, "nearcare.sqlite")

    def book(self, home, slot, key=None, **more):
        arguments = ["book", slot, "--json"] + (["--idempotency-key", key] if key else [])
        return self.programs.run(home, self.session, *arguments, **more)

    def expect(self, right, text):
        if not right:
            self.wrong.append(text)

    def check_kept(self, home, text):
        found = homes.broken(self.database(home))
        self.expect(not found, f"{text}: {found[:3]}")
        states = homes.states(self.database(home))
        lost = [claim for claim in self.kept if states.get(claim) != self.kept[claim]]
        self.expect(not lost, f"{text}: lost {lost}")

    def succeed(self, home, slot, key, text):
        """The same request again, with nothing in its way, leaves exactly one booking."""
        code, out, error = self.book(home, slot, key)
        self.expect(code == 0, f"{text}: again: exit {code}: {error}")
        if code == 0:
            claim = homes.number(json.loads(out)["appointment_id"])
            new = [one for one in homes.states(self.database(home)).items()
                   if one[0] not in self.kept]
            self.expect(new == [(claim, "booked")], f"{text}: again: {new}")


def failing_calls(bench):
    """The n-th write or sync of a booking fails, once or from then on."""
    tried = 0
    home = os.path.join(bench.folder, "failing")
    made = calls(bench)
    for kind, number in (("write", errno.ENOSPC), ("write", errno.EIO), ("sync", errno.EIO)):
        for sticky in ("", ":sticky"):
            for n in range(1, made[kind] + 1):
                if n > 3 and n % bench.every:
                    continue
                tried += 1
                homes.copy(bench.base, home)
                fault = {"LD_PRELOAD": bench.shim, "TORTURE_DIR": home,
                         "TORTURE_FAIL": f"{kind}:{n}:{number}{sticky}"}
                text = f"{kind} {n} fails with {errno.errorcode[number]}{sticky}"
                failing_call(bench, home, fault, bool(sticky), text)
    return f"{tried} failing writes and syncs of {made['write']} and {made['sync']}"


def failing_call(bench, home, fault, lasts, text):
    code, out, error = bench.book(home, bench.slots[0], "key", **fault)
    if code == 0:
        claim = homes.number(json.loads(out)["appointment_id"])
        found = homes.states(bench.database(home)).get(claim)
        bench.expect(found == "booked", f"{text}: told booked, found {found}")
    else:
        bench.expect(code in CANNOT_WRITE, f"{text}: exit {code}: {error}")
        bench.expect(len(error.strip()) > 20, f"{text}: no message: {error!r}")
    bench.check_kept(home, text)
    if lasts:
        code, _, error = bench.programs.run(
            home, bench.session, "search", "doctor", "--near", "10001", "--radius", "5000",
            "--budget-ms", "60000", **fault)
        bench.expect(code == 0, f"{text}: search exits {code}: {error}")
    bench.succeed(home, bench.slots[0], "key", text)


def calls(bench):
    """How many writes and syncs one booking makes."""
    home, log = os.path.join(bench.folder, "failing"), os.path.join(bench.folder, "count")
    homes.copy(bench.base, home)
    bench.book(home, bench.slots[0], "key", LD_PRELOAD=bench.shim, TORTURE_DIR=home,
               TORTURE_LOG=log)
    operations = list(power_loss.read_log(log))
    return {"write": sum(one.kind in "wt" for one in operations),
            "sync": sum(one.kind == "s" for one in operations)}


def cut_log(bench):
    """The log cut at every byte of its last three frames: whole transactions or none of them."""
    home, frame = os.path.join(bench.folder, "cut"), 4096 + 24
    states, tried, opened = set(), 0, 0
    homes.copy(bench.base, home)
    log = bench.database(home) + "-wal"
    with open(log, "rb") as file:
        whole = file.read()
    with open(bench.database(home), "rb") as file:
        database = file.read()
    for cut in range(len(whole) - 1, len(whole) - 3 * frame - 1, -1):
        if (len(whole) - cut) % bench.every:
            continue
        tried += 1
        with open(log, "wb") as file:
            file.write(whole[:cut])
        with open(bench.database(home), "wb") as file:
            file.write(database)
        shared_memory = bench.database(home) + "-shm"
        if os.path.exists(shared_memory):
            os.unlink(shared_memory)
        found = homes.broken(bench.database(home))
        bench.expect(not found, f"log cut at {cut}: {found[:3]}")
        states.add(frozenset(homes.states(bench.database(home)).items()))
        if tried % 1000 == 1:
            opened += 1
            code, _, error = bench.book(home, bench.slots[-1])
            bench.expect(code == 0, f"log cut at {cut}: book exits {code}: {error}")
    # The last transaction is the fourth booking; the one before it must never be lost.
    smallest = min(len(one) for one in states)
    bench.expect(smallest == len(bench.kept) - 1, f"cut log: {smallest} of {len(bench.kept)} left")
    return f"{tried} cuts of the log ({opened} opened by the program)"


def fill(path):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(descriptor, bytes(4096))
    except OSError:
        os.close(descriptor)


def full_disk(bench):
    disk = os.path.join(bench.folder, "disk")
    os.mkdir(disk)
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        return "SKIPPED (needs the right to mount): a full disk of 16 MB"
    try:
        home = os.path.join(disk, "home")
        homes.copy(bench.base, home)
        fill(os.path.join(disk, "ballast"))
        told, refused = {}, 0
        for number, slot in enumerate(bench.slots[:30]):
            code, out, error = bench.book(home, slot, f"key-{number}")
            if code == 0:
                told[homes.number(json.loads(out)["appointment_id"])] = "booked"
            else:
                refused += 1
                bench.expect(code in CANNOT_WRITE, f"full disk: exit {code}: {error}")
        bench.expect(refused > 0, "the disk was never full")
        code, _, error = bench.programs.run(
            home, bench.session, "search", "doctor", "--near", "10001", "--radius", "5000",
            "--budget-ms", "60000")
        bench.expect(code == 0, f"full disk: search exits {code}: {error}")
        bench.check_kept(home, "full disk")
        states = homes.states(bench.database(home))
        bench.expect(all(states.get(one) == "booked" for one in told), "full disk: lost a booking")
        os.unlink(os.path.join(disk, "ballast"))
        code, _, error = bench.book(home, bench.slots[-1], "after")
        bench.expect(code == 0, f"after room was made: exit {code}: {error}")
        bench.check_kept(home, "after room was made")
    finally:
        subprocess.run(["umount", "-l", disk], check=False)
    return f"a full disk of 16 MB ({refused} writes refused)"


def clock_set_back(bench):
    """An hour back: a hold does not come to life again for others, and nothing is refused."""
    home = os.path.join(bench.folder, "clock")
    homes.copy(bench.base, home)
    other = os.path.join(bench.folder, "other")
    bench.programs.register(home, other, 2)
    code, out, _ = bench.programs.run(home, bench.session, "hold", bench.slots[0], "--json")
    bench.expect(code == 0, "clock: the hold was refused")
    back = "2026-11-22T08:00:00-05:00"
    code, _, error = bench.programs.run(home, other, "book", bench.slots[0], "--json", now=back)
    bench.expect(code == 2, f"clock set back: a held slot was not refused: {code} {error}")
    code, out, error = bench.programs.run(
        home, bench.session, "book", json.loads(out)["hold_id"], "--json", now=back)
    bench.expect(code == 0, f"clock set back: the owner's hold: {code} {error}")
    code, _, error = bench.programs.run(home, other, "book", bench.slots[1], "--json", now=back)
    bench.expect(code == 0, f"clock set back: a free slot: {code} {error}")
    bench.check_kept(home, "clock set back")
    return "a clock set back an hour"


def dead_holder(bench):
    """Who held the lock is gone, and so is the lock; who holds it on is waited for and named."""
    home = os.path.join(bench.folder, "lock")
    homes.copy(bench.base, home)
    hold = ("import fcntl, os, sys, time; file = open(sys.argv[1], 'r+');"
            "fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); time.sleep(600)")
    holder = subprocess.Popen([sys.executable, "-c", hold, os.path.join(home, "nearcare.lock")],
                              stdout=subprocess.PIPE)
    holder.stdout.readline()
    code, _, error = bench.book(home, bench.slots[0], "key")
    bench.expect(code == 75 and "nearcare.lock" in error, f"lock held: exit {code}: {error}")
    holder.kill()
    holder.wait()
    bench.succeed(home, bench.slots[0], "key", "the lock's holder was killed")
    bench.check_kept(home, "dead holder")
    return "a lock held, and its holder killed"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--shim", required=True)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        bench = Bench(homes.Programs(os.path.abspath(options.programs)),
                      os.path.abspath(options.shim), os.path.realpath(folder), options.every)
        for fault in (failing_calls, cut_log, full_disk, clock_set_back, dead_holder):
            before = len(bench.wrong)
            print(f"faults: {fault(bench)}: {len(bench.wrong) - before} wrong", flush=True)
    for one in bench.wrong[:10]:
        print("  " + one)
    sys.exit(1 if bench.wrong else 0)


if __name__ == "__main__":
    main()
