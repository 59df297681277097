#!/usr/bin/env python3
"""The nightly job under everything that goes wrong at night, seen by those who search.

    Tests/Torture/nights.py --programs DIR [--damages 1000] [--kills 200] [--switches 100] [--seed 1]

Damage: a bit is flipped in a served file or the file is cut; a search must answer from the
generation before, or from nothing but sound bytes, and `verify` must say so. Kills: full loads and
updates are ended with SIGKILL or SIGINT at random moments; the next search answers as before, and
the next run comes to the same content. Switches: two directories take turns while searches run in
a loop; each answer is wholly of one of them, and none fails.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

import home as homes

FILES = ["postings.glass", "places", "traits", "digests", "records",
         "MANIFEST"]
NEAREST = ("--sort", "distance")
# By distance: what comes first then does not depend on who has an open slot.
QUESTIONS = [("doctor", "--near", "10001", "--radius", "5000", "--limit", "2000", *NEAREST),
             ("--specialty", "207Q00000X", "--near", "60601", "--radius", "3000", *NEAREST),
             ("family doctor", "--near", "77001", "--radius", "3000", *NEAREST)]


class Night:
    def __init__(self, programs, folder, seed):
        self.programs, self.folder = programs, folder
        self.generator = random.Random(seed)
        self.home = programs.make_home(folder, providers=400)
        self.sample = os.path.join(folder, "sample")
        self.index = os.path.join(self.home, "index")
        with open(f"{self.sample}/npidata_pfile.csv", encoding="utf-8") as whole:
            lines = whole.readlines()
        self.some = os.path.join(folder, "some.csv")
        with open(self.some, "w", encoding="utf-8") as part:
            part.writelines(lines[:301])
        self.wrong = []

    def command(self, kind, nppes=None):
        files = ["--nppes", nppes or f"{self.sample}/npidata_pfile.csv"]
        if kind == "run":
            files += ["--plans", f"{self.sample}/plans.json", "--networks",
                      f"{self.sample}/providers.json", "--schedules",
                      f"{self.sample}/schedules.csv"]
        return [self.programs.indexer, kind, "--home", self.home, *files, "--max-loss", "100%",
                "--json"]

    def load(self, kind, nppes=None):
        done = subprocess.run(self.command(kind, nppes), capture_output=True, text=True)
        if done.returncode != 0:
            self.wrong.append(f"{kind}: exit {done.returncode}: {done.stderr}")
            return {}
        return json.loads(done.stdout)

    def ask(self, question):
        """The exit code, the roles found in their order, and what stderr said."""
        code, out, error = self.programs.run(
            self.home, os.path.join(self.folder, "none"), "search", *question, "--json",
            "--budget-ms", "60000")
        roles = [(one["role_id"], one["name"]) for one in json.loads(out)["results"]] if out else []
        return code, roles, error

    def answers(self):
        return [self.ask(question)[:2] for question in QUESTIONS]

    def indexer(self, *arguments):
        return subprocess.run([self.programs.indexer, *arguments, "--home", self.home],
                              capture_output=True, text=True)


def damage(night, rounds):
    """The generation before has fewer roles, so that who answers can be told."""
    night.load("run", night.some)
    before = night.answers()
    night.load("run")
    now = night.answers()
    if before == now:
        night.wrong.append("the two generations answer alike: the test would see nothing")
    for number in range(rounds):
        path = os.path.join(night.index, "CURRENT", night.generator.choice(FILES))
        with open(path, "rb") as file:
            sound = file.read()
        place = night.generator.randrange(len(sound))
        if night.generator.random() < 0.7:
            spoilt = bytearray(sound)
            spoilt[place] ^= 1 << night.generator.randrange(8)
        else:
            spoilt = sound[:place]
        with open(path, "wb") as file:
            file.write(spoilt)
        which = night.generator.randrange(len(QUESTIONS))
        code, roles, error = night.ask(QUESTIONS[which])
        if (code, roles) != before[which] or "an older index" not in error:
            night.wrong.append(f"{path} spoilt at {place}: exit {code}, {len(roles)} roles: {error}")
        if number % 10 == 0 and night.indexer("verify").returncode != 65:
            night.wrong.append(f"{path} spoilt at {place}: verify found nothing")
        with open(path, "wb") as file:
            file.write(sound)
        if number % 50 == 0 and night.answers() != now:
            night.wrong.append("the mended index answers otherwise")


def kills(night, count):
    whole = night.load("run")
    expected = night.answers()
    usual, done = 0.4, 0
    while done < count:
        kind = night.generator.choice(["run", "update"])
        started = time.monotonic()
        process = subprocess.Popen(night.command(kind), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        time.sleep(night.generator.random() * usual * 1.1)
        if process.poll() is None:
            process.send_signal(night.generator.choice([signal.SIGKILL, signal.SIGINT]))
            done += 1
        _, error = process.communicate(timeout=120)
        if process.returncode == 0:
            usual += 0.2 * (time.monotonic() - started - usual)
        elif process.returncode not in (-signal.SIGKILL, -signal.SIGINT):
            # An update waits for the full load that was killed before it.
            if kind == "run" or process.returncode != 69:
                night.wrong.append(f"{kind}: exit {process.returncode}: {error}")
        which = night.generator.randrange(len(QUESTIONS))
        if night.ask(QUESTIONS[which])[:2] != expected[which]:
            night.wrong.append(f"after kill {done} the index answers otherwise")
        if done % 20 == 0 and night.load("run").get("content_digest") != whole["content_digest"]:
            night.wrong.append(f"after kill {done} a run comes to another content")
    night.load("run")
    left = {name for name in os.listdir(night.index)
            if not name.startswith(("gen-", "rejections-"))}
    if left != {"CURRENT", "building.lock"}:
        night.wrong.append(f"left behind: {sorted(left)}")


def switches(night, count):
    night.load("run", night.some)
    few = night.answers()
    night.load("run")
    expected = [(a, b) for a, b in zip(few, night.answers())]
    stop, asked = threading.Event(), [0, 0]

    def search(number):
        generator = random.Random(number)
        while not stop.is_set():
            which = generator.randrange(len(QUESTIONS))
            code, roles, error = night.ask(QUESTIONS[which])
            if (code, roles) not in expected[which] or error:
                night.wrong.append(f"{QUESTIONS[which]}: exit {code}, {len(roles)} roles: {error}")
            asked[number] += 1

    searchers = [threading.Thread(target=search, args=(number,)) for number in (0, 1)]
    for searcher in searchers:
        searcher.start()
    for number in range(count):
        if number % 5 == 4:
            started = time.monotonic()
            done = night.indexer("rollback")
            if done.returncode != 0 or time.monotonic() - started > 5:
                night.wrong.append(f"rollback: exit {done.returncode}: {done.stderr}")
        else:
            night.load("run", night.some if number % 2 == 0 else None)
        if number % 3 == 2:
            night.indexer("prune", "--keep", "2")
    stop.set()
    for searcher in searchers:
        searcher.join()
    return sum(asked)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--damages", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--switches", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    programs = homes.Programs(os.path.abspath(options.programs))
    with tempfile.TemporaryDirectory() as folder:
        night = Night(programs, folder, options.seed)
        damage(night, options.damages)
        kills(night, options.kills)
        asked = switches(night, options.switches)
        code, out, error = programs.run(night.home, os.path.join(folder, "none"), "doctor")
        if code != 0:
            night.wrong.append(f"doctor: exit {code}: {out} {error}")
    print(f"nights: {options.damages} damages, {options.kills} kills, {options.switches} switches"
          f" under {asked} searches, {len(night.wrong)} wrong (seed {options.seed})")
    for one in night.wrong[:10]:
        print("  " + one)
    sys.exit(1 if night.wrong else 0)


if __name__ == "__main__":
    main()
