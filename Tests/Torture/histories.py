#!/usr/bin/env python3
"""Histories of requests with kills and time-outs, checked against what a register may do.

    Tests/Torture/histories.py --programs DIR [--operations 100000] [--processes 8] [--seed 1]

Processes book, move and cancel over a few places that overlap; now and then one is killed while it
owes an answer. Each place is a register: free, or taken by one visit. What was answered must fit some
order of the requests within their intervals, from the asking to the answer:

* a visit lives from some moment of the request that made it to some moment of the one that ended
  it, and two visits that overlap in time and person never surely live at one moment;
* who was refused a place must have been able to meet a visit that overlaps it;
* a request without an answer is unknown, and is asked again with its idempotency key until one
  comes: it has then happened once, at some moment since it was first asked.
"""

import argparse
import bisect
import collections
import functools
import itertools
import os
import random
import sys
import tempfile
import threading
import time

import contention
import home as homes

Stretch = collections.namedtuple("Stretch", "start end")
NEVER = float("inf")


class Visit:
    """What is known of a visit's life: it began within `begun` and ended within `ended`."""

    def __init__(self, slot, begun):
        self.slot, self.begun, self.ended = slot, begun, Stretch(NEVER, NEVER)


@functools.lru_cache(maxsize=None)
def place(slot):
    """(practitioner, start, end with its buffer) of a slot id, in minutes."""
    words = slot.split("-")
    moment = words[2]
    start = int(moment[6:8]) * 1440 + int(moment[9:11]) * 60 + int(moment[11:13])
    minutes = int(words[3][:-1])
    return words[0], start, start + minutes + (10 if words[4:] == ["long"] else 0)


@functools.lru_cache(maxsize=None)
def overlap(a, b):
    (person, start, end), (other, other_start, other_end) = place(a), place(b)
    return person == other and start < other_end and other_start < end


class Client(threading.Thread):
    def __init__(self, history, number, patient, slots, operations, kill_every):
        super().__init__()
        self.history, self.number, self.patient = history, number, patient
        self.slots, self.operations, self.kill_every = slots, operations, kill_every
        self.generator = random.Random(number)
        self.visits = []
        self.kills = 0
        self.contender = history.contender()

    def run(self):
        try:
            for number in range(self.operations):
                self.act(f"{self.number}-{number}")
            self.contender.end()
        except Exception as error:
            self.history.wrong.append(f"{type(error).__name__}: {error}")

    def act(self, key):
        choice = self.generator.random()
        slot = self.generator.choice(self.slots)
        if choice < 0.35 and self.visits:
            visit = self.visits.pop(self.generator.randrange(len(self.visits)))
            answer, when = self.until_answered("cancel", visit)
            if answer[:1] == ["done"] or answer == ["refused", "already-cancelled"]:
                self.history.ended(visit, when)
            else:
                self.history.wrong.append(f"cancel {visit}: {answer}")
            return
        if choice < 0.55 and self.visits:
            visit = self.generator.choice(self.visits)
            answer, when = self.until_answered("reschedule", visit, slot, key)
            if answer[:1] == ["done"]:
                self.visits.remove(visit)
                self.visits.append(answer[1])
                self.history.ended(visit, when)
                self.history.began(answer[1], slot, when)
            elif answer != ["refused", "same-slot"]:
                self.history.refused(slot, answer, when)
            return
        answer, when = self.until_answered("book", slot, key)
        if answer[:1] == ["done"]:
            self.visits.append(answer[1])
            self.history.began(answer[1], slot, when)
        else:
            self.history.refused(slot, answer, when)

    def until_answered(self, *request):
        asked = time.monotonic()
        while True:
            self.contender.send(" ".join(("x", str(self.patient)) + request))
            killed = self.generator.random() * self.kill_every < 1
            if killed:
                time.sleep(self.generator.random() * 0.02)
                self.contender.process.kill()
                self.kills += 1
            answer = self.contender.answer()
            if killed:
                self.contender.process.wait()
                self.contender = self.history.contender()
            elif not answer:
                raise RuntimeError(f"no answer to {request}")
            if answer:
                return answer, Stretch(asked, time.monotonic())


