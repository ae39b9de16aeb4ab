"""A version stands from its first day until the next one starts."""

from datetime import date
from importlib.resources import files

import pytest
from conduct_rules import rulebook
from conduct_rules.rulebook import read_version


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2018, 4, 1), "2018-04-01"),
        (date(2020, 3, 31), "2018-04-01"),
        (date(2020, 4, 1), "2020-04-01"),
        (date(2023, 4, 30), "2020-04-01"),
        (date(2023, 5, 1), "2023-05-01"),
        (date(2026, 4, 1), "2026-04-01"),
        (date(2030, 1, 1), "2026-04-01"),
    ],
)
def test_the_day_of_recording_chooses_the_version(day: date, version: str) -> None:
    assert rulebook().on(day).name == version


def test_before_the_first_day_there_are_no_rules() -> None:
    with pytest.raises(LookupError, match="the first start on 2018-04-01"):
        rulebook().on(date(2018, 3, 31))


def test_an_unknown_key_is_refused_by_file_and_name() -> None:
    text = (files("conduct_rules") / "versions" / "2026-04-01.toml").read_text("utf-8")
    with pytest.raises(ValueError, match=r"2026-04-01\.toml \[parameters\].*speed"):
        read_version("2026-04-01.toml", text.replace("adult_age = 16", "adult_age = 16\nspeed = 3"))
    with pytest.raises(ValueError, match="named by its first day"):
        read_version("2026-04-02.toml", text)


def test_every_rule_says_its_test_source_and_mark() -> None:
    for version in rulebook().versions:
        for name, rule in version.rules.items():
            assert rule.test.endswith("."), name
            assert rule.citation, name
            assert rule.mark in ("V", "S", "M"), name
