"""The labels are those of the annotation guide, spelled once."""

import re

import pytest
from conduct_nlp import vocabulary
from conduct_nlp.vocabulary import FIELDS, Field

from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "annotation-guide.md").read_text("utf-8")


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_every_field_and_value_stands_in_the_guide(field: Field) -> None:
    assert f"`{field.name}`" in GUIDE
    if field.kind != "count":
        for value in field.values:
            assert f"`{value}`" in GUIDE, value


def test_every_value_of_the_facts_table_has_a_name() -> None:
    table = GUIDE.split("### Facts for the rules")[1].split("### Spans")[0]
    named = {f.name for f in FIELDS} | {v for f in FIELDS for v in f.values} | {"facts", "labels", "null"}
    assert set(re.findall(r"`([a-z_A-Z]+)`", table)) <= named | {"hostility"}


def test_field_of_finds_list_values_and_flags() -> None:
    assert vocabulary.field_of("following") == "behaviours"
    assert vocabulary.field_of("hostility") == "hostility"
    with pytest.raises(LookupError, match="no label"):
        vocabulary.field_of("nonsense")
