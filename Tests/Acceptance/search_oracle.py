#!/usr/bin/env python3
"""Compares searches on a home with a brute-force scan of its accepted rows.

usage: search_oracle.py --nearcare PATH --home DIR [--searches 200] [--seed 1]

The scan reads the directory tables with Python's sqlite3, measures with GeographicLib (an
implementation of the geodesic that shares no code with PROJ), and knows nothing of the index. Each
search must return exactly the scan's roles in the scan's order: distance, then role id.
Exit 0 when all agree, 1 otherwise, 77 when geographiclib is not installed.
"""
import argparse, json, math, os, random, sqlite3, subprocess, sys
from collections import Counter, defaultdict
from pathlib import Path

try:
    from geographiclib.geodesic import Geodesic
except ImportError:
    sys.exit("SKIPPED: pip install geographiclib")

MILE = 1609.344
TABLES = Path(__file__).resolve().parents[2] / "data" / "tables"

# Both sides of state lines, islands, the far ends of the country, and its densest places.
PLACES = ["New York, NY", "Jersey City, NJ", "Kansas City, MO", "Kansas City, KS", "Texarkana, TX",
          "Texarkana, AR", "Philadelphia, PA", "Camden, NJ", "Chicago, IL", "Gary, IN",
          "Washington, DC", "Arlington, VA", "Portland, OR", "Vancouver, WA", "Memphis, TN",
          "Cincinnati, OH", "Covington, KY", "St. Louis, MO", "East St. Louis, IL",
          "Anchorage, AK", "Fairbanks, AK", "Juneau, AK", "Honolulu, HI", "Hilo, HI",
          "San Juan, PR", "Ponce, PR", "Los Angeles, CA", "Houston, TX", "Phoenix, AZ",
          "Boston, MA", "Miami, FL", "Seattle, WA", "Denver, CO", "Minneapolis, MN",
          "Detroit, MI", "Fargo, ND", "Moorhead, MN", "99501", "96813", "00901", "00601", "10001",
          "02134", "60614", "86515", "73301", "20001", "30303", "98101", "33130"]
RADII = [1, 5, 10, 25, 50, 100, 250, 500]


def base32(value, digits=6):
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    return "".join(alphabet[(value >> 5 * i) & 31] for i in reversed(range(digits)))


def role_text(role_id):
    return f"{role_id >> 30}-{base32(role_id & (1 << 30) - 1)}"


def insurer_ancestors():
    parents = {}
    with open(TABLES / "insurers.tsv", encoding="utf-8") as table:
        header = next(table).lstrip("#").strip("\n").split("\t")
        columns = {name.strip(): i for i, name in enumerate(header)}
        for line in table:
            if line.startswith("#"):
                continue
            fields = line.rstrip("\n").split("\t")
            parents[fields[0]] = fields[columns["parent"]] if len(fields) > columns["parent"] else ""
    def chain(insurer):
        seen = []
        while insurer and insurer not in seen:
            seen.append(insurer)
            insurer = parents.get(insurer, "")
        return seen
    return {insurer: set(chain(insurer)) for insurer in parents}


def load(home):
    db = sqlite3.connect(f"file:{home}/nearcare.sqlite?mode=ro", uri=True)
    ancestors = insurer_ancestors()
    insurers_of = defaultdict(set)
    for role_id, insurer in db.execute(
            "SELECT n.role_id, p.insurer_id FROM network n JOIN plan p USING (plan_no) "
            "WHERE p.insurer_id IS NOT NULL"):
        insurers_of[role_id] |= ancestors.get(insurer, {insurer})
    sites = defaultdict(list)
    for role_id, npi, lat, lon, taxonomies in db.execute(
            "SELECT r.role_id, r.npi, r.lat, r.lon, p.taxonomies "
            "FROM role r JOIN practitioner p USING (npi) WHERE r.listed = 1"):
        sites[lat, lon].append((role_id, set(taxonomies.split()), insurers_of.get(role_id, set())))
    return sites


