"""The contribution of self-employed members as an OpenFisca-Core model: what ``bulk.py`` races.

It is written the way the library's own users write: a parameter tree with scales and dated values,
variables with array formulas, whole arrays in and out. It needs ``openfisca-core`` and numpy; the
table is read from perisai's own parameter file, so that both price by the same numbers.
"""

from __future__ import annotations

import csv
import sys
import time
import tomllib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import numpy as np
from openfisca_core import entities, periods, simulation_builder, taxbenefitsystems, variables
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode

LAW = Path(__file__).parents[2] / "perisai_cli" / "rules" / "parameters"
MONTH = "2026-05"
SINCE = "2015-07-01"

Person = entities.Entity("person", "persons", "A member", "")


class Sector(Enum):
    other = "other"
    transport = "transport"


class Payer(Enum):
    self = "self"
    sponsor = "sponsor"
    apbn = "apbn"
    apbd_province = "apbd-province"
    apbd_regency = "apbd-regency"
    village = "village"
    dbhcht = "dbhcht"


def variable(name, kind, formula=None, **more):
    """Return a variable of a person and a month."""
    body = {"value_type": kind, "entity": Person, "definition_period": periods.MONTH, "label": name}
    if formula:
        body["formula"] = formula
    return type(name, (variables.Variable,), body | more)


def relieved(person, period, parameters):
    share = parameters(period).relief
    public = sum(
        person("payer", period) == payer
        for payer in (Payer.apbn, Payer.apbd_province, Payer.apbd_regency, Payer.dbhcht)
    )
    transport = person("sector", period) == Sector.transport
    waived = np.where(transport, share.transport, share.other)
    return np.where(public + person("owner", period) > 0, 0, waived)


def jkk(person, period, parameters):
    full = parameters(period).jkk.calc(person("income", period))
    return full * (1 - person("relieved", period))


def jkm(person, period, parameters):
    return parameters(period).jkm * (1 - person("relieved", period))


def jht(person, period, parameters):
    return parameters(period).jht.calc(person("income", period)) * person("saves", period)


def tier(person, period, parameters):
    return parameters(period).tier.calc(person("income", period))


def base(person, period, parameters):
    return parameters(period).base.calc(person("income", period))


def total(person, period, _parameters):
    return person("jkk", period) + person("jkm", period) + person("jht", period)


def member(person, period, _parameters):
    return person("total", period) * (person("payer", period) == Payer.self)


def sponsor(person, period, _parameters):
    return person("total", period) * (person("payer", period) == Payer.sponsor)


def government(person, period, _parameters):
    return person("total", period) - person("member", period) - person("sponsor", period)