class History:
    def __init__(self, programs, home, tokens):
        self.programs, self.home, self.tokens = programs, home, tokens
        self.visits, self.refusals, self.wrong = {}, [], []
        self.lock = threading.Lock()

    def contender(self):
        return contention.Contender(self.programs, self.home, self.tokens)

    def began(self, visit, slot, when):
        with self.lock:
            if visit in self.visits:
                self.wrong.append(f"{visit} was made twice")
            self.visits[visit] = Visit(slot, when)

    def ended(self, visit, when):
        with self.lock:
            self.visits[visit].ended = when

    def refused(self, slot, answer, when):
        with self.lock:
            self.refusals.append((slot, answer, when))

    def check(self):
        groups = collections.defaultdict(list)
        for name, visit in self.visits.items():
            groups[place(visit.slot)[0]].append((name, visit))
        for group in groups.values():
            group.sort(key=lambda one: one[1].begun.end)
            self.check_lives(group)
        explained = 0
        lives = self.possible_lives()
        for slot, answer, when in self.refusals:
            if answer[:1] != ["refused"] or answer[1] not in (
                    "slot-taken", "buffer", "no-room", "patient-busy"):
                self.wrong.append(f"{slot}: {answer}")
            if answer[1:] not in (["slot-taken"], ["buffer"]):
                continue
            explained += 1
            if not any(self.may_have_lived(lives[other], when)
                       for other in lives if overlap(slot, other)):
                self.wrong.append(f"{slot} was refused as {answer[1]}, and nothing can have been there")
        return explained

    def possible_lives(self):
        """slot -> (first moments at which its visits may have lived, the latest last one so far)."""
        found = {}
        for visit in sorted(self.visits.values(), key=lambda one: one.begun.start):
            found.setdefault(visit.slot, []).append((visit.begun.start, visit.ended.end))
        return {slot: ([first for first, _ in spans],
                       list(itertools.accumulate((last for _, last in spans), max)))
                for slot, spans in found.items()}

    @staticmethod
    def may_have_lived(lives, when):
        """Whether a visit of the slot may have lived at some moment of the request."""
        firsts, latest = lives
        count = bisect.bisect_right(firsts, when.end)
        return count > 0 and latest[count - 1] >= when.start

    def check_lives(self, group):
        """Surely alive is a visit from the answer that it began to the asking for its end."""
        alive = []
        for name, visit in group:
            alive = [one for one in alive if one[1].ended.start > visit.begun.end]
            for other_name, other in alive:
                if overlap(visit.slot, other.slot) and visit.ended.start > visit.begun.end:
                    self.wrong.append(f"{name} and {other_name} lived at once")
            alive.append((name, visit))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--kill-every", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    programs = homes.Programs(os.path.abspath(options.programs))
    with tempfile.TemporaryDirectory() as folder:
        home = programs.make_home(folder)
        tokens, sessions = [], []
        for number in range(options.processes):
            session = os.path.join(folder, f"patient{number}")
            programs.register(home, session, number, now=contention.real_now())
            sessions.append(session)
            with open(session, encoding="ascii") as file:
                tokens.append(file.read().strip())
        roles = contention.furnish(programs, home, sessions)
        generator = random.Random(options.seed)
        slots = [slot for role in roles
                 for slot in generator.sample(
                     contention.open_slots(programs, home, role, 20, 20), 12)]
        history = History(programs, home, tokens)
        clients = [
            Client(history, options.seed * 1000 + number, number, slots,
                   options.operations // options.processes, options.kill_every)
            for number in range(options.processes)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        explained = history.check()
        history.wrong += homes.broken(os.path.join(home, "nearcare.sqlite"))
        states = homes.states(os.path.join(home, "nearcare.sqlite"))
        for name, visit in history.visits.items():
            found = states.get(homes.number(name))
            right = {"booked"} if visit.ended.start == NEVER else {"cancelled", "rescheduled"}
            if found not in right:
                history.wrong.append(f"{name} is {found}, and should be {' or '.join(right)}")
        known = {homes.number(name) for name in history.visits}
        strangers = [one for one, state in states.items()
                     if one not in known and state in ("booked", "rescheduled", "cancelled")]
        if strangers:
            history.wrong.append(f"{len(strangers)} visits that nobody was told of")
        kills = sum(client.kills for client in clients)
    wrong = history.wrong
    print(f"histories: {options.operations} operations of {options.processes} processes,"
          f" {kills} kills, {len(history.visits)} visits, {explained} refusals explained,"
          f" {len(wrong)} wrong (seed {options.seed})")
    for one in wrong[:10]:
        print("  " + one)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
