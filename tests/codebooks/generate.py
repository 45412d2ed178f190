#!/usr/bin/env python3
"""Synthetic survey extracts for the tests of the codebooks, and the answers that they must give.

Every record is made up. The names of the variables, their codes, the routing of the questions, the codes for
unknown and not asked, and the rhythm of months are those of the surveys; the numbers say nothing about any country.

Each person is drawn as a truth first (in scope or not, member or not, covered or not, sector, region) and written
down in the codes of the survey afterwards. expected.json counts the truths, so it does not depend on a codebook.

    python3 tests/codebooks/generate.py

writes <codebook>.csv for each codebook and expected.json beside this file, always the same bytes.
"""

import csv
import json
import random
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
YES, NO, MISSING, NOT_ASKED = "yes", "no", "missing", "not_asked"
IN, OUT, UNKNOWN = "in", "out", "missing"
MEMBERS = {"public": 0.45, "voluntary": 0.25, "private": 0.12, None: 0.2}
CPS_MONTHS = {2023: range(1, 13), 2024: range(1, 13), 2025: [m for m in range(1, 13) if m != 10]}
STATES = {6: "CA", 12: "FL", 36: "NY", 48: "TX"}


def truth(rng, sector, region, scope=IN, unknown=0.06, not_asked=0.0, within=False):
    """What is so of one person; `within` makes every member covered, and asks only others about coverage."""
    member = rng.random() < MEMBERS[sector]
    covered = rng.random() < (0.7 if member else 0.12)
    answers = {"member": YES if member else NO, "covered": YES if covered or (within and member) else NO}
    for role in answers:
        # A member who counts as covered has no unanswered coverage question.
        if rng.random() < unknown and not (within and role == "covered" and answers["member"] == YES):
            answers[role] = MISSING
    if within and answers["member"] == MISSING:
        answers["covered"] = MISSING
    if rng.random() < not_asked:
        answers = dict.fromkeys(answers, NOT_ASKED)
    return {"scope": scope, "sector": sector, "region": region, **answers}


def uk_lfs(rng):
    """Labour Force Survey: households of up to three, all ages, October to December of three years."""
    regions = {1: "TLC", 2: "TLD", 8: "TLI", 11: "WLS", 12: "SCT", 13: "NIR"}
    codes = {YES: 1, NO: 2, MISSING: -8, NOT_ASKED: -9}
    for year in (2022, 2023, 2024):
        for household in range(150):
            code = rng.choice(list(regions))
            month = rng.choice((10, 11, 12))
            for person in range(rng.randint(1, 3)):
                stat = rng.choices((1, 2, 3, 4, -9, -8), (60, 8, 1, 1, 28, 2))[0]
                sector = rng.choices(("public", "private", None), (25, 70, 5))[0] if stat > 0 else None
                t = truth(rng, sector, regions[code], IN if stat == 1 else UNKNOWN if stat == -8 else OUT, 0.08, 0.1)
                if stat < 0:
                    t.update(member=NOT_ASKED, covered=NOT_ASKED)
                # Presence is put to people who are not members, so it says nothing about members.
                presence = codes[rng.choice((YES, NO, MISSING))] if t["member"] == NO else -9
                yield {
                    "CASENOP": f"{year}{household:04}{person}", "HSERIALP": year * 1000 + household,
                    "REFWKY": year, "REFWKM": month, "PWT22": round(rng.uniform(300, 900), 1),
                    "STATR": stat, "UNION": codes[t["member"]], "TUPRES": presence, "TUCOV": codes[t["covered"]],
                    "PUBLICR": {"private": 1, "public": 2, None: -8 if stat > 0 else -9}[sector], "GOVTOF2": code,
                    "INDS07M": rng.randint(1, 21) if stat > 0 else -9,
                }, t, year


