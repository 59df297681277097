#!/usr/bin/env python3
"""Compares drawn areas on a home with an even-odd count that knows no GEOS.

usage: area_oracle.py --nearcare PATH --home DIR [--areas 500] [--seed 1]

GeoJSON edges are straight in longitude and latitude, so the even-odd rule in that plane is exact and no
local projection is needed. Areas are stars with holes, slivers, several polygons in one file, and rings over
the antimeridian (longitudes beyond 180). A site within a metre of an edge may be answered either way.
Exit 0 when all agree.
"""
import argparse, json, math, random, sqlite3, subprocess, sys, tempfile
from collections import defaultdict

METERS_PER_DEGREE = 111_320


def load(home):
    db = sqlite3.connect(f"file:{home}/nearcare.sqlite?mode=ro", uri=True)
    sites = defaultdict(list)
    for role_id, lat, lon in db.execute("SELECT role_id, lat, lon FROM role WHERE listed = 1"):
        sites[lat, lon].append(role_id)
    return sites


def star(draw, lon, lat, reach, corners, spikiness):
    """A ring round a centre: simple, because the angles ascend and none is half a turn apart."""
    gap = math.pi
    while gap >= math.pi:
        angles = sorted(draw.uniform(0, 2 * math.pi) for _ in range(corners))
        gap = max(b - a for a, b in zip(angles, angles[1:] + [angles[0] + 2 * math.pi]))
    ring = []
    for angle in angles:
        r = reach * draw.uniform(1 - spikiness, 1)
        ring.append([lon + r * math.cos(angle), lat + r * math.sin(angle)])
    return ring + [ring[0]]


def area(draw, lon, lat):
    """(polygons, GeoJSON): a polygon is a list of rings, the first the outline."""
    reach = 10 ** draw.uniform(-2, 0.8)
    kind = draw.choice(["star", "hole", "sliver", "several", "hole"])
    if kind == "sliver":
        angle, width = draw.uniform(0, math.pi), reach * 1e-3
        dx, dy = math.cos(angle) * reach, math.sin(angle) * reach
        nx, ny = -math.sin(angle) * width, math.cos(angle) * width
        ring = [[lon - dx, lat - dy], [lon + dx, lat + dy], [lon + dx + nx, lat + dy + ny],
                [lon - dx + nx, lat - dy + ny], [lon - dx, lat - dy]]
        return [[ring]]
    if kind == "several":
        # Side by side, never overlapping, so that even-odd over all rings is right.
        return [[star(draw, lon + 2.5 * i * reach, lat, reach, draw.randint(5, 20), 0.6)]
                for i in range(draw.randint(2, 4))]
    outline = star(draw, lon, lat, reach, draw.randint(12, 40), 0.3)
    if kind == "star" or not surrounds(outline, lon, lat, reach * 0.3):
        return [[outline]]
    return [[outline, star(draw, lon, lat, reach * 0.25, draw.randint(5, 12), 0.5)[::-1]]]


def surrounds(ring, lon, lat, reach):
    """Whether no edge comes nearer to the point than `reach` and the ring goes round it."""
    return inside([ring], lon, lat) and edge_distance([ring], lon, lat, 1) > reach


def inside(rings, x, y):
    odd = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
                odd = not odd
    return odd


def edge_distance(rings, x, y, scale):
    """The distance to the nearest edge in degrees, longitudes shrunk by `scale`."""
    best = math.inf
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
            dx, dy = (x2 - x1) * scale, y2 - y1
            px, py = (x - x1) * scale, y - y1
            t = max(0, min(1, (px * dx + py * dy) / (dx * dx + dy * dy))) if dx or dy else 0
            best = min(best, math.hypot(px - t * dx, py - t * dy))
    return best


def scan(sites, polygons):
    """(surely inside, perhaps inside): the second holds sites within a metre of an edge."""
    sure, perhaps = set(), set()
    for (lat, lon), roles in sites.items():
        for shift in (-360, 0, 360):
            for rings in polygons:
                xs = [p[0] for p in rings[0]]
                ys = [p[1] for p in rings[0]]
                x = lon + shift
                if not (min(xs) - 1e-4 <= x <= max(xs) + 1e-4 and min(ys) - 1e-4 <= lat <= max(ys) + 1e-4):
                    continue
                scale = max(math.cos(math.radians(lat)), 1e-3)
                if edge_distance(rings, x, lat, scale) * METERS_PER_DEGREE < 1:
                    perhaps.update(roles)
                elif inside(rings, x, lat):
                    sure.update(roles)
    return sure, perhaps - sure


def base32(value, digits=6):
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    return "".join(alphabet[(value >> 5 * i) & 31] for i in reversed(range(digits)))


def role_text(role_id):
    return f"{role_id >> 30}-{base32(role_id & (1 << 30) - 1)}"


def geojson(draw, polygons):
    if len(polygons) == 1 and draw.random() < 0.5:
        return {"type": "Polygon", "coordinates": polygons[0]}
    shape = {"type": "MultiPolygon", "coordinates": polygons}
    if draw.random() < 0.5:
        return shape
    return {"type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": {}, "geometry": shape}]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nearcare", required=True)
    parser.add_argument("--home", required=True)
    parser.add_argument("--areas", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    sites = load(options.home)
    places = list(sites)
    wrong = found = 0
    with tempfile.NamedTemporaryFile("w", suffix=".geojson") as file:
        for number in range(options.areas):
            lat, lon = draw.choice(places)
            if number % 10 == 0:
                lat, lon = draw.uniform(50, 54), 180 + draw.uniform(-8, 8)
            polygons = area(draw, lon + draw.uniform(-0.02, 0.02), lat)
            file.seek(0)
            file.truncate()
            json.dump(geojson(draw, polygons), file)
            file.flush()
            sure, perhaps = scan(sites, polygons)
            run = subprocess.run(
                [options.nearcare, "search", "--home", options.home, "--within", file.name, "--json",
                 "--sort", "distance", "--limit", "10000", "--slots", "0", "--budget-ms", "60000"],
                capture_output=True, text=True, timeout=120)
            if run.returncode not in (0, 1):
                wrong += 1
                print(f"DIFFERS area {number}: exit {run.returncode}: {run.stderr.strip()[:200]}")
                continue
            reply = json.loads(run.stdout)
            got = {result["role_id"] for result in reply["results"]}
            sure = {role_text(role) for role in sure}
            perhaps = {role_text(role) for role in perhaps}
            count = reply["stats"]["in_area"]
            found += count
            if not len(sure) <= count <= len(sure) + len(perhaps) \
                    or (count <= 10_000 and (sure - got or got - sure - perhaps)):
                wrong += 1
                print(f"DIFFERS area {number}: expected {len(sure)} (+{len(perhaps)}), got {count}; "
                      f"missing {sorted(sure - got)[:3]}, extra {sorted(got - sure - perhaps)[:3]}")
    print(f"areas: {options.areas} drawn, {found} roles found in them, {wrong} differ")
    sys.exit(1 if wrong else 0)


main()
