#!/usr/bin/env python3
"""Power loss at every write: is an acknowledged booking still there?

    Tests/Torture/power_loss.py --programs DIR [--commands 40] [--every 1] [--control]

Patients hold, book, release and cancel through the command line, while a shim under the C library
records what each process does to its files and when it says "done". Then every crash is played:
what was synced is on the disk, and of the writes since, in their order, any number may be, the
last of them torn at every 512 bytes; and random ones of them in any combination. The state is opened
by SQLite, checked by SQL that knows nothing of the program, and compared with what was
acknowledged by then. Every five hundredth is opened by the program as well.

--control plays the same with synchronous=NORMAL, and succeeds only when a booking is lost.
--every N plays one in N of the torn states, for a short run.
"""

import argparse
import json
import os
import random
import struct
import sys
import tempfile
from collections import namedtuple

import home as homes

Operation = namedtuple("Operation", "kind path place data")
SECTOR = 512


def read_log(path):
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at < len(data):
        kind, path_length, place, length = struct.unpack_from("<BIQQ", data, at)
        at += 21
        name = data[at:at + path_length].decode()
        at += path_length
        yield Operation(chr(kind), name, place, data[at:at + length])
        at += length


class Disk:
    """Files as they would be found after a crash, and the changes that no sync has covered yet."""

    def __init__(self, root):
        self.files = {}
        for folder, _, names in os.walk(root):
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.islink(path) and not path.endswith("-shm"):
                    with open(path, "rb") as file:
                        self.files[path] = file.read()
        self.pending = []

    def take(self, operation):
        """True when the operation is a sync that makes something durable."""
        if operation.kind != "s":
            self.pending.append(operation)
            return False
        covered = [one for one in self.pending if self.covers(operation.path, one)]
        if not covered:
            return False
        for one in covered:
            apply(self.files, one)
        self.pending = [one for one in self.pending if one not in covered]
        return True

    def covers(self, synced, operation):
        """A file's sync covers its bytes; its name is safe after a sync of the directory."""
        if operation.kind in "wt":
            return operation.path == synced
        return os.path.dirname(operation.path) == synced


def apply(files, operation):
    kind, path, place, data = operation
    if kind == "w":
        old = files.get(path, b"")
        files[path] = old[:place].ljust(place, b"\0") + data + old[place + len(data):]
    elif kind == "t":
        files[path] = files.get(path, b"")[:place].ljust(place, b"\0")
    elif kind == "c":
        files.setdefault(path, b"")
    elif kind == "u":
        files.pop(path, None)
    elif kind in "rl":
        # A name reaches the bytes its file has on the disk, which may be none yet.
        files[data.decode()] = files.get(path, b"")
        if kind == "r":
            files.pop(path, None)


