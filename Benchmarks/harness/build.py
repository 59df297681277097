"""Builds what is measured, and the peers, and says which peers are missing."""

import os
import shutil
import subprocess
import sys

from harness import machine

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILT = os.path.join(HERE, ".build/release")
PEERS = os.path.join(HERE, ".build/peers")
# tantivy and geographiclib are looked for here first.
PYTHON = os.path.join(HERE, ".build/python/bin/python")


class Missing(Exception):
    """A peer that cannot be measured here, and what to install for it."""


def product():
    for product in ([], ["--product", "nearcare"]):
        swift(HERE, product)


def indexer():
    """The nightly job itself, in the product's own build folder."""
    swift(os.path.dirname(HERE), ["--product", "indexer"])


def swift(folder, product):
    """As `make build` does."""
    built = subprocess.run(
        ["nice", "-n", "5", "swift", "build", "-c", "release", "--static-swift-stdlib", *product],
        cwd=folder, capture_output=True, text=True)
    if built.returncode != 0:
        sys.exit(built.stdout + built.stderr)


def ours(name):
    return os.path.join(BUILT, name)


def cpp(name, *libraries, include=()):
    """Compiles peers/NAME.cpp when it, or a header, has changed."""
    folder = os.path.join(HERE, "peers")
    source = os.path.join(folder, name + ".cpp")
    binary = os.path.join(PEERS, name)
    sources = [source] + [os.path.join(folder, file) for file in os.listdir(folder)
                          if file.endswith(".h")]
    if not os.path.exists(binary) or os.path.getmtime(binary) < max(map(os.path.getmtime, sources)):
        os.makedirs(PEERS, exist_ok=True)
        with machine.in_background():
            subprocess.run(
                ["g++", "-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror",
                 *("-I" + path for path in include), "-o", binary, source,
                 *("-l" + library for library in libraries)], check=True)
    return binary


def floor(name):
    return cpp(name, "xapian", "GeographicLib", "sqlite3", "cctz")


def postgis():
    if not shutil.which("pg_config"):
        raise Missing("apt-get install postgresql-15-postgis-3 libpq-dev")
    asked = subprocess.run(["pg_config", "--includedir"], capture_output=True, text=True)
    return cpp("postgis", "pq", include=[asked.stdout.strip()])


def python_with(*modules):
    """An interpreter that has the modules."""
    for python in (PYTHON, sys.executable):
        if os.path.exists(python) and subprocess.run(
                [python, "-c", "import " + ", ".join(modules)], capture_output=True).returncode == 0:
            return python
    raise Missing(f"python3 -m venv Benchmarks/.build/python &&"
                  f" Benchmarks/.build/python/bin/pip install {' '.join(modules)}")
