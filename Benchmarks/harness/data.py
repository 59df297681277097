"""The made-up data of one size: nearcare's home, and what the peers search."""

import os
import subprocess
import sys

from harness import build, machine

# Part of every folder's name: raise it when what is made changes.
VERSION = 2
# A Monday morning in the places searched, and the week that is asked for.
NOW = "2026-11-30T14:00:00Z"
NOW_SECONDS = 1_796_047_200
FROM, TO = "2026-11-30", "2026-12-06"
FROM_DAY, TO_DAY = 20_787, 20_793


class Data:
    def __init__(self, size, options):
        self.size, self.seed, self.queries = size, options.seed, options.queries
        self.claims = options.claims
        name = f"{size}-{options.seed}-{options.queries}-{options.claims}-v{VERSION}"
        self.folder = os.path.join(build.HERE, ".build/data", name)
        self.home = os.path.join(self.folder, "home")
        self.store = os.path.join(self.home, "nearcare.sqlite")
        self.index = os.path.join(self.home, "index")
        self.rtree = os.path.join(self.folder, "rtree.sqlite")
        self.once("home", self.make_home)
        self.once("claims", self.load_claims)
        with machine.in_background():
            subprocess.run([build.ours("make-home"), "index", self.home, NOW], check=True)

    @property
    def postings(self):
        return os.path.join(self.index, "CURRENT", "postings.glass")

    def query_file(self, kind):
        return os.path.join(self.home, f"queries-{kind}.tsv")

    def once(self, name, make):
        """Runs a step unless an earlier run finished it."""
        stamp = os.path.join(self.folder, name + ".made")
        if not os.path.exists(stamp):
            os.makedirs(self.folder, exist_ok=True)
            print(f"making {name} of {self.size:,} roles", file=sys.stderr, flush=True)
            with machine.in_background():
                make()
            open(stamp, "w").close()

    def make_home(self):
        subprocess.run([build.ours("make-home"), "directory", self.home, NOW, str(self.size),
                        self.seed, str(self.queries)], check=True)

    def load_claims(self):
        if float(self.claims) > 0:
            subprocess.run([build.floor("load-claims"), self.store, self.seed, str(NOW_SECONDS),
                            self.claims], check=True)

    def make_rtree(self):
        with open(os.path.join(build.HERE, "peers/rtree.sql")) as script:
            subprocess.run(["sqlite3", "-bail", "-cmd", f"ATTACH '{self.store}' AS store",
                            self.rtree], stdin=script, check=True, stdout=subprocess.DEVNULL)