def torn(operation):
    """The write cut off at each sector boundary inside it, the whole of it last."""
    if operation.kind == "w":
        end = operation.place + len(operation.data)
        first = (operation.place // SECTOR + 1) * SECTOR
        for cut in range(first, end, SECTOR):
            yield operation._replace(data=operation.data[:cut - operation.place])
    yield operation


def crashes(disk, generator, subsets):
    """Every state of the files that a crash may leave now."""
    files = dict(disk.files)
    yield files
    for operation in disk.pending:
        for part in torn(operation):
            state = dict(files)
            apply(state, part)
            yield state
        apply(files, operation)
    for _ in range(subsets if len(disk.pending) > 1 else 0):
        state = dict(disk.files)
        for operation in disk.pending:
            if generator.random() < 0.5:
                apply(state, operation)
        yield state


class Patients:
    """What the patients do, and what they have been told."""

    def __init__(self, programs, home, folder, seed, **shim):
        self.programs, self.home, self.folder = programs, home, folder
        self.generator = random.Random(seed)
        self.shim = shim
        self.sessions = [os.path.join(folder, f"patient{number}") for number in range(3)]
        self.holds, self.visits = [], []

    def act(self, slots):
        session = self.generator.choice(self.sessions)
        slot = slots.pop()
        choice = self.generator.random()
        if choice < 0.25:
            reply = self.ask(session, "hold", slot, "--json")
            self.holds.append((session, reply["hold_id"]))
        elif choice < 0.45 and self.holds:
            session, hold = self.holds.pop()
            self.visits.append((session, self.ask(session, "book", hold, "--json")))
        elif choice < 0.55 and self.holds:
            session, hold = self.holds.pop(0)
            self.ask(session, "release", hold, "--json")
        elif choice < 0.75 and self.visits:
            session, visit = self.visits.pop(0)
            self.ask(session, "cancel", visit["appointment_id"], "--json")
        else:
            reply = self.ask(session, "book", slot, "--reason", "made-up", "--json")
            self.visits.append((session, reply))

    def ask(self, session, *arguments):
        code, out, error = self.programs.run(self.home, session, *arguments, **self.shim)
        if code != 0:
            sys.exit(f"{arguments}: exit {code}: {error}")
        return json.loads(out)


def promised(acknowledgements):
    """claim id -> the state that a patient was told last."""
    told = {}
    for text in acknowledgements:
        try:
            reply = json.loads(text)
        except ValueError:
            continue
        if "appointment_id" in reply:
            told[homes.number(reply["appointment_id"])] = reply["status"]
        elif "hold_id" in reply and "expires_at" in reply:
            told[homes.number(reply["hold_id"])] = "held"
        elif "hold_id" in reply:
            told[homes.number(reply["hold_id"])] = "released"
    return told


# A patient may have asked for more than has been answered, so a later state is right as well.
LATER = {
    "held": {"held", "booked", "released", "expired", "cancelled"},
    "released": {"released"},
    "booked": {"booked", "cancelled"},
    "cancelled": {"cancelled"},
}


class Player:
    def __init__(self, base, recorded, scratch):
        self.base, self.recorded, self.scratch = base, recorded, scratch
        self.written = {}

    def place(self, files):
        """Writes a state over the one before, as far as they differ."""
        for path in list(self.written):
            if path not in files:
                os.unlink(self.there(path))
                del self.written[path]
        for path, data in files.items():
            if path.endswith("nearcare.sqlite") or self.written.get(path) is not data:
                self.write(self.there(path), data)
                self.written[path] = data
        shared_memory = self.database + "-shm"
        if os.path.exists(shared_memory):
            os.unlink(shared_memory)
        log = self.database + "-wal"
        # Whoever opened it last may have left a log of its own.
        if os.path.exists(log) and self.there_of(log) not in files:
            os.unlink(log)
        if self.there_of(log) in files:
            self.write(log, files[self.there_of(log)])

    @staticmethod
    def write(path, data):
        with open(path, "wb") as file:
            file.write(data)
        os.chmod(path, 0o600)

    @property
    def database(self):
        return os.path.join(self.scratch, "nearcare.sqlite")

    def there(self, path):
        return os.path.join(self.scratch, os.path.relpath(path, self.recorded))

    def there_of(self, path):
        return os.path.join(self.recorded, os.path.relpath(path, self.scratch))

    def wrong(self, files, told):
        self.place(files)
        found = homes.broken(self.database)
        if not found:
            states = homes.states(self.database)
            for claim, state in told.items():
                if states.get(claim) not in LATER[state]:
                    found.append(f"told {state}, found {states.get(claim)}")
        return found


def record(programs, folder, commands, seed, shim, control):
    """(home before, home as recorded, the log) of a run of commands."""
    home = programs.make_home(folder)
    recorded, log = os.path.join(folder, "recorded"), os.path.join(folder, "log")
    homes.copy(home, recorded)
    recorder = {"LD_PRELOAD": shim, "TORTURE_DIR": recorded, "TORTURE_LOG": log}
    if control:
        recorder["TORTURE_NORMAL"] = "1"
    patients = Patients(programs, recorded, folder, seed, **recorder)
    for number, session in enumerate(patients.sessions):
        programs.register(recorded, session, number, **recorder)
    slots = [slot for each in programs.slots(recorded, patients.sessions[0]) for slot in each]
    patients.generator.shuffle(slots)
    # One slot a quarter of an hour, so that no request of ours is refused.
    starts = {}
    for slot in slots:
        starts.setdefault(slot.split("-")[2][:11], slot)
    slots = list(starts.values())
    for _ in range(min(commands, len(slots))):
        patients.act(slots)
    return home, recorded, log


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--programs", required=True)
    parser.add_argument("--shim", required=True)
    parser.add_argument("--commands", type=int, default=40)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--subsets", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--control", action="store_true")
    options = parser.parse_args()
    programs = homes.Programs(os.path.abspath(options.programs))
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        folder = os.path.realpath(folder)
        home, recorded, log = record(programs, folder, options.commands, options.seed,
                                     os.path.abspath(options.shim), options.control)
        scratch = os.path.join(folder, "scratch")
        homes.copy(home, scratch)
        played, lost, opened, acknowledged = play(
            programs, home, recorded, log, scratch, options)
    mode = "synchronous=NORMAL" if options.control else "synchronous=FULL"
    print(f"power loss, {mode}: {acknowledged} answers to patients, {played} crashes played,"
          f" {opened} of them opened by the program, {len(lost)} with a loss"
          + (" (the control must lose)" if options.control else ""))
    if options.control:
        sys.exit(0 if lost else "the control lost nothing: this test would not see a loss")
    for one in lost[:5]:
        print("  " + one)
    sys.exit(1 if lost else 0)


def play(programs, home, recorded, log, scratch, options):
    disk = Disk(home)
    disk.files = {path.replace(home, recorded, 1): data for path, data in disk.files.items()}
    player = Player(home, recorded, scratch)
    generator = random.Random(options.seed)
    said, lost = [], []
    played = opened = 0
    seen = set()

    def crash_now():
        nonlocal played, opened
        told = promised(said)
        for number, files in enumerate(crashes(disk, generator, options.subsets)):
            if number and generator.randrange(options.every):
                continue
            key = (hash(tuple(sorted(files.items()))), len(said))
            if key in seen:
                continue
            seen.add(key)
            played += 1
            wrong = player.wrong(files, told)
            if not wrong and played % 500 == 0:
                opened += 1
                wrong = opens(programs, player, files)
            if wrong:
                lost.append(f"after {len(said)} answers, {len(disk.pending)} writes not synced,"
                            f" crash {number}: {'; '.join(wrong[:3])}")

    for operation in read_log(log):
        if operation.kind == "a":
            said.append(operation.data.decode())
            continue
        if operation.kind == "s" and any(disk.covers(operation.path, one) for one in disk.pending):
            crash_now()
        disk.take(operation)
    crash_now()
    return played, lost, opened, len(said)


def opens(programs, player, files):
    """The program itself, on the same state: it recovers by itself and its audit trail holds."""
    player.place(files)
    code, out, error = programs.run(player.scratch, os.path.join(player.scratch, "none"), "doctor")
    return [] if code == 0 else [f"doctor: exit {code}: {out} {error}"]


if __name__ == "__main__":
    main()