def rows_of(program):
    text = (LAW / f"{program}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)["bpu_tiers"]["values"][0]["value"]


def scale(pairs):
    brackets = [{"threshold": {SINCE: low}, "amount": {SINCE: amount}} for low, amount in pairs]
    return {"metadata": {"type": "single_amount"}, "brackets": brackets}


def system():
    """Return the tax and benefit system."""
    made = taxbenefitsystems.TaxBenefitSystem([Person])
    table, savings = rows_of("jkk"), rows_of("jht")
    dated = {
        "jkk": scale((row[1], row[3]) for row in table),
        "jht": scale((row[1], row[3]) for row in savings),
        "base": scale((row[1], row[2]) for row in table),
        "tier": scale((row[1], row[0]) for row in table),
        "jkm": {"values": {SINCE: 6800}},
        "relief": {
            "transport": {"values": {SINCE: 0, "2026-01-01": 0.5, "2027-04-01": 0}},
            "other": {"values": {SINCE: 0, "2026-04-01": 0.5, "2027-01-01": 0}},
        },
    }
    made.parameters = ParameterNode("", data=dated)
    made.add_variables(
        variable("income", float),
        variable("saves", bool),
        variable("owner", bool),
        variable("sector", Enum, possible_values=Sector, default_value=Sector.other),
        variable("payer", Enum, possible_values=Payer, default_value=Payer.self),
        *(
            variable(each.__name__, float, each)
            for each in (relieved, jkk, jkm, jht, tier, base, total, member, sponsor, government)
        ),
    )
    return made


OUT = ("tier", "base", "total", "member", "sponsor", "government", "jkk", "jkm", "jht")


def by_arrays(made, columns):
    """Return a simulation whose inputs are whole arrays."""
    building = simulation_builder.SimulationBuilder()
    built = building.build_default_simulation(made, count=len(columns["id"]))
    payers = {each.value: each.index for each in Payer}
    sectors = {each.value: each.index for each in Sector}
    built.set_input("income", MONTH, np.array(columns["income"], dtype=np.float32))
    built.set_input(
        "saves", MONTH, np.array([each == "jkk,jkm,jht" for each in columns["program"]])
    )
    built.set_input("owner", MONTH, np.array([each == "true" for each in columns["owner"]]))
    built.set_input("sector", MONTH, np.array([sectors[each] for each in columns["sector"]]))
    built.set_input("payer", MONTH, np.array([payers[each] for each in columns["payer"]]))
    return built


def by_situation(made, columns):
    """Return a simulation made of one JSON situation."""
    persons = {
        name: {
            "income": {MONTH: float(income)},
            "saves": {MONTH: program == "jkk,jkm,jht"},
            "owner": {MONTH: owner == "true"},
            "sector": {MONTH: sector},
            "payer": {MONTH: payer.replace("-", "_")},
        }
        for name, income, program, owner, sector, payer in zip(
            *(columns[key] for key in ("id", "income", "program", "owner", "sector", "payer")),
            strict=True,
        )
    }
    return simulation_builder.SimulationBuilder().build_from_entities(made, {"persons": persons})


def one_by_one(made, columns):
    """Return the answers of a situation for each person, as the library's web API gives them."""
    answers = [[] for _ in OUT]
    for at in range(len(columns["id"])):
        built = by_situation(made, {name: column[at : at + 1] for name, column in columns.items()})
        for answer, name in zip(answers, OUT, strict=True):
            answer.append(int(built.calculate(name, MONTH)[0]))
    return answers


def convert(way, source, target):
    """Read a CSV, calculate, and write a CSV."""
    with Path(source).open(newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        columns = dict(zip(header, zip(*reader, strict=True), strict=True))
    begun = time.perf_counter()
    if way == "each":
        answers = one_by_one(system(), columns)
    else:
        built = (by_arrays if way == "array" else by_situation)(system(), columns)
        answers = [built.calculate(name, MONTH).astype(np.int64).tolist() for name in OUT]
    print(f"{way}: {time.perf_counter() - begun:.3f} s without start and files")
    with Path(target).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("id", *OUT))
        writer.writerows(zip(columns["id"], *answers, strict=True))


def rounding(count=100_000):
    """Print how many amounts of 5.7 % of a wage of 1 to 20 million differ from the exact ones."""
    wages = np.random.default_rng(1).integers(1_000_000, 20_000_000, count)
    made = system()
    made.parameters.add_child("rate", ParameterNode("", data={"jht": {"values": {SINCE: 0.057}}}))
    made.add_variable(
        variable("pu", float, lambda person, period, law: person("income", period) * law(period).rate.jht)
    )  # fmt: skip
    building = simulation_builder.SimulationBuilder()
    built = building.build_default_simulation(made, count=count)
    built.set_input("income", MONTH, wages.astype(np.float32))
    theirs = np.floor(built.calculate("pu", MONTH) + np.float32(0.5)).astype(np.int64)
    exact = [
        int((Decimal(int(wage)) * Decimal("0.057")).quantize(Decimal(1), ROUND_HALF_UP))
        for wage in wages
    ]
    off = int((theirs != np.array(exact)).sum())
    print(
        f"5,7 % of {count:,} wages: OpenFisca-Core's float32 is off in {off:,} ({off / count:.1%})"
    )


if __name__ == "__main__":
    if sys.argv[1] == "rounding":
        rounding()
    else:
        convert(*sys.argv[1:])
