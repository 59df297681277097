"""A PostgreSQL cluster of the run's own, on a socket in its folder, stopped when the run ends."""

import atexit
import os
import pwd
import shutil
import subprocess

from harness import build

SETTINGS = """
listen_addresses = ''
shared_buffers = 2GB
work_mem = 64MB
maintenance_work_mem = 1GB
effective_cache_size = 12GB
random_page_cost = 1.1
max_wal_size = 8GB
wal_level = minimal
max_wal_senders = 0
fsync = off
jit = off
max_parallel_workers_per_gather = 0
autovacuum = off
"""

# Table, columns, and the rows as SQLite selects them from rtree.sqlite with the store attached.
TABLES = [
    ("specialty", "number, code", "SELECT number, code FROM specialty"),
    ("insurer", "number, name", "SELECT number, name FROM insurer"),
    ("role", "role_id, lon, lat, specialties, insurers, gender, languages, visit_types, bookable,"
     " time_zone",
     """SELECT r.role_id, r.lon, r.lat,
          '{' || (SELECT group_concat(number) FROM role_specialty WHERE role = r.id) || '}',
          '{' || coalesce((SELECT group_concat(number) FROM role_insurer WHERE role = r.id), '')
            || '}',
          r.gender, '{' || replace(r.languages, ' ', ',') || '}', '{' || r.visit_types || '}',
          r.visit_types <> '', s.time_zone
        FROM role AS r JOIN store.role AS s ON s.role_id = r.role_id ORDER BY r.id"""),
    ("shown", "role_id, organization_name, first_name, middle_name, last_name, name_suffix,"
     " credential, gender, taxonomies, languages, address_line1, address_line2, city, state, zip,"
     " phone, plans",
     """SELECT r.role_id, p.organization_name, p.first_name, p.middle_name, p.last_name,
          p.name_suffix, p.credential, p.gender, p.taxonomies, p.languages, s.address_line1,
          s.address_line2, s.city, s.state, s.zip, s.phone,
          (SELECT group_concat(plan_id || ' ' || name, ', ')
           FROM store.network JOIN store.plan USING (plan_no) WHERE network.role_id = r.role_id)
        FROM role AS r JOIN store.role AS s ON s.role_id = r.role_id
          JOIN store.practitioner AS p ON p.npi = s.npi ORDER BY r.id"""),
    ("schedule_block", "role_id, block_no, weekday, start_min, end_min, slot_min, visit_type,"
     " valid_from, valid_until",
     """SELECT b.role_id, b.block_no, b.weekday, b.start_min, b.end_min, b.slot_min, b.visit_type,
          date(b.valid_from * 86400, 'unixepoch'), date(b.valid_until * 86400, 'unixepoch')
        FROM store.schedule_block AS b ORDER BY b.role_id, b.block_no"""),
    ("time_off", "role_id, during",
     """SELECT role_id, '[' || datetime(from_date * 86400 + from_min * 60, 'unixepoch') || ','
          || datetime(to_date * 86400 + to_min * 60, 'unixepoch') || ')'
        FROM store.schedule_exception WHERE kind = 'time-off'"""),
    ("claim", "npi, starts_at, ends_at",
     """SELECT npi, datetime(starts_at, 'unixepoch') || '+00', datetime(ends_at, 'unixepoch')
          || '+00' FROM store.claim WHERE state = 'booked' ORDER BY npi, starts_at"""),
]


class Cluster:
    def __init__(self, data):
        self.data = data
        self.folder = os.path.join(data.folder, "postgres")
        self.socket = os.path.join(build.PEERS, "socket")
        self.bin = self.told("--bindir")
        if not os.path.exists(os.path.join(self.told("--sharedir"), "extension/postgis.control")):
            raise build.Missing("apt-get install postgresql-15-postgis-3")
        data.once("rtree", data.make_rtree)
        data.once("postgres-shown", self.make)
        self.start()

    @staticmethod
    def told(option):
        if not shutil.which("pg_config"):
            raise build.Missing("apt-get install postgresql-15-postgis-3 libpq-dev")
        return subprocess.run(
            ["pg_config", option], capture_output=True, text=True, check=True).stdout.strip()

    @property
    def connection(self):
        return f"host={self.socket} user=postgres dbname=postgres"

    def as_owner(self, *command):
        """PostgreSQL refuses to run as root."""
        if os.geteuid() == 0:
            command = ("runuser", "-u", "postgres", "--", *command)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def give(self, folder):
        os.makedirs(folder, exist_ok=True)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)

    def start(self):
        self.give(self.socket)
        self.as_owner(
            os.path.join(self.bin, "pg_ctl"), "start", "-w", "-D", self.folder, "-l",
            os.path.join(self.folder, "log"), "-o", f"-k {self.socket}")
        atexit.register(self.stop)

    def stop(self):
        self.as_owner(os.path.join(self.bin, "pg_ctl"), "stop", "-w", "-m", "fast", "-D",
                      self.folder)
        atexit.unregister(self.stop)

    def sql(self, *arguments, stdin=None):
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", self.connection, *arguments],
                       check=True, stdin=stdin, stdout=subprocess.DEVNULL)

    def make(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.give(self.folder)
        self.as_owner(os.path.join(self.bin, "initdb"), "-U", "postgres", "-A", "trust",
                      "--locale=C", "-E", "UTF8", "-D", self.folder)
        with open(os.path.join(self.folder, "postgresql.conf"), "a") as settings:
            settings.write(SETTINGS)
        self.start()
        self.sql("-f", os.path.join(build.HERE, "peers/postgis.sql"))
        for table, columns, select in TABLES:
            rows = subprocess.Popen(
                ["sqlite3", "-bail", "-csv", "-cmd", f"ATTACH '{self.data.store}' AS store",
                 self.data.rtree, select], stdout=subprocess.PIPE)
            self.sql("-c", f"COPY {table} ({columns}) FROM STDIN CSV", stdin=rows.stdout)
            if rows.wait() != 0:
                raise subprocess.CalledProcessError(rows.returncode, "sqlite3")
        self.sql("-f", os.path.join(build.HERE, "peers/postgis-indexes.sql"))
        self.stop()
