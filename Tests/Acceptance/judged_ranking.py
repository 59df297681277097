#!/usr/bin/env python3
"""Precision at 10 of `search`, over judged_queries.tsv, decided by the raw columns of the provider files.

usage: judged_ranking.py --nearcare PATH --home DIR [--schedules CSV] [--min 0.8] [--verbose] NPPES-FILE…

A query's criterion was written before its results were seen; the columns say the same so that a script
can judge:

    who        person, organization or any: `Entity Type Code`
    primary    the codes that may be switched to primary; `*` ends a prefix
    zip3       the first digits of the practice location's postal code
    sex        `Provider Sex Code`
    surname    `Provider Last Name (Legal Name)`, or the first of its parts
    hours      `yes` where weekly hours must be on file; left out where the home has no schedules

A query's precision is the share of relevant ones among its first k results, where k is 10, or how many
relevant ones the files hold when those are fewer. Who is relevant and farther away than the search looks, or
under a code that the words are not understood as, so counts as missing; "of those listed" leaves them out.

Counted apart, by the codes that the words were understood as: neighbours out of order. Among those with an
open slot, and among those without one, nobody whose primary code is none of them may stand before somebody
whose is; nor, of persons, one with another of the codes before one with the first.
Exit 0 when the mean precision is at least --min and no neighbours are out of order.
"""
import argparse, csv, json, os, re, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
NOW = "2026-11-23T09:00:00-05:00"
csv.field_size_limit(1 << 24)


class Provider:
    def __init__(self, row):
        self.person = row["Entity Type Code"].split(".")[0] == "1"
        self.zip3 = row["Provider Business Practice Location Address Postal Code"].zfill(5)[:3]
        self.sex = row.get("Provider Sex Code") or row.get("Provider Gender Code") or ""
        self.surname = row["Provider Last Name (Legal Name)"].upper()
        codes = [(row[f"Healthcare Provider Taxonomy Code_{n}"].strip(),
                  row[f"Healthcare Provider Primary Taxonomy Switch_{n}"]) for n in range(1, 16)]
        listed = [code for code, _ in codes if code]
        self.primary = next((code for code, switch in codes if switch == "Y" and code),
                            listed[0] if listed else "")
        month, day, year = (row["Last Update Date"] or "01/01/1900").split("/")
        self.updated = (year, month, day)


def load(paths):
    providers = {}
    for path in paths:
        with open(path, newline="", encoding="utf-8", errors="replace") as rows:
            for row in csv.DictReader(rows):
                try:
                    provider, npi = Provider(row), row["NPI"].split(".")[0]
                except (KeyError, ValueError, AttributeError, TypeError):
                    continue  # a damaged row
                if npi not in providers or providers[npi].updated <= provider.updated:
                    providers[npi] = provider
    return providers


class Judgement:
    def __init__(self, row, with_hours):
        self.query, self.row, self.with_hours = row["query"], row, with_hours
        self.primary = row["primary"].split()

    @staticmethod
    def among(code, patterns):
        return any(code.startswith(p[:-1]) if p.endswith("*") else code == p for p in patterns)

    def practises(self, provider):
        return self.among(provider.primary, self.primary)

    def relevant(self, npi, provider):
        row = self.row
        if row["who"] != "any" and provider.person != (row["who"] == "person"):
            return False
        surname = re.split(r"[ -]", provider.surname)[0]
        return (self.practises(provider)
                and provider.zip3 in row["zip3"].split()
                and row["sex"] in ("", provider.sex)
                and row["surname"] in ("", surname, provider.surname)
                and (not row["hours"] or npi in self.with_hours))


def out_of_order(reply, providers, by_name):
    asked = [specialty["code"] for specialty in reply["query"]["specialties"]]
    faults = 0
    for bookable in (True, False):
        group = [providers[r["npi"]] for r in reply["results"] if bool(r["slots"]) == bookable]
        for first, second in zip(group, group[1:]) if asked else ():
            faults += first.primary not in asked and second.primary in asked
            faults += (not by_name and first.person and second.person and first.primary in asked[1:]
                       and second.primary == asked[0])
    return faults


def search(nearcare, home, query):
    run = subprocess.run(
        [nearcare, "search", query, "--home", home, "--json", "--limit", "1000", "--slots", "1",
         "--budget-ms", "60000"],
        capture_output=True, text=True, timeout=120, env=dict(os.environ, NEARCARE_NOW=NOW))
    if run.returncode not in (0, 1):
        sys.exit(f"nearcare search {query!r} exited {run.returncode}: {run.stderr}")
    return json.loads(run.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nearcare", required=True)
    parser.add_argument("--home", required=True)
    parser.add_argument("--schedules")
    parser.add_argument("--min", type=float, default=0)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("nppes", nargs="+")
    options = parser.parse_args()
    providers = load(options.nppes)
    with_hours = set()
    if options.schedules:
        with open(options.schedules, newline="") as rows:
            with_hours = {row["npi"] for row in csv.DictReader(rows)}
    with open(os.path.join(HERE, "judged_queries.tsv"), newline="") as rows:
        judgements = [Judgement(row, with_hours) for row in csv.DictReader(rows, delimiter="\t")
                      if with_hours or not row["hours"]]
    precisions, of_listed, all_faults = [], [], 0
    for judgement in judgements:
        existing = sum(judgement.relevant(*item) for item in providers.items())
        if not existing:
            sys.exit(f"{judgement.query}: the files hold nobody who is relevant")
        reply = search(options.nearcare, options.home, judgement.query)
        relevant = [judgement.relevant(r["npi"], providers[r["npi"]]) for r in reply["results"]]
        k, listed = min(10, existing), min(10, sum(relevant))
        hits = sum(relevant[:k])
        faults = out_of_order(reply, providers, bool(judgement.row["surname"]))
        precisions.append(hits / k)
        of_listed.append(sum(relevant[:listed]) / listed if listed else 0)
        all_faults += faults
        if options.verbose or hits < k or faults:
            print(f"  {hits}/{k}, {sum(relevant)} of {existing} listed, {faults} out of order:"
                  f" {judgement.query}")
    mean = sum(precisions) / len(precisions)
    print(f"judged: {len(judgements)} queries, precision at 10 {mean:.3f} "
          f"({sum(of_listed) / len(of_listed):.3f} of those listed), "
          f"{precisions.count(1)} without a miss, {all_faults} neighbours out of order")
    sys.exit(1 if mean < options.min or all_faults else 0)


main()
