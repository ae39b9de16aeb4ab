"""The floors of the corpus: how much of everything there must be for a reader to learn it and a test to see it."""

import json
import tomllib
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

from conduct_nlp.vocabulary import BY_NAME, FIELDS

from conduct_training.corpus import Narrative, given_origins

VALUE = 60
"""Narratives for every value of every label (facts for the rules are counted, not held to it)."""
SECTION_4 = 150
HOSTILITY = 150
MEANS = 80
CURRENT_PARTNERS = 150
CONTRAST_GROUPS = 300
"""Beside those of the origins given."""
INVARIANCE_GROUPS = 150
CASE_SUMMARIES = 240
ORDINARY = 400
POINTS = (
    "occasions", "who", "motive", "order", "fear", "effect", "means", "wanted", "content", "earlier", "negation",
    "hypothesis", "group",
)  # fmt: skip
"""What the edits of contrast groups turn: number of occasions, who did it, what it springs from, order in force or
breached, fear, effect, means, lawful or wanted contact, content, earlier case, and how it is said."""
OTHER_POINTS = ("hostility", "relationship", "other")
"""Further things that an edit may turn: no floor."""
POINT_GROUPS = 10
HARDER = 0.55
MALE_VICTIMS = 0.25
FEMALE_SUSPECTS = 0.20


def counted(texts: Sequence[Narrative], name: str) -> Counter[str]:
    """How often each value of a label or fact occurs, values that never occur included."""
    field = BY_NAME[name]
    found = Counter(dict.fromkeys(("True", "False") if field.kind == "flag" else field.values, 0))
    for n in texts:
        given = n.value(field)
        if field.kind == "many":
            found.update(given)
        elif field.kind == "count":
            found[str(min(int(given), 2))] += 1
        else:
            found[str(given)] += 1
    return found


def people(folder: Path) -> dict[str, tuple[str, str]]:
    """Narrative → (sex of the victim, sex of the suspect): "m", "f", or "x" where the text does not tell or there are
    both; read off the texts by hand (people.jsonl)."""
    rows = (json.loads(line) for line in (folder / "people.jsonl").read_text("utf-8").splitlines())
    return {row["id"]: (row["victim"], row["suspect"]) for row in rows}


def points(folder: Path) -> dict[str, list[str]]:
    """Contrast group → what its edits turn, the main thing first (contrast_points.toml, tagged by hand)."""
    found: dict[str, list[str]] = tomllib.loads((folder / "contrast_points.toml").read_text("utf-8"))
    return found


def share(values: Sequence[str], wanted: str) -> float:
    """Share of `wanted` among the values that are told."""
    told = [v for v in values if v != "x"]
    return told.count(wanted) / max(len(told), 1)


def below_floor(texts: Sequence[Narrative], folder: Path) -> Iterator[str]:
    """Every floor that the corpus is under, in plain words."""
    yield from _values(texts)
    yield from _kinds_of_text(texts, given_origins(folder))
    yield from _points({n.group: n for n in texts if n.group}, points(folder))
    yield from _people_and_difficulty(texts, people(folder))


def _values(texts: Sequence[Narrative]) -> Iterator[str]:
    for field in FIELDS:
        if field.fact:
            continue
        floor = MEANS if field.name == "online" else VALUE
        for value, n in counted(texts, field.name).items():
            if value != "None" and n < floor:
                yield f"{field.name}={value}: {n}, floor {floor}"


def _kinds_of_text(texts: Sequence[Narrative], given: Container[str]) -> Iterator[str]:
    groups = {n.group: n for n in texts if n.group}.values()
    contrast = sum(g.kind == "flip" and g.origin not in given for g in groups)
    for name, n, floor in (
        ("section 4", counted(texts, "section")["4"], SECTION_4),
        ("hostility", counted(texts, "hostility")["True"], HOSTILITY),
        ("current partners", counted(texts, "relationship")["current_intimate"], CURRENT_PARTNERS),
        ("contrast groups beside the given", contrast, CONTRAST_GROUPS),
        ("invariance groups", sum(g.kind != "flip" for g in groups), INVARIANCE_GROUPS),
        ("case summaries", sum(n.origin.startswith("case_summaries") for n in texts), CASE_SUMMARIES),
        ("ordinary crimes", sum(n.origin.startswith("ordinary_night") for n in texts), ORDINARY),
    ):
        if n < floor:
            yield f"{name}: {n}, floor {floor}"


def _points(groups: Mapping[str, Narrative], tagged: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if untagged := [name for name, n in groups.items() if n.kind == "flip" and name not in tagged]:
        yield f"contrast_points.toml: {len(untagged)} groups missing, the first {untagged[0]}"
    if unknown := {tag for tags in tagged.values() for tag in tags} - {*POINTS, *OTHER_POINTS}:
        yield f"contrast_points.toml: {sorted(unknown)} is no point"
    turned = Counter(tags[0] for name, tags in tagged.items() if name in groups)
    for point in POINTS:
        if turned[point] < POINT_GROUPS:
            yield f"contrast groups on {point}: {turned[point]}, floor {POINT_GROUPS}"


def _people_and_difficulty(texts: Sequence[Narrative], told: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    if missing := [n.id for n in texts if n.id not in told]:
        yield f"people.jsonl: {len(missing)} narratives missing, the first {missing[0]}"
    both = [told[n.id] for n in texts if n.id in told]
    for name, part, floor in (
        ("mixed or hard", sum(n.labels["difficulty"] != "plain" for n in texts) / max(len(texts), 1), HARDER),
        ("male victims", share([v for v, _ in both], "m"), MALE_VICTIMS),
        ("female suspects", share([s for _, s in both], "f"), FEMALE_SUSPECTS),
    ):
        if part < floor:
            yield f"{name}: {part:.0%}, floor {floor:.0%}"
