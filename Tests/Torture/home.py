"""A small made-up home to torture, the commands that write to it, and what must be true of it."""

import json
import os
import shutil
import sqlite3
import subprocess

NOW = "2026-11-22T09:00:00-05:00"
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def number(text):
    """The row id behind a hold's or an appointment's text: Crockford's base 32 after the dash."""
    value = 0
    for digit in text.split("-")[1]:
        value = value * 32 + DIGITS.index(digit)
    return value


class Programs:
    def __init__(self, folder):
        self.nearcare = os.path.join(folder, "nearcare")
        self.indexer = os.path.join(folder, "indexer")
        self.contender = os.path.join(folder, "BookingContender")

    def make_home(self, folder, providers=60):
        """A home with an index and schedules, without a patient or a key."""
        sample, home = os.path.join(folder, "sample"), os.path.join(folder, "home")
        quiet = {"stdout": subprocess.DEVNULL, "check": True}
        subprocess.run([self.indexer, "sample", "--providers", str(providers), "--seed", "3",
                        "--out", sample], **quiet)
        subprocess.run([self.indexer, "run", "--home", home,
                        "--nppes", f"{sample}/npidata_pfile.csv", "--plans", f"{sample}/plans.json",
                        "--networks", f"{sample}/providers.json",
                        "--schedules", f"{sample}/schedules.csv"], **quiet)
        return home

    def environment(self, home, session, **more):
        kept = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no"}
        return kept | {"NEARCARE_HOME": home, "NEARCARE_SESSION": session,
                       "NEARCARE_NOW": NOW} | more

    def run(self, home, session, *arguments, now=NOW, timeout=60, **more):
        """(exit code, stdout, stderr) of one nearcare command."""
        done = subprocess.run(
            [self.nearcare, *arguments], capture_output=True, text=True, timeout=timeout,
            env=self.environment(home, session, **more) | {"NEARCARE_NOW": now})
        return done.returncode, done.stdout, done.stderr

    def register(self, home, session, number, **more):
        code, _, error = self.run(
            home, session, "register", "--name", f"Patient {number:04}", "--birth-date",
            "1990-01-01", "--email", f"patient{number}@example.com", "--phone",
            f"212555{number:04}", **more)
        if code != 0:
            raise RuntimeError(f"register: {code} {error}")

    def slots(self, home, session, roles=6, each=40):
        """Open slots of the nearest roles with a schedule, a list for each."""
        code, out, error = self.run(
            home, session, "search", "--near", "10001", "--radius", "5000", "--limit", str(roles),
            "--slots", str(each), "--from", "2026-11-23", "--to", "2027-02-10", "--json",
            "--budget-ms", "60000")
        if code != 0:
            raise RuntimeError(f"search: {code} {error}")
        return [[slot["id"] for slot in one["slots"]] for one in json.loads(out)["results"]]


def copy(home, to):
    if os.path.exists(to):
        shutil.rmtree(to)
    shutil.copytree(home, to, symlinks=True)


def reading(database):
    """Read-only: a writing connection's close would copy the log away."""
    return sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)


def broken(database):
    """What is wrong in a database, by SQL that knows nothing of the program; [] when all is well."""
    found = []
    connection = reading(database)
    try:
        def rows(sql):
            return connection.execute(sql).fetchall()

        integrity = rows("PRAGMA integrity_check")
        if integrity != [("ok",)]:
            found.append(f"integrity_check: {integrity[:3]}")
        if rows("PRAGMA foreign_key_check"):
            found.append("a foreign key points nowhere")
        overlaps = """
            SELECT a.claim_id, b.claim_id FROM claim a JOIN claim b ON a.{same} = b.{same}
              AND a.claim_id < b.claim_id
              AND a.starts_at - a.before_s * {buffers} < b.ends_at + b.after_s * {buffers}
              AND b.starts_at - b.before_s * {buffers} < a.ends_at + a.after_s * {buffers}
            WHERE a.state IN ({states}) AND b.state IN ({states})
        """
        live, visiting = "'held', 'booked', 'checked-in'", "'booked', 'checked-in'"
        for same, states, buffers in (
                ("npi", live, 1), ("room_id", live, 1), ("patient_id", visiting, 0)):
            for pair in rows(overlaps.format(same=same, states=states, buffers=buffers)):
                found.append(f"live claims of one {same} overlap: {pair}")
        for table in ("outbox", "audit"):
            count, last = rows(f"SELECT count(*), coalesce(max(sequence), 0) FROM {table}")[0]
            if count != last:
                found.append(f"{table}: {count} rows numbered up to {last}")
        for kinds, state in (("'booked', 'rescheduled', 'claimed'", "booked"),
                             ("'cancelled'", "cancelled"), ("'lapsed'", "lapsed")):
            told = rows(f"SELECT claim_id FROM outbox WHERE kind IN ({kinds}) ORDER BY 1")
            been = rows("SELECT DISTINCT claim_id FROM claim_history"
                        f" WHERE state = '{state}' ORDER BY 1")
            if state == "lapsed":
                been = rows("SELECT claim_id FROM claim WHERE waitlist_id IS NOT NULL"
                            " AND state IN ('released', 'expired') ORDER BY 1")
            if told != been:
                found.append(f"outbox says {len(told)} {state}, the history {len(been)}")
        written = rows("SELECT count(*) FROM audit WHERE action IN ('book', 'reschedule',"
                       " 'claim-offer', 'cancel', 'override-cancel')")[0][0]
        posted = rows("SELECT count(*) FROM outbox WHERE kind IN ('booked', 'rescheduled',"
                      " 'claimed', 'cancelled')")[0][0]
        if written != posted:
            found.append(f"the audit trail has {written} bookings and cancellations,"
                         f" the outbox {posted}")
        links = """
            SELECT old.claim_id FROM claim old LEFT JOIN claim new
              ON new.claim_id = old.replaced_by_id AND new.replaces_id = old.claim_id
            WHERE (old.state = 'rescheduled') <> (new.claim_id IS NOT NULL)
        """
        if rows(links):
            found.append("a moved visit and its successor do not name each other")
        offers = """
            SELECT w.waitlist_id FROM waitlist w WHERE (w.state = 'offered') <> EXISTS (
              SELECT 1 FROM claim WHERE claim.waitlist_id = w.waitlist_id AND state = 'held')
            OR (w.state = 'claimed') <> EXISTS (
              SELECT 1 FROM claim WHERE claim.waitlist_id = w.waitlist_id
                AND state NOT IN ('held', 'released', 'expired'))
        """
        if rows(offers):
            found.append("a waitlist entry and its offers tell different stories")
        last_states = """
            SELECT claim.claim_id FROM claim WHERE state <> (
              SELECT state FROM claim_history WHERE claim_history.claim_id = claim.claim_id
              ORDER BY history_no DESC LIMIT 1)
        """
        if rows(last_states):
            found.append("a claim is not in the last state of its history")
    except sqlite3.DatabaseError as error:
        found.append(f"{type(error).__name__}: {error}")
    finally:
        connection.close()
    return found


def states(database):
    """claim id -> state."""
    connection = reading(database)
    try:
        return dict(connection.execute("SELECT claim_id, state FROM claim"))
    finally:
        connection.close()
