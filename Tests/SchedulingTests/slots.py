"""Slots by a plain program that shares nothing with the one under test but the files of tzdata: it
writes down what the clock shows at each minute and looks there. Reads one JSON object on stdin:

{"do": "answer", "questions": [...]}   the slots of each question
{"do": "changes"}                      every zone's changes 2024-2040, by groups of equal zones
{"do": "digest", "changes": [[zone, instant]...], "schedules": [...]}
                                       a number for the slots of each schedule around each change
"""
import json, sys
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

UTC, EPOCH = timezone.utc, date(1970, 1, 1)


def days(day):
    return (day - EPOCH).days


def minutes(text):
    """`09:30`, of a day; `2026-12-01T09:30:00`, since 1970 by the wall clock."""
    day, _, clock = text.rpartition("T")
    hour, minute = clock.split(":")[:2]
    since = days(date.fromisoformat(day)) * 1440 if day else 0
    return since + int(hour) * 60 + int(minute)


class Clock:
    """What the wall shows at each minute of a stretch, in minutes since 1970."""

    def __init__(self, name, first, count):
        zone = ZoneInfo(name)
        self.first = first
        self.shown = []
        for minute in range(first, first + count):
            wall = datetime.fromtimestamp(minute * 60, UTC).astimezone(zone)
            self.shown.append(days(wall.date()) * 1440 + wall.hour * 60 + wall.minute)
        self.at = {}
        for place, wall in enumerate(self.shown):
            self.at.setdefault(wall, []).append(place)

    def today(self, now):
        return self.shown[now // 60 - self.first] // 1440

    def away(self, start, end):
        """From the first minute that shows `start` or more to the last that shows less than `end`."""
        since = next((i for i, wall in enumerate(self.shown) if wall >= start), None)
        until = next((i for i in range(len(self.shown) - 1, -1, -1) if self.shown[i] < end), None)
        if since is None or until is None:
            return range(0)
        return range(self.first + since, self.first + until + 1)


def starts(clock, window, length, step):
    """The minutes at which a visit of `length` may start in hours from one wall time to another."""
    lower, upper = window
    for wall in range(lower, upper, step):
        for place in clock.at.get(wall, ()):
            inside = clock.shown[place:place + length]
            if len(inside) == length and lower <= min(inside) and max(inside) < upper:
                yield clock.first + place, wall


def monday(day):
    return day - (day + 3) % 7


def windows(q, today, last):
    """(wall window, visit's minutes, step, type, kind) of each stretch of hours."""
    kinds = q.get("kinds", {})

    def offers(hours):
        if not hours.get("kinds"):
            return [(hours["minutes"], hours["type"], None)]
        return [(kinds[k]["minutes"], kinds[k]["type"], k) for k in hours["kinds"] if k in kinds]

    replaced = {minutes(h["from"]) // 1440 for h in q["extra"] if h.get("replaces")}
    holidays = {days(date.fromisoformat(d)) for d in q.get("holidays", [])}
    for day in range(today - 2, last + 1):
        if day in replaced or day in holidays:
            continue
        for b in q["blocks"]:
            if b["weekday"] != (EPOCH + timedelta(days=day)).isoweekday():
                continue
            first = b.get("validFrom") and days(date.fromisoformat(b["validFrom"]))
            if first is not None and day < first:
                continue
            if b.get("validUntil") and day > days(date.fromisoformat(b["validUntil"])):
                continue
            if (b.get("weeks") or 1) > 1 and (monday(day) - monday(first)) // 7 % b["weeks"]:
                continue
            start, end = minutes(b["from"]), minutes(b["to"])
            if end < start:
                end += 1440
            for length, kind, name in offers(b):
                yield (day * 1440 + start, day * 1440 + end), length, b["step"], kind, name
    for h in q["extra"]:
        for length, kind, name in offers(h):
            yield (minutes(h["from"]), minutes(h["to"])), length, h["step"], kind, name


def blocked(claim, margin=0):
    return range(
        (claim["start"] - claim["before"]) // 60 - margin,
        (claim["end"] + claim["after"]) // 60 + margin)


def touch(a, b):
    return a.start < b.stop and b.start < a.stop


def answer(q):
    now = q["now"]
    clock = Clock(q["zone"], now // 60 - 9 * 1440, (q["horizon"] + 18) * 1440)
    today = clock.today(now)
    gone = set()
    for start, end in q["away"]:
        gone.update(clock.away(minutes(start), minutes(end)))
    here = lambda claim: claim["role"] in (None, q["role"])
    wall_day = lambda second: clock.shown[second // 60 - clock.first] // 1440
    found = set()
    for window, length, step, kind, name in windows(q, today, today + q["horizon"] + 2):
        rules = q.get("kinds", {}).get(name, {"before": 0, "after": 0, "room": None})
        for start, wall in starts(clock, window, length, step):
            day = wall // 1440
            if start * 60 <= now or start * 60 < now + q["notice"]:
                continue
            if day > today + q["horizon"]:
                continue
            if q.get("dates") and not q["dates"][0] <= str(EPOCH + timedelta(days=day)) <= q["dates"][1]:
                continue
            if q.get("times") and not q["times"][0] <= wall % 1440 < q["times"][1]:
                continue
            if q.get("type") and kind != q["type"]:
                continue
            if any(minute in gone for minute in range(start, start + length)):
                continue
            mine = {"start": start * 60, "minutes": length, "type": kind, "kind": name}
            takes = range(start - rules["before"], start + length + rules["after"])
            others = [c for c in q["busy"] if c.get("own") != mine]
            ways = q.get("travel", {})
            if any(touch(takes, blocked(c, 0 if here(c) else ways.get(c["role"], 0)))
                   for c in others):
                continue
            same = [wall_day(c["start"]) for c in others if here(c)]
            if q.get("perDay") and same.count(day) >= q["perDay"]:
                continue
            week = [d for d in same if monday(d) == monday(day)]
            if q.get("perWeek") and len(week) >= q["perWeek"]:
                continue
            if rules.get("room") and not any(
                    not any(u["room"] == room["id"] and u["claim"].get("own") != mine
                            and touch(takes, blocked(u["claim"])) for u in q["roomUses"])
                    for room in q["rooms"] if room["kind"] == rules["room"]):
                continue
            found.add((start * 60, length, kind, name or ""))
    ranked = sorted(found, key=lambda s: (s[0], s[1], s[2] != "in-person", s[3]))
    if q.get("limit") is not None:
        ranked = ranked[:q["limit"]]
    return [{"start": t, "minutes": m, "type": k, "kind": n} for t, m, k, n in ranked]


def changes():
    """Groups of zones with the same changes: {"zones", "changes": [[instant, before, after]...]}."""
    groups = {}
    first = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())
    last = int(datetime(2041, 1, 1, tzinfo=UTC).timestamp())
    skip = ("right/", "posix/", "Factory", "localtime", "posixrules")
    for name in sorted(n for n in available_timezones() if not n.startswith(skip)):
        zone = ZoneInfo(name)

        def offset(t):
            return int(datetime.fromtimestamp(t, UTC).astimezone(zone).utcoffset().total_seconds())

        found, at, before = [], first, offset(first)
        while at < last:
            after = offset(at + 5 * 86400)
            if after != before:
                low, high = at, at + 5 * 86400
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (middle, high) if offset(middle) == before else (low, middle)
                found.append((high, before, after))
                before = after
            at += 5 * 86400
        groups.setdefault((offset(first), tuple(found)), []).append(name)
    return [{"zones": zones, "changes": list(key[1])} for key, zones in groups.items()]


def digest(clock, change, s):
    """All slots of three days around a change, mixed into one number of 64 bits."""
    day = clock.shown[change // 60 - clock.first] // 1440
    now = change - s["lead"] * 60
    today = clock.today(now)
    gone = [clock.away(day * 1440 + a[0], day * 1440 + a[0] + a[1]) for a in s["away"]]
    gone += [range(change // 60 + b[0], change // 60 + b[0] + b[1]) for b in s["busy"]]
    hours = [(day + d, b) for d in range(-2, 4) for b in s["blocks"]]
    if s["replaces"]:
        hours = [h for h in hours if h[0] != day] + [(day, b) for b in s["replacement"]]
    found = set()
    for on, (start, end, length, step) in hours:
        end += 1440 if end < start else 0
        for at, wall in starts(clock, (on * 1440 + start, on * 1440 + end), length, step):
            if at * 60 <= now or not today <= wall // 1440 <= today + 3:
                continue
            if not any(touch(range(at, at + length), g) for g in gone):
                found.add((at, length))
    number = 0
    for at, length in sorted(found):
        number = (number * 6364136223846793005 + at * 2048 + length) % 2**64
    return [number, len(found)]


def main():
    asked = json.load(sys.stdin)
    if asked["do"] == "answer":
        print(json.dumps([answer(q) for q in asked["questions"]]))
    elif asked["do"] == "changes":
        print(json.dumps(changes()))
    else:
        for zone, change in asked["changes"]:
            clock = Clock(zone, change // 60 - 4 * 1440, 9 * 1440)
            print(json.dumps([digest(clock, change, s) for s in asked["schedules"]]))


main()
