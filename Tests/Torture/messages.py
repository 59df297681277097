#!/usr/bin/env python3
"""The worker killed with SIGKILL at random moments, with a real mail server on loopback.

    Tests/Torture/messages.py --programs DIR [--kills 500] [--seed 1]

Patients book series of visits, so that some hundred mails are due at once. Workers, two at a time as often as
not, are killed somewhere between their start and their end; each next round is after their leases. In the end
every mail that the database has as delivered was taken by the server, none that was due is left, and what
came twice is counted: at most one mail for each worker killed, because a mail is recorded before the next
one is sent. One worker in eight is asked to stop instead (SIGTERM): it exits with 0, leaves no lease behind, and
nothing of its comes twice.
"""

import argparse
import collections
import glob
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta

import home as homes

SERVER = os.path.join(os.path.dirname(__file__), "..", "MessagingTests", "smtp.py")
WEEKS = 8


class Server:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.process = subprocess.Popen(
            ["/usr/bin/python3", SERVER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.port = json.loads(self.process.stdout.readline())["ports"]["plain"]

    def taken(self):
        """How often each Message-ID was taken."""
        counts = collections.Counter()
        for path in glob.glob(os.path.join(self.folder, "*.taken")):
            with open(path, encoding="utf-8") as file:
                counts[re.search(r"^Message-ID: <(.*)@", file.read(), re.M).group(1)] += 1
        return counts

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Worker:
    """One process of `nearcare work --once`, at a time of its own."""

    def __init__(self, programs, home, now):
        environment = programs.environment(home, os.path.join(home, "nobody"))
        self.process = subprocess.Popen(
            [programs.nearcare, "work", "--once"], env=environment | {"NEARCARE_NOW": now},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def kill(self):
        """Whether it was still at work."""
        if self.process.poll() is not None:
            return False
        self.process.kill()
        self.process.communicate()
        return True

    def stop(self):
        """Whether it was still at work, and ended well."""
        if self.process.poll() is not None:
            return False
        self.process.terminate()
        _, error = self.process.communicate()
        # One that is stopped before it has set its signals aside just ends.
        if self.process.returncode not in (0, -signal.SIGTERM):
            raise RuntimeError(f"work, stopped: {self.process.returncode} {error}")
        return self.process.returncode == 0

    def finish(self):
        _, error = self.process.communicate()
        if self.process.returncode != 0:
            raise RuntimeError(f"work: {self.process.returncode} {error}")


def book(programs, home, folder, count):
    slots = programs.slots(home, os.path.join(folder, "nobody"), roles=10, each=40)
    made = 0
    for number, slot in enumerate(slot for each in zip(*slots) for slot in each):
        session = os.path.join(folder, f"session{number}")
        programs.register(home, session, number)
        code, _, _ = programs.run(home, session, "book", slot, "--weeks", str(WEEKS))
        made += code == 0
        if made == count:
            return
    raise RuntimeError(f"{made} series booked, {count} wanted")


def jobs(home):
    """(key, state, outcome, due) of every message."""
    with sqlite3.connect(f"file:{home}/nearcare.sqlite?mode=ro", uri=True) as database:
        rows = database.execute(
            "SELECT claim_id, kind, recipient, round, state, outcome, due_at FROM message_job").fetchall()

    def text(claim):
        digits = ""
        for _ in range(13):
            claim, digit = divmod(claim, 32)
            digits = homes.DIGITS[digit] + digits
        return f"a-{digits}"

    return [(f"{text(row[0])}.{row[1]}.{row[2]}.{row[3]}", *row[4:]) for row in rows]


def next_due(home):
    """When the next message may be sent, in seconds since 1970; None when none is left."""
    with sqlite3.connect(f"file:{home}/nearcare.sqlite?mode=ro", uri=True) as database:
        return database.execute(
            "SELECT min(next_at) FROM message_job WHERE state IN ('waiting', 'leased')").fetchone()[0]


def leases(home):
    with sqlite3.connect(f"file:{home}/nearcare.sqlite?mode=ro", uri=True) as database:
        return database.execute(
            "SELECT count(*) FROM message_job WHERE state = 'leased'").fetchone()[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    programs, generator = homes.Programs(arguments.programs), random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        home = programs.make_home(folder)
        server = Server(os.path.join(folder, "server"))
        with open(os.path.join(home, "messaging"), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(f"smtp.url = smtp://127.0.0.1:{server.port}\n")
        # As many as two workers can send in the time of all kills, and some more.
        book(programs, home, folder, min(200, 4 + arguments.kills))
        now = datetime.fromisoformat(homes.NOW)
        kills = rounds = stops = 0
        usual, wrong = 0.5, []
        while kills < arguments.kills and rounds < arguments.kills * 4:
            rounds += 1
            # Past the leases of those killed; on to the next reminders when nothing is left to send.
            now += timedelta(seconds=310)
            now = max(now, datetime.fromtimestamp(next_due(home) or 0, now.tzinfo))
            if rounds % 8 == 0:
                worker, before = Worker(programs, home, now.isoformat()), leases(home)
                time.sleep(generator.uniform(0.02, usual))
                if worker.stop():
                    stops += 1
                    # Those of workers killed before may be there still.
                    if leases(home) > before:
                        wrong.append(f"a worker that was stopped in round {rounds} left a lease")
                continue
            workers = [Worker(programs, home, now.isoformat())
                       for _ in range(generator.choice((1, 2)))]
            struck = 0
            for worker in workers:
                time.sleep(generator.uniform(0.02, usual))
                struck += worker.kill()
            kills += struck
            # As long as workers take here, more or less: half of them should still be at work.
            usual = min(0.5, usual * 1.3) if struck else max(0.04, usual * 0.7)
        for _ in range(3):
            now += timedelta(seconds=310)
            Worker(programs, home, now.isoformat()).finish()
        server.stop()
        taken, told = server.taken(), jobs(home)
        delivered = [key for key, state, _, _ in told if state == "delivered"]
        wrong += [f"{key} is delivered, and the server has not got it"
                 for key in delivered if not taken[key]]
        # Sent, never recorded because the worker was killed, and over before it could be sent again.
        unrecorded = {key for key, state, outcome, _ in told
                      if taken[key] and state == "given-up" and outcome == "its time had passed"}
        wrong += [f"{key} was taken, and is not delivered"
                  for key in taken.keys() - set(delivered) - unrecorded]
        for key, state, outcome, due in told:
            is_over = state == "given-up" and outcome == "its time had passed"
            if due <= now.timestamp() and state != "delivered" and not is_over:
                wrong.append(f"{key} was due and is {state} ({outcome})")
        repeats = sum(taken.values()) - len(taken)
        if repeats > kills:
            wrong.append(f"{repeats} mails came again after {kills} kills")
        print(f"messages: {kills} workers killed and {stops} stopped in {rounds} rounds; {len(delivered)} mails "
              f"delivered, {len(wrong)} lost or wrong, {repeats} came twice, {len(unrecorded)} sent but over "
              "before that was recorded")
        for line in wrong[:10]:
            print(f"  {line}")
        return 1 if wrong or kills < arguments.kills else 0


sys.exit(main())
