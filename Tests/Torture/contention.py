#!/usr/bin/env python3
"""Many processes want the same slots: one wins, the others are told so in time.

    Tests/Torture/contention.py --programs DIR [--racers 64] [--rounds 1000]
        [--processes 32] [--operations 2000] [--seed 1]

First, races: all processes book the same slot at once, or visits that overlap it, at the same
moment; one booking stands, and every loser is refused within two seconds of asking. Then a storm:
processes hold, book, move, cancel, join, claim and checkpoint at random over fifty places of two
practitioners who share two rooms, with visits of two lengths and buffers. Nobody sees SQLITE_BUSY,
and SQL that knows nothing of the program finds no overlap of a person, a room or a patient.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import home as homes

WITHIN_SECONDS = 2.0


class Contender:
    """A process that answers one request a line."""

    def __init__(self, programs, home, tokens, hold_seconds=300, offer_seconds=1800):
        environment = programs.environment(home, "none")
        del environment["NEARCARE_NOW"]
        self.process = subprocess.Popen(
            [programs.contender, home, "serve", str(hold_seconds), str(offer_seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.send(" ".join(tokens))
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("a contender did not start")

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self):
        """The words of the next answer, without its tag; [] when the process is gone."""
        line = self.process.stdout.readline()
        return line.split()[1:] if line.endswith("\n") else []

    def ask(self, *words):
        self.send(" ".join(str(word) for word in ("x",) + words))
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def furnish(programs, home, sessions):
    """Two practitioners at one site with two rooms, visits of 40 and 20 minutes and a buffer.

    Returns their role ids. Hours begin in ten days, so that the real clock can be used."""
    connection = sqlite3.connect(os.path.join(home, "nearcare.sqlite"))
    (first, npi), = connection.execute(
        "SELECT role_id, npi FROM role WHERE listed = 1 ORDER BY role_id LIMIT 1")
    (other,), = connection.execute(
        "SELECT npi FROM practitioner WHERE npi > ? ORDER BY npi LIMIT 1", (npi,))
    second = other << 30 | first & 0x3FFFFFFF
    columns = ("address_line1, address_line2, city, state, zip, phone, lat, lon, time_zone,"
               " geohash, is_primary, listed, feed_no, run_id")
    connection.execute(
        f"INSERT OR IGNORE INTO role (role_id, npi, {columns})"
        f" SELECT ?, ?, {columns} FROM role WHERE role_id = ?", (second, other, first))
    connection.commit()
    connection.close()

    def text(role):
        site = role & 0x3FFFFFFF
        return f"{role >> 30}-" + "".join(
            homes.DIGITS[site >> shift & 31] for shift in range(25, -1, -5))

    roles = [text(first), text(second)]
    hours = os.path.join(os.path.dirname(home), "hours.csv")
    with open(hours, "w", encoding="utf-8") as file:
        file.write("npi,site,day_of_week,start_time,end_time,slot_duration_min,visit_type,"
                   "valid_from,valid_until\n")
        for role in roles:
            npi, site = role.split("-")
            for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
                file.write(f"{npi},{site},{day},06:00,22:00,20,long;short,,\n")
    commands = []
    for role in roles:
        commands.append(("visit-type", "add", role, "long", "--minutes", "40", "--buffer-after",
                         "10", "--room", "exam"))
        commands.append(("visit-type", "add", role, "short", "--minutes", "20", "--room", "exam"))
    commands += [("room", "add", roles[0], "exam", "1"), ("import", hours)]
    for command in commands:
        code, _, error = programs.run(home, sessions[0], "schedule", *command, now=real_now())
        if code != 0:
            raise RuntimeError(f"schedule {command}: {code} {error}")
    return roles


def real_now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def day(offset):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset * 86_400))


def open_slots(programs, home, role, first, last):
    code, out, error = programs.run(
        home, "none", "slots", role, "--from", day(first), "--to", day(last), "--json",
        now=real_now())
    if code != 0:
        raise RuntimeError(f"slots {role}: {code} {error}")
    return [slot["id"] for slot in json.loads(out)["slots"]]


def races(programs, home, tokens, roles, racers, rounds, wrong):
    """Round by round, visits that all overlap one another; the slowest loser's seconds."""
    contenders = [Contender(programs, home, [token]) for token in tokens[:racers]]
    lists = [open_slots(programs, home, role, 3, 80) for role in roles[:1]]
    by_start = {}
    for slot in lists[0]:
        by_start.setdefault(slot.split("-")[2], []).append(slot)
    # One start an hour, so that rounds do not meet.
    starts = [start for start in sorted(by_start) if start[11:13] == "00"]
    slowest = done = 0
    for start in starts[:rounds]:
        done += 1
        slots = by_start[start]
        answers, taken = [None] * len(contenders), [0.0] * len(contenders)
        gate = threading.Barrier(len(contenders))

        def race(number):
            gate.wait()
            began = time.monotonic()
            answers[number] = contenders[number].ask(0, "book", slots[number % len(slots)])
            taken[number] = time.monotonic() - began

        threads = [threading.Thread(target=race, args=(n,)) for n in range(len(contenders))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        winners = [answer for answer in answers if answer[:1] == ["done"]]
        losers = [answer for answer in answers if answer[:1] != ["done"]]
        if len(winners) != 1:
            wrong.append(f"race for {start}: {len(winners)} winners")
        # The one who loses by the buffer, or the room, loses no less.
        if any(answer not in (["refused", "slot-taken"], ["refused", "buffer"]) for answer in losers):
            wrong.append(f"race for {start}: {[one for one in losers if one[:1] != ['refused']][:3]}")
        slowest = max(slowest, max(taken))
    for contender in contenders:
        contender.end()
    if done < rounds:
        wrong.append(f"only {done} of {rounds} rounds had a slot")
    return done, slowest


class Stormer(threading.Thread):
    def __init__(self, contender, patients, roles, slots, operations, seed):
        super().__init__()
        self.contender, self.patients, self.roles, self.slots = contender, patients, roles, slots
        self.operations, self.generator = operations, random.Random(seed)
        self.holds, self.visits, self.entries = [], [], []
        self.tally, self.wrong, self.slowest = {}, [], 0.0

    def run(self):
        for number in range(self.operations):
            began = time.monotonic()
            verb, answer = self.act(f"{self.ident}-{number}")
            self.slowest = max(self.slowest, time.monotonic() - began)
            kind = answer[0] if answer else "silence"
            self.tally[verb, kind] = self.tally.get((verb, kind), 0) + 1
            if kind not in ("done", "refused"):
                self.wrong.append(f"{verb}: {' '.join(answer)}")

    def act(self, key):
        patient, slot = self.generator.choice(self.patients), self.generator.choice(self.slots)
        choice = self.generator.random()
        if choice < 0.20:
            answer = self.contender.ask(patient, "hold", slot)
            return "hold", self.keep(answer, self.holds, patient)
        if choice < 0.30 and self.holds:
            patient, hold = self.take(self.holds)
            answer = self.contender.ask(patient, "book", hold, key)
            return "book-hold", self.keep(answer, self.visits, patient)
        if choice < 0.35 and self.holds:
            patient, hold = self.take(self.holds)
            return "release", self.contender.ask(patient, "release", hold)
        if choice < 0.50 and self.visits:
            patient, visit = self.take(self.visits)
            answer = self.contender.ask(patient, "reschedule", visit, slot, key)
            if answer[:1] != ["done"]:
                self.visits.append((patient, visit))
            return "reschedule", self.keep(answer, self.visits, patient)
        if choice < 0.68 and self.visits:
            patient, visit = self.take(self.visits)
            return "cancel", self.contender.ask(patient, "cancel", visit)
        if choice < 0.72:
            answer = self.contender.ask(
                patient, "join", self.generator.choice(self.roles), key)
            return "join", self.keep(answer, self.entries, patient)
        if choice < 0.78 and self.entries:
            patient, entry = self.generator.choice(self.entries)
            answer = self.contender.ask(patient, "claim", entry)
            return "claim", self.keep(answer, self.visits, patient)
        if choice < 0.80 and self.entries:
            patient, entry = self.take(self.entries)
            return "leave", self.contender.ask(patient, "leave", entry)
        if choice < 0.82:
            return "work", self.contender.ask(patient, "work")
        if choice < 0.85:
            return "checkpoint", self.contender.ask(patient, "checkpoint")
        answer = self.contender.ask(patient, "book", slot, key)
        return "book", self.keep(answer, self.visits, patient)

    def take(self, things):
        return things.pop(self.generator.randrange(len(things)))

    @staticmethod
    def keep(answer, things, patient):
        if answer[:1] == ["done"]:
            things.append((patient, answer[1]))
        return answer


def storm(programs, home, tokens, roles, options, wrong):
    generator = random.Random(options.seed)
    slots = []
    for role in roles:
        one_day = [slot for slot in open_slots(programs, home, role, 82, 82)]
        slots += generator.sample(one_day, min(25, len(one_day)))
    stormers = [
        Stormer(Contender(programs, home, tokens, hold_seconds=3, offer_seconds=2),
                range(len(tokens)), roles, slots, options.operations, options.seed * 1000 + number)
        for number in range(options.processes)]
    for stormer in stormers:
        stormer.start()
    for stormer in stormers:
        stormer.join()
        stormer.contender.end()
        wrong += stormer.wrong[:3]
    tally = {}
    for stormer in stormers:
        for key, count in stormer.tally.items():
            tally[key] = tally.get(key, 0) + count
    return len(slots), tally, max(one.slowest for one in stormers)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--racers", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=32)
    parser.add_argument("--operations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    programs = homes.Programs(os.path.abspath(options.programs))
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        home = programs.make_home(folder)
        sessions, tokens = [], []
        for number in range(max(options.racers, 16)):
            session = os.path.join(folder, f"patient{number}")
            programs.register(home, session, number, now=real_now())
            sessions.append(session)
            with open(session, encoding="ascii") as file:
                tokens.append(file.read().strip())
        roles = furnish(programs, home, sessions)
        database = os.path.join(home, "nearcare.sqlite")
        done, slowest = races(
            programs, home, tokens, roles, options.racers, options.rounds, wrong)
        wrong += homes.broken(database)
        print(f"races: {options.racers} processes for one slot, {done} rounds, the slowest answer"
              f" after {slowest:.2f} s, {len(wrong)} wrong", flush=True)
        if slowest > WITHIN_SECONDS:
            wrong.append(f"an answer took {slowest:.2f} s, {WITHIN_SECONDS} are allowed")
        before = len(wrong)
        places, tally, slowest = storm(programs, home, tokens[:16], roles, options, wrong)
        wrong += homes.broken(database)
        summary = ", ".join(
            f"{verb} {count}" for (verb, kind), count in sorted(tally.items()) if kind == "done")
        print(f"storm: {options.processes} processes, {sum(tally.values())} operations over"
              f" {places} places; done: {summary}; the slowest after {slowest:.2f} s,"
              f" {len(wrong) - before} wrong (seed {options.seed})", flush=True)
    for one in wrong[:10]:
        print("  " + one)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
