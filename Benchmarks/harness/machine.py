"""What a run says of where it ran."""

import contextlib
import os
import platform
import subprocess

# Set by `describe`, when the operating system lets the programs go before other work.
may_prefer = False


def prefer(preferred):
    """Real time for what is timed, so that other work on the machine waits and not the programs;
    the lowest place for what makes data. Programs started from here inherit it."""
    if may_prefer:
        os.sched_setscheduler(0, os.SCHED_RR if preferred else os.SCHED_BATCH,
                              os.sched_param(1 if preferred else 0))


def load():
    return f"{os.getloadavg()[0]:.1f}"


def first_line(*command):
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return f"no {command[0]}"


def describe():
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")),
                     platform.machine())
    global may_prefer
    may_prefer = os.geteuid() == 0
    prefer(True)
    priority = "programs before other work on the machine" if may_prefer else "usual priority"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"machine: {os.cpu_count()} × {model}, {memory:.0f} GB; load {load()}; {priority}")
    print(f"versions: {first_line('swift', '--version')};"
          f" Xapian {first_line('pkg-config', '--modversion', 'xapian-core')};"
          f" SQLite {first_line('sqlite3', '--version').split()[0]};"
          f" {first_line('pg_config', '--version')}; Linux {platform.release()}", flush=True)


@contextlib.contextmanager
def in_background():
    """Gives way to other work on the machine while data are made."""
    prefer(False)
    try:
        yield
    finally:
        prefer(True)


def bytes_in(folder):
    """Of all files under a folder, or of one file."""
    if os.path.isfile(folder):
        return os.path.getsize(folder)
    return sum(os.path.getsize(os.path.join(path, name))
               for path, _, names in os.walk(folder) for name in names)


def drop_caches():
    """Empties the page cache; False where that is not permitted."""
    try:
        os.sync()
        with open("/proc/sys/vm/drop_caches", "w") as switch:
            switch.write("3")
        return True
    except OSError:
        return False
