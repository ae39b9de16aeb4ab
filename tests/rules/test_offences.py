"""What a force may write as an offence, and what it stands for."""

from datetime import date

import pytest
from conduct_rules import UnknownOffence, offence_table


@pytest.mark.parametrize(
    ("given", "class_", "word", "section"),
    [
        ("8L", "8L", "harassment", None),
        ("8q", "8Q", "stalking", None),
        ("008/66", "8Q", "stalking", "4A"),
        ("8/66", "8Q", "stalking", "4A"),
        ("195/12 Stalking", "8Q", "stalking", "2A"),
        ("Harassment", "8L", "harassment", "2"),
        ("PUTTING PEOPLE IN FEAR OF VIOLENCE", "8L", "harassment", "4"),
        ("008/31", "8L", "breach_of_order", None),
        ("8L - Breach of restraining order", "8L", "breach_of_order", None),
        ("Breach of non-molestation order", "66", "breach_of_order", None),
        ("66", "66", "breach_of_order", None),
        ("8R", "8R", "malicious_communications", None),
        ("Malicious communications", "8R", "malicious_communications", None),
        ("8M", "8M", "harassment", None),
        ("8U", "8U", "other", None),
        ("28E", "28E", None, None),
        ("058/01", "058/01", None, None),
        ("Burglary - dwelling", "", None, None),
        ("Public Order Act 1986 s4A racially aggravated", "", None, None),
    ],
)
def test_class_code_or_title(given: str, class_: str, word: str | None, section: str | None) -> None:
    found = offence_table().resolve(given)
    assert (found.class_, found.offence, found.section) == (class_, word, section)


@pytest.mark.parametrize("given", ["", "qwerty", "see log", "£££"])
def test_anything_else_is_unknown(given: str) -> None:
    with pytest.raises(UnknownOffence):
        offence_table().resolve(given)


def test_a_class_that_holds_breaches_too_is_read_from_the_code() -> None:
    table = offence_table()
    assert table.resolve("008/29").offence == "breach_of_order"
    assert table.resolve("008/74").class_ == "8Q"


def test_an_offence_exists_from_its_first_day_on() -> None:
    codes = offence_table().codes
    assert not codes["005/28"].exists_on(date(2024, 1, 30))
    assert codes["005/28"].exists_on(date(2024, 1, 31))
    assert not codes["008/74"].exists_on(date(2020, 1, 19))
