"""The nightly job beside a plain Xapian program over the same rows, and a weekly update after it."""

import json
import os
import shutil
import time

from harness import build, machine

PRODUCT = os.path.join(os.path.dirname(build.HERE), ".build/release/indexer")
ZIPS = os.path.join(os.path.dirname(build.HERE), "data/tables/zips.tsv")
DELTA = 25_000


class Ended:
    """What a program took, its children's memory included."""

    def __init__(self, command):
        # What the program before it left to be written is not its business.
        os.sync()
        start = time.monotonic()
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.dup2(writer, 1)
            os.execv(command[0], command)
        os.close(writer)
        with os.fdopen(reader) as output:
            self.output = output.read()
        _, status, usage = os.wait4(pid, 0)
        self.seconds = time.monotonic() - start
        self.processor = usage.ru_utime + usage.ru_stime
        self.megabytes = usage.ru_maxrss // 1024
        if status:
            raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")

    def __str__(self):
        return (f"{self.seconds:.1f} s, {self.processor:.1f} processor seconds,"
                f" {self.megabytes} MB at most")


def sample(size, seed, name):
    """Files of made-up practitioners, made once."""
    folder = os.path.join(build.HERE, ".build/data", name)
    if not os.path.exists(folder):
        aside = folder + ".making"
        with machine.in_background():
            Ended([PRODUCT, "sample", "--providers", str(size), "--seed", seed, "--out", aside])
        os.rename(aside, folder)
    return folder


def files(folder):
    return ["--nppes", f"{folder}/npidata_pfile.csv", "--sites", f"{folder}/pl_pfile.csv"]


def indexer(command, home, folder):
    ended = Ended([PRODUCT, command, "--home", home, "--json", *files(folder)])
    ended.reply = json.loads(ended.output)
    return ended


def stages(reply):
    return ", ".join(f"{stage['stage']} {stage['seconds']:.1f}" for stage in reply["stages"])


def index_bytes(home, generation):
    folder = os.path.join(home, "index", generation)
    # What the plain program's database holds too.
    same = sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder)
               if name.endswith(".glass") or name == "records")
    return same, machine.bytes_in(folder)


def run(size, options):
    folder = sample(size, options.seed, f"sample-{size}-{options.seed}")
    delta = sample(DELTA, str(int(options.seed) + 1), f"sample-{DELTA}-{int(options.seed) + 1}")
    work = os.path.join(build.HERE, ".build/data/night")
    for number in range(options.rounds):
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        peer = None
        if "xapian" not in options.without:
            one = f"{work}/one.glass"
            peer = Ended([build.floor("raw-build"), *files(folder)[1::2], ZIPS, f"{work}/raw", one])
            documents = int(peer.output.split()[0])
            print(f"Xapian, C++: {peer}; {peer.output.strip()};"
                  f" {os.path.getsize(one) / documents:.0f} bytes a document", flush=True)
            shutil.rmtree(f"{work}/raw")
        full = indexer("run", f"{work}/home", folder)
        reply = full.reply
        same, total = index_bytes(f"{work}/home", reply["generation"])
        print(f"nearcare: {full}; {reply['documents']} documents,"
              f" {same / reply['documents']:.0f} bytes each with their records,"
              f" {total / reply['documents']:.0f} with what stands beside;"
              f" stages: {stages(reply)}", flush=True)
        if peer:
            print(f"{full.seconds / peer.seconds:.2f} of the plain program's time;"
                  f" {documents} and {reply['documents']} documents", flush=True)
        update = indexer("update", f"{work}/home", delta)
        changes = update.reply["changes"]
        print(f"update of {DELTA:,} rows: {update}; {changes['added']} roles added,"
              f" {changes['changed']} changed, {changes['removed']} removed;"
              f" stages: {stages(update.reply)}", flush=True)
    shutil.rmtree(work, ignore_errors=True)
