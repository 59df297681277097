"""Refused sign-ins of names that somebody has, and of names that nobody has, in turns."""

import subprocess

from harness import build

# nearcare's own cost of scrypt, a tenth of a second: with fewer tries, for some minutes.
STANDARD = ("32768", "8", "3")


def run(options):
    for tries, cost in ((options.queries, ()), (options.queries // 10, STANDARD)):
        print(f"\nscrypt of {' '.join(cost) or 'next to nothing'}", flush=True)
        subprocess.run([build.ours("sign-in"), str(tries), *cost], check=True)