def cps(rng):
    """Workers of the Current Population Survey before they are written in the codes of one file."""
    for year, months in CPS_MONTHS.items():
        for month in months:
            for household in range(20):
                state = rng.choice(list(STATES))
                rotation = rng.choice((4, 8, 4, 8, 4, 8, 1, 2, 3, 5, 6, 7))
                for person in range(rng.randint(1, 2)):
                    labour = rng.choices((1, 2, 3, 4, 5, 6, 7), (62, 5, 2, 3, 18, 4, 6))[0]
                    age = rng.randint(15, 85)
                    worker = labour <= 2
                    kind = rng.choices((1, 2, 3, 4, 5, 6, 7, 8, -1), (3, 6, 9, 60, 9, 4, 6, 1, 2))[0] if worker else -1
                    out = rotation not in (4, 8) or not worker or age < 16 or kind in (6, 7, 8)
                    scope = OUT if out else UNKNOWN if kind == -1 else IN
                    sector = {1: "public", 2: "public", 3: "public", 4: "private", 5: "voluntary"}.get(kind)
                    t = truth(rng, sector, STATES[state], scope, 0.04, within=True)
                    row = {
                        "year": year, "month": month, "household": household, "person": person, "rotation": rotation,
                        "state": state, "labour": labour, "age": age, "kind": kind,
                        "industry": rng.randint(1, 13) if worker else -1,
                        "weight": round(rng.uniform(5000, 15000), 4) if rotation in (4, 8) else 0.0,
                    }
                    yield row, t, year


def us_cps_org(rng):
    """The census files: coverage is asked of non-members only, and everybody else holds -1."""
    codes = {YES: 1, NO: 2, MISSING: -1}
    for r, t, year in cps(rng):
        asked = t["scope"] == IN
        unknown = rng.choice((-1, -2, -3))
        member = (unknown if t["member"] == MISSING else codes[t["member"]]) if asked else -1
        covered = (unknown if t["covered"] == MISSING else codes[t["covered"]]) if asked and member == 2 else -1
        yield {
            "HRHHID": f"{r['year']}{r['month']:02}{r['household']:07}", "HRHHID2": 11011, "PULINENO": r["person"] + 1,
            "HRYEAR4": r["year"], "HRMONTH": r["month"], "HRMIS": r["rotation"], "GESTFIPS": r["state"],
            "PRTAGE": r["age"], "PEMLR": r["labour"], "PEIO1COW": r["kind"], "PRMJIND1": r["industry"],
            "PEERNLAB": member, "PEERNCOV": covered, "PWORWGT": r["weight"],
        }, t, year


def ipums_cps(rng):
    """One variable for both questions: an unknown answer is unknown for both."""
    classes = {1: 25, 2: 27, 3: 28, 4: 22, 5: 23, 6: 14, 7: 13, 8: 29, -1: 99}
    for r, t, year in cps(rng):
        if MISSING in (t["member"], t["covered"]):
            t.update(member=MISSING, covered=MISSING)
        union = 0
        if t["scope"] == IN and t["member"] != MISSING:
            union = 2 if t["member"] == YES else 3 if t["covered"] == YES else 1
        employed = r["labour"] <= 2
        eligible = r["rotation"] in (4, 8) and employed and r["kind"] not in (6, 7, 8)
        yield {
            "YEAR": r["year"], "SERIAL": r["month"] * 1000 + r["household"], "MONTH": r["month"],
            "CPSID": f"{r['year']}{r['month']:02}{r['household']:08}", "PERNUM": r["person"] + 1,
            "STATEFIP": r["state"], "AGE": r["age"],
            "EMPSTAT": {1: 10, 2: 12, 3: 21, 4: 21, 5: 36, 6: 32, 7: 34}[r["labour"]],
            "CLASSWKR": classes[r["kind"]] if employed else 0, "ELIGORG": int(eligible), "UNION": union,
            "EARNWT": r["weight"] if eligible else 0.0,
        }, t, year


