"""Makes python/undeb/synthetic_records.csv: survey records of people who do not exist.

Nothing in it is taken from any survey. Two years share strata and PSUs, as panels of areas do; rates differ between
sectors, regions and PSUs, so that a design has something to say; answers are missing at random. Run again, it writes
the same bytes: python docs/notebooks/synthetic_records.py
"""

import csv
import random
from pathlib import Path

OUT = Path(__file__).resolve().parents[2] / "python" / "undeb" / "synthetic_records.csv"
REGIONS = ["north", "east", "south", "west"]
INDUSTRIES = {"public": ["health", "education", "administration"], "private": ["manufacturing", "trade", "services"]}
INDUSTRIES["voluntary"] = ["health", "services"]
# Chance of being a member, by sector, and its change between the years.
DENSITY = {"public": 0.52, "private": 0.13, "voluntary": 0.27}
CHANGE = {"public": -0.02, "private": 0.03, "voluntary": 0.0}

draw = random.Random(20260101)


def people(year: int, stratum: int, psu: int, effect: float):
    region = REGIONS[stratum % 4]
    for _ in range(draw.randint(24, 35)):
        employee = draw.random() < 0.88
        sector = draw.choices(list(DENSITY), [0.27, 0.67, 0.06])[0]
        sex, age = draw.choice("fm"), min(74, max(16, round(draw.gauss(42, 13))))
        chance = DENSITY[sector] + (CHANGE[sector] if year == 2024 else 0.0) + effect + (age - 42) * 0.003
        chance += {"north": 0.05, "east": 0.0, "south": -0.03, "west": 0.01}[region]
        member = draw.random() < min(0.95, max(0.01, chance))
        covered = draw.random() < (0.86 if member else 0.48 if sector == "public" else 0.1)
        wage = round(draw.lognormvariate(2.75, 0.38) * (1.06 if member else 1.0) * (1.18 if year == 2024 else 1.0), 2)
        yes_or_no = ["" if not employee or draw.random() < share else int(is_so) for is_so, share in ((member, 0.02), (covered, 0.05))]
        yield {
            "year": year, "region": region, "sector": sector if employee else "",
            "industry": draw.choice(INDUSTRIES[sector]) if employee else "", "sex": sex, "age": age,
            "stratum": stratum + 1, "psu": psu + 1, "weight": round(draw.uniform(0.6, 1.5) * (1.4 if region == "south" else 1), 2),
            "employee": int(employee), "member": yes_or_no[0], "covered": yes_or_no[1], "wage": wage if employee else "",
        }


effects = {(h, i): draw.gauss(0, 0.05) for h in range(12) for i in range(4)}
rows = [row for year in (2019, 2024) for (h, i), effect in effects.items() for row in people(year, h, i, effect)]
with OUT.open("w", newline="", encoding="utf-8") as file:
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
