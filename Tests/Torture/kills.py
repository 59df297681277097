#!/usr/bin/env python3
"""Commands killed with SIGKILL at random moments: what was acknowledged is kept, once.

    Tests/Torture/kills.py --programs DIR [--kills 2000] [--seed 1]

Patients at several terminals hold, book, release, move and cancel at once, wait for slots and
claim them, each command with its idempotency key, while the nightly job and `work` run again and again; half
of all commands, these included, are killed somewhere between their start and their end. A command that was killed before it answered is
asked again with the same key until it answers: it must then be done once, or refused. In the end
SQL that knows nothing of the program finds nothing broken, every acknowledged state is there, and no
key was used twice.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time

import home as homes

LATER = {
    "booked": {"booked", "cancelled", "rescheduled"},
    "cancelled": {"cancelled"},
    "rescheduled": {"rescheduled"},
}


class Terminal(threading.Thread):
    """One patient, who takes commands that die in their hands in good part."""

    def __init__(self, tally, programs, home, session, slots, seed):
        super().__init__()
        self.tally, self.programs, self.home, self.session = tally, programs, home, session
        self.slots, self.generator = slots, random.Random(seed)
        self.told, self.visits, self.entries, self.wrong = {}, [], [], []
        self.usual_seconds = 0.03
        self.asked = 0

    def run(self):
        try:
            while self.tally.go_on():
                self.act()
        except Exception as error:
            self.wrong.append(f"{type(error).__name__}: {error}")

    def act(self):
        self.asked += 1
        key = f"{os.path.basename(self.session)}-{self.asked}"
        slot = self.generator.choice(self.slots)
        choice = self.generator.random()
        if choice < 0.4 and self.visits:
            visit = self.visits.pop(self.generator.randrange(len(self.visits)))
            code, reply = self.until_answered("cancel", visit)
            # Refused is what a cancellation says whose first answer was killed with it.
            refused = code == 2 and reply["refused"]["code"] == "already-cancelled"
            if code != 0 and not refused:
                self.wrong.append(f"cancel {visit}: {code} {reply}")
            self.told[homes.number(visit)] = "cancelled"
            return
        if choice < 0.5 and self.visits:
            return self.move(slot, key)
        if choice < 0.58:
            return self.wait(slot, key)
        place = slot
        if choice < 0.75:
            code, reply = self.until_answered("hold", slot)
            if code == 2:
                return
            place = reply["hold_id"]
            if choice < 0.62:
                self.until_answered("release", place)
                return
        code, reply = self.until_answered("book", place, "--idempotency-key", key)
        if code == 0:
            self.visits.append(reply["appointment_id"])
            self.told[homes.number(reply["appointment_id"])] = "booked"

    def move(self, slot, key):
        visit = self.generator.choice(self.visits)
        code, reply = self.until_answered("reschedule", visit, slot, "--idempotency-key", key)
        if code == 0:
            self.visits.remove(visit)
            self.visits.append(reply["appointment_id"])
            self.told[homes.number(visit)] = "rescheduled"
            self.told[homes.number(reply["appointment_id"])] = "booked"

    def wait(self, slot, key):
        """Joins the waitlist for a slot's practitioner, or claims what is offered."""
        if len(self.entries) < 3:
            role = "-".join(slot.split("-")[:2])
            code, reply = self.until_answered(
                "waitlist", "join", "--with", role, "--idempotency-key", key)
            if code == 0:
                self.entries.append(reply["entry_id"])
            return
        entry = self.entries.pop(0)
        code, reply = self.until_answered("waitlist", "claim", entry)
        if code == 0:
            # Who booked the offered slot has claimed it, and is told of that visit again.
            if homes.number(reply["appointment_id"]) not in self.told:
                self.visits.append(reply["appointment_id"])
                self.told[homes.number(reply["appointment_id"])] = "booked"
        elif self.generator.random() < 0.5:
            self.until_answered("waitlist", "leave", entry)
        else:
            self.entries.append(entry)

    def until_answered(self, *arguments):
        while True:
            code, out, error = self.ask(*arguments)
            if code in (0, 2):
                return code, json.loads(out)
            if code != -9:
                raise RuntimeError(f"{arguments}: exit {code}: {error}")

    def ask(self, *arguments):
        process = subprocess.Popen(
            [self.programs.nearcare, *arguments, "--json"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
            env=self.programs.environment(self.home, self.session))
        started = time.monotonic()
        if self.generator.random() < 0.5:
            time.sleep(self.generator.random() * self.usual_seconds * 1.2)
            if process.poll() is None:
                process.kill()
                self.tally.killed()
        out, error = process.communicate(timeout=60)
        if process.returncode == 0:
            taken = time.monotonic() - started
            self.usual_seconds += 0.1 * (taken - self.usual_seconds)
        # What was written before the kill is an answer all the same.
        if process.returncode == -9 and out.strip():
            reply = json.loads(out)
            return (2 if "refused" in reply else 0), out, error
        return process.returncode, out, error


class Tally:
    def __init__(self, kills):
        self.kills, self.done, self.lock = kills, 0, threading.Lock()

    def killed(self):
        with self.lock:
            self.done += 1

    def go_on(self):
        return self.done < self.kills


def reindex(tally, programs, folder, home, generator, wrong):
    """The nightly job over the same files, mostly killed; a search must work after each."""
    runs = 0
    sample = os.path.join(folder, "sample")
    usual = 0.5
    while tally.go_on():
        started = time.monotonic()
        process = subprocess.Popen(
            [programs.indexer, "run", "--home", home, "--nppes", f"{sample}/npidata_pfile.csv",
             "--plans", f"{sample}/plans.json", "--networks", f"{sample}/providers.json",
             "--schedules", f"{sample}/schedules.csv"], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        runs += 1
        if generator.random() < 0.8:
            time.sleep(generator.random() * usual * 1.2)
            if process.poll() is None:
                process.kill()
                tally.killed()
        _, error = process.communicate(timeout=120)
        if process.returncode == 0:
            usual += 0.2 * (time.monotonic() - started - usual)
        elif process.returncode != -9:
            wrong.append(f"indexer run: exit {process.returncode}: {error}")
        code, _, error = programs.run(home, os.path.join(folder, "none"), "search", "doctor",
                                      "--near", "10001", "--radius", "5000", "--budget-ms", "60000")
        if code != 0:
            wrong.append(f"search after run {runs}: exit {code}: {error}")


def work(tally, programs, folder, home, generator, wrong):
    """Rounds of `nearcare work`, half of them killed."""
    while tally.go_on():
        process = subprocess.Popen(
            [programs.nearcare, "work", "--once"], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
            env=programs.environment(home, os.path.join(folder, "none")))
        if generator.random() < 0.5:
            time.sleep(generator.random() * 0.03)
            if process.poll() is None:
                process.kill()
                tally.killed()
        _, error = process.communicate(timeout=60)
        if process.returncode not in (0, -9):
            wrong.append(f"work: exit {process.returncode}: {error}")
        time.sleep(0.2)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--terminals", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    programs = homes.Programs(os.path.abspath(options.programs))
    tally, wrong = Tally(options.kills), []
    with tempfile.TemporaryDirectory() as folder:
        home = programs.make_home(folder)
        sessions = [os.path.join(folder, f"patient{n}") for n in range(options.terminals)]
        for number, session in enumerate(sessions):
            programs.register(home, session, number)
        slots = [slot for each in programs.slots(home, sessions[0], roles=3, each=8)
                 for slot in each]
        terminals = [Terminal(tally, programs, home, session, slots, options.seed * 100 + number)
                     for number, session in enumerate(sessions)]
        for terminal in terminals:
            terminal.start()
        worker = threading.Thread(
            target=work,
            args=(tally, programs, folder, home, random.Random(options.seed + 1), wrong))
        worker.start()
        reindex(tally, programs, folder, home, random.Random(options.seed), wrong)
        worker.join()
        for terminal in terminals:
            terminal.join()
            wrong += terminal.wrong
        wrong += homes.broken(os.path.join(home, "nearcare.sqlite"))
        states = homes.states(os.path.join(home, "nearcare.sqlite"))
        answers = 0
        for terminal in terminals:
            answers += len(terminal.told)
            wrong += [f"told {state}, found {states.get(claim)}"
                      for claim, state in terminal.told.items()
                      if states.get(claim) not in LATER[state]]
        told = {claim for terminal in terminals for claim in terminal.told}
        booked = {claim for claim, state in states.items() if state in LATER}
        if booked - told:
            wrong.append(f"{len(booked - told)} visits that nobody was told of")
        code, out, error = programs.run(home, sessions[0], "doctor")
        if code != 0:
            wrong.append(f"doctor: exit {code}: {out} {error}")
    print(f"kills: {tally.done} of {sum(one.asked for one in terminals)} requests and the nightly"
          f" job; {answers} visits told, {len(wrong)} wrong (seed {options.seed})")
    for one in wrong[:10]:
        print("  " + one)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