def epi_cps(rng):
    """Outgoing rotations at 16 and over; union is 0 as soon as membership or coverage is known."""
    codes = {YES: 1, NO: 0, MISSING: ""}
    for r, t, year in cps(rng):
        if r["rotation"] not in (4, 8) or r["age"] < 16:
            continue
        if t["member"] == NO and t["covered"] == MISSING:
            t["covered"] = NO
        asked = t["scope"] == IN
        uncov = codes[t["covered"]] if asked and t["member"] == NO else ""
        yield {
            "year": r["year"], "month": r["month"], "hhid": r["household"] + 1, "statefips": r["state"],
            "age": r["age"], "emp": int(r["labour"] <= 2), "cow1": r["kind"] if r["kind"] > 0 else "",
            "pubsec": int(r["kind"] <= 3) if r["kind"] > 0 else "", "mind03": r["industry"] if r["industry"] > 0 else "",
            "unmem": codes[t["member"]] if asked else "", "uncov": uncov, "union": codes[t["covered"]] if asked else "",
            "orgwgt": r["weight"],
        }, t, year


def eurostat_ses(rng):
    """Earnings survey: everybody in a local unit has the agreement of the unit; nobody is asked for membership."""
    unit = 0
    for location in ("AT1", "AT2", "AT3"):
        for branch in ("C-synthetic", "F-synthetic", "M-synthetic"):
            for size in ("E10_49", "E50_249"):
                for _ in range(rng.randint(2, 4)):
                    unit += 1
                    control = rng.choices(("A", "B", ""), (25, 70, 5))[0]
                    agreement = rng.choices(("A", "B", "C", "D", "E", "F", "N", ""), (5, 50, 5, 8, 3, 4, 20, 5))[0]
                    first = round(rng.uniform(2, 9), 3)
                    for _ in range(rng.randint(6, 14)):
                        second = round(rng.uniform(1, 4), 3)
                        covered = MISSING if not agreement else NO if agreement == "N" else YES
                        yield {
                            "year": 2006, "location": location, "NACE1": branch, "size": size, "economicFinanc": control,
                            "payAgreement": agreement, "IDunit": unit, "contract": rng.choice(("A", "A", "A", "B", "C")),
                            "weightsEmployers": first, "weightsEmployees": second, "weights": round(first * second, 4),
                        }, {
                            "scope": IN, "sector": {"A": "public", "B": "private", "": None}[control], "region": "AT",
                            "member": None, "covered": covered,
                        }, 2006


def ess(rng):
    """Two rounds in five countries; former members are no members."""
    countries = {"AT": "AT", "GR": "EL", "NO": "NO", "GB": "UK", "SE": "SE"}
    for essround, year in ((8, 2016), (9, 2018)):
        for country, region in countries.items():
            population = round(rng.uniform(0.2, 3), 3)
            for person in range(90):
                paid = rng.choices((1, 0, ""), (60, 38, 2))[0]
                relation = rng.choices((1, 2, 3, 6, 7, 8), (82, 11, 2, 3, 1, 1))[0]
                organisation = rng.choices((1, 2, 3, 4, 6, 88, ""), (8, 18, 6, 60, 3, 3, 2))[0]
                sector = {1: "public", 2: "public", 3: "public", 4: "private"}.get(organisation)
                scope = OUT if paid == 0 else UNKNOWN if paid == "" else {1: IN, 2: OUT, 3: OUT}.get(relation, UNKNOWN)
                t = truth(rng, sector, region, scope, 0.05)
                t["covered"] = None
                stratum = person % 6
                yield {
                    "essround": essround, "year": year, "idno": person + 1, "cntry": country,
                    "pspwght": round(rng.uniform(0.4, 2.2), 4), "anweight": round(rng.uniform(0.4, 2.2) * population, 4),
                    "stratum": stratum, "psu": rng.randint(1, 4), "pdwrk": paid, "emplrel": relation, "tporgwk": organisation,
                    "nacer2": rng.choice((1, 10, 25, 41, 47, 49, 56, 62, 64, 71, 84, 85, 86, 94, 888)),
                    "mbtru": {YES: (1,), NO: (2, 3, 3), MISSING: (7, 8, 9, "")}[t["member"]][rng.randrange(1 if t["member"] == YES else 3)],
                }, t, year


