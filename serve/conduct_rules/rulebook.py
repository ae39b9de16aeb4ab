"""Rules versions by first day in force. The day of *recording* chooses the version (docs/recording-rules.md)."""

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


class SecondCrime(StrEnum):
    """What becomes of the lesser crime beside a conduct crime."""

    KEPT = "kept"
    REPLACED = "replaced"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class RuleText:
    """The wording of a rule: its legal test in one sentence, where it is written, and how well it is verified."""

    test: str
    citation: str
    mark: str


@dataclass(frozen=True, slots=True)
class Version:
    start: date
    title: str
    message: SecondCrime
    breach_same_kind: SecondCrime
    breach_distinct: SecondCrime
    other_crime: SecondCrime
    former_partner_presumption: bool
    adult_age: int
    threat_beside_conduct: bool
    stalking_protection_orders_from: date
    communications_act_from: date
    coercion_apart_from: date
    rules: Mapping[str, RuleText]

    @property
    def name(self) -> str:
        return self.start.isoformat()


class Rulebook:
    def __init__(self, versions: Iterable[Version]) -> None:
        self.versions = sorted(versions, key=lambda version: version.start)
        if not self.versions:
            raise ValueError("a rulebook needs at least one version")

    @property
    def first_day(self) -> date:
        return self.versions[0].start

    def on(self, recorded_on: date) -> Version:
        """The version in force on the day of recording; raises `LookupError` before the first."""
        at = bisect_right(self.versions, recorded_on, key=lambda version: version.start)
        if at == 0:
            raise LookupError(f"no rules in force on {recorded_on}; the first start on {self.first_day}")
        return self.versions[at - 1]


def _checked(where: str, given: Mapping[str, Any], allowed: set[str]) -> Mapping[str, Any]:
    if wrong := set(given) ^ allowed:
        raise ValueError(f"{where}: keys {sorted(wrong)} are unknown or missing; the keys are {sorted(allowed)}")
    return given


def read_version(name: str, text: str) -> Version:
    """One versions file; raises `ValueError` naming the file and key where it is not as it should be."""
    data = _checked(name, tomllib.loads(text), {"start", "title", "second_crime", "parameters", "rules"})
    second = _checked(
        f"{name} [second_crime]",
        data["second_crime"],
        {"message", "breach_same_kind", "breach_distinct", "other_crime"},
    )
    parameters = _checked(
        f"{name} [parameters]",
        data["parameters"],
        {
            "former_partner_presumption",
            "adult_age",
            "threat_beside_conduct",
            "stalking_protection_orders_from",
            "communications_act_from",
            "coercion_apart_from",
        },
    )
    if name != f"{data['start'].isoformat()}.toml":
        raise ValueError(f"{name}: start is {data['start']}; a version is named by its first day")
    rules = {
        rule: RuleText(**_checked(f"{name} [rules.{rule}]", text, {"test", "citation", "mark"}))
        for rule, text in data["rules"].items()
    }
    return Version(
        start=data["start"],
        title=data["title"],
        message=SecondCrime(second["message"]),
        breach_same_kind=SecondCrime(second["breach_same_kind"]),
        breach_distinct=SecondCrime(second["breach_distinct"]),
        other_crime=SecondCrime(second["other_crime"]),
        **parameters,
        rules=MappingProxyType(rules),
    )


@cache
def rulebook() -> Rulebook:
    folder = files("conduct_rules") / "versions"
    return Rulebook(
        read_version(path.name, path.read_text("utf-8")) for path in folder.iterdir() if path.name.endswith(".toml")
    )