def haversine(lat1, lon1, lat2, lon2):
    p1, p2 = math.radians(lat1), math.radians(lat2)
    h = math.sin((p2 - p1) / 2) ** 2 + \
        math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371008.8 * math.asin(min(1, math.sqrt(h)))


def scan(sites, lat, lon, radius, specialties, insurers):
    found = []
    for (site_lat, site_lon), roles in sites.items():
        # The sphere is within 0.6 % of the ellipsoid, so nothing inside is skipped here.
        if haversine(lat, lon, site_lat, site_lon) > radius * 1.01 + 10:
            continue
        fitting = [role for role, codes, taken in roles
                   if (not specialties or codes & specialties) and (not insurers or taken & insurers)]
        if not fitting:
            continue
        distance = Geodesic.WGS84.Inverse(lat, lon, site_lat, site_lon)["s12"]
        if distance <= radius:
            found += [(distance, role) for role in fitting]
    # Below a micrometre two distances are one: the two libraries differ by nanometres.
    return sorted(found, key=lambda pair: (round(pair[0], 6), pair[1]))


def search(nearcare, home, arguments):
    run = subprocess.run(
        [nearcare, "search", "--home", home, "--json", "--sort", "distance", "--limit", "10000",
         "--slots", "0", "--budget-ms", "60000"] + arguments, capture_output=True, text=True, timeout=120)
    if run.returncode not in (0, 1):
        sys.exit(f"nearcare search {arguments} exited {run.returncode}: {run.stderr}")
    return json.loads(run.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nearcare", required=True)
    parser.add_argument("--home", required=True)
    parser.add_argument("--searches", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    sites = load(options.home)
    roles = [(site, role) for site, listed in sites.items() for role in listed]
    codes = Counter(code for _, (_, own, _) in roles for code in own)
    common = [code for code, _ in codes.most_common(30)]
    insurers = sorted({insurer for _, (_, _, taken) in roles for insurer in taken})
    print(f"oracle: {len(roles)} roles at {len(sites)} coordinates, {len(insurers)} insurers")

    wrong = answers = empty = capped = 0
    for number in range(options.searches):
        arguments = []
        place = PLACES[number % len(PLACES)] if number % 3 else None
        if place is None:
            (lat, lon), _ = draw.choice(roles)
            place = f"{lat:.5f},{lon:.5f}"
        arguments += ["--near", place, "--radius", str(draw.choice(RADII))]
        if draw.random() < 0.85:
            arguments += ["--specialty", draw.choice(
                common if draw.random() < 0.8 else sorted(codes))]
        if insurers and draw.random() < 0.4:
            arguments += ["--insurance", draw.choice(insurers)]
        reply = search(options.nearcare, options.home, arguments)
        understood = reply["query"]
        expected = scan(sites, understood["place"]["lat"], understood["place"]["lon"],
                        understood["radius_miles"] * MILE,
                        {s["code"] for s in understood["specialties"]},
                        {i["id"] for i in understood["insurance"]})
        wanted = [role_text(role) for _, role in expected]
        got = [result["role_id"] for result in reply["results"]]
        far = [1 for result, (distance, _) in zip(reply["results"], expected)
               if abs(result["distance_m"] - distance) > 0.001]
        answers += len(wanted)
        empty += not wanted
        if len(wanted) > 10_000:
            capped += 1
            wanted = wanted[:10_000]
        counted = reply["stats"]["in_area"] == len(expected)
        if got != wanted or far or not counted:
            wrong += 1
            print(f"DIFFERS {arguments}: expected {len(expected)}, got {len(got)} "
                  f"(in_area {reply['stats']['in_area']}); missing {sorted(set(wanted) - set(got))[:3]}, "
                  f"extra {sorted(set(got) - set(wanted))[:3]}, "
                  f"{'order differs' if set(got) == set(wanted) and got != wanted else ''} "
                  f"{len(far)} distances off by over 1 mm")
    print(f"oracle: {options.searches} searches, {answers} expected roles, {empty} empty answers, "
          f"{capped} beyond 10,000, {wrong} differ")
    sys.exit(1 if wrong else 0)


main()