def gss(rng):
    """General Social Survey: a third is not asked by design and holds an empty cell."""
    codes = {YES: (1, 3), NO: (2, 4, 4, 4), MISSING: (8, 9), NOT_ASKED: ("",)}
    for year in (2016, 2018):
        for stratum in range(30):
            for psu in (1, 2):
                region = stratum % 9 + 1
                for _ in range(rng.randint(5, 11)):
                    stat = rng.choices((1, 2, 3, 4, 5, 6, 7, 8, ""), (48, 11, 2, 4, 18, 3, 10, 3, 1))[0]
                    own = rng.choices((2, 1, ""), (86, 11, 3))[0]
                    government = rng.choices((1, 2, ""), (20, 75, 5))[0]
                    working = stat in (1, 2, 3)
                    scope = UNKNOWN if stat == "" or (working and own == "") else IN if working and own == 2 else OUT
                    sector = {1: "public", 2: "private", "": None}[government]
                    t = truth(rng, sector, f"D{region}", scope, 0.02, 1 / 3)
                    t["covered"] = None
                    yield {
                        "year": year, "wrkstat": stat, "wrkslf": own, "wrkgovt": government, "union": rng.choice(codes[t["member"]]),
                        "region": region, "indus10": rng.choice((770, 570, 3570, 4970, 6070, 6870, 7380, 7860, 8190, 8680, 9470, "")),
                        "wtssall": round(rng.uniform(0.4, 2.4), 6), "vstrat": (year - 1984) * 100 + stratum, "vpsu": psu,
                    }, t, year


EXTRACTS = {
    "uk-lfs": (uk_lfs, "PWT22", None), "us-cps-org": (us_cps_org, "PWORWGT", "HRMONTH"), "ipums-cps": (ipums_cps, "EARNWT", "MONTH"),
    "epi-cps": (epi_cps, "orgwgt", "month"), "eurostat-ses": (eurostat_ses, "weights", None), "ess": (ess, "anweight", None),
    "gss": (gss, "wtssall", None),
}


def tally(records, weight, month):
    """Counts and weighted sums of the truths by year, region and sector, weights divided by the months of the year."""
    months = defaultdict(set)
    for row, _, year in records:
        months[year].add(row[month] if month else 0)
    years = defaultdict(lambda: {IN: 0, OUT: 0, MISSING: 0})
    cells = defaultdict(lambda: {"n": 0, "member": None, "covered": None})
    for row, t, year in records:
        years[year][t["scope"]] += 1
        if t["scope"] != IN:
            continue
        cell = cells[year, t["region"], t["sector"]]
        cell["n"] += 1
        for role in ("member", "covered"):
            answer = t[role]
            if answer is None:
                continue
            if cell[role] is None:
                cell[role] = {YES: 0, NO: 0, MISSING: 0, NOT_ASKED: 0, "weighted_yes": 0.0, "weighted_valid": 0.0}
            cell[role][answer] += 1
            if answer in (YES, NO):
                w = row[weight] / len(months[year])
                cell[role]["weighted_valid"] += w
                cell[role]["weighted_yes"] += w * (answer == YES)
    key = lambda k: (k[0], k[1] or "", k[2] or "")
    return {
        "years": [{"year": y, "months": len(months[y]), **years[y]} for y in sorted(years)],
        "cells": [{"year": y, "region": r, "sector": s, **cells[y, r, s]} for y, r, s in sorted(cells, key=key)],
    }


def main():
    expected = {"note": "Synthetic records; see generate.py. A null region or sector is one that is not known. n counts the records in scope."}
    for number, (name, (make, weight, month)) in enumerate(EXTRACTS.items()):
        records = list(make(random.Random(20250 + number)))
        with open(HERE / f"{name}.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, list(records[0][0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(row for row, _, _ in records)
        expected[name] = tally(records, weight, month)
    # One line for each cell, so that a change of the extracts can be read.
    text = json.dumps(expected).replace('{"year"', '\n{"year"').replace('}}, "', '}},\n"').replace('}]}, "', '}]},\n"')
    (HERE / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
