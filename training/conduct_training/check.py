"""Holds narratives to the annotation guide: values, consistency, verbatim quotes, and the floors of the corpus."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from conduct_nlp.heads import DECOY_HEADS
from conduct_nlp.vocabulary import BY_NAME, FIELDS, HOSTILE_TRAITS, NOT_CYBER, Offence

from conduct_training.corpus import DIFFICULTIES, SPANS, STYLES, WORDS, Narrative, UnusableCorpus, narratives
from conduct_training.dataset import version
from conduct_training.floors import below_floor

SECTIONS = {"stalking": ("2A", "4A"), "harassment": ("2", "4")}
DECOY_LABELS = (
    frozenset(v for f in FIELDS if f.kind == "many" for v in f.values)
    | frozenset(Offence)
    | {"course_of_conduct", "order", "hostility", "occasions"}
)


def _values(n: Narrative) -> Iterator[str]:
    for field in FIELDS:
        given = n.value(field)
        if field.kind == "flag" and not isinstance(given, bool):
            yield f"{field.name} must be true or false"
        elif field.kind == "many" and (bad := set(given) - set(field.values)):
            yield f"{field.name}: {sorted(bad)} not in the guide"
        elif field.kind == "choice" and given not in field.values and not (given is None and field.optional):
            yield f"{field.name}={given!r} not in the guide"
        elif field.kind == "count" and not (isinstance(given, int) and 0 <= given < 100):
            yield f"{field.name}={given!r} is no count"
    if n.labels.get("difficulty") not in DIFFICULTIES:
        yield "difficulty must be plain, mixed or hard"
    if n.style not in STYLES:
        yield f"style {n.style!r}"
    if not WORDS[0] <= len(n.text.split()) <= WORDS[1]:
        yield f"not {WORDS[0]} to {WORDS[1]} words"


def _consistency(n: Narrative) -> Iterator[str]:
    lab = n.labels
    offence, section, s4a = lab["offence"], lab["section"], set(lab["s4a"])
    if section not in SECTIONS.get(offence, (None,)):
        yield f"{offence} with section {section!r}"
    limb = "fear_of_violence" in s4a or {"serious_alarm_or_distress", "substantial_adverse_effect"} <= s4a
    if offence == "stalking" and (section == "4A") != limb:
        yield f"section {section} but s4a {sorted(s4a)}"
    if offence == "harassment" and (section == "4") != ("fear_of_violence" in s4a):
        yield f"section {section} but s4a {sorted(s4a)}"
    if offence in SECTIONS and not lab["course_of_conduct"]:
        yield f"{offence} without course_of_conduct"
    if offence in ("malicious_communications", "breach_of_order") and lab["course_of_conduct"]:
        yield f"{offence} with course_of_conduct"
    if lab["cyber_enabled"] != bool(set(lab["online"]) - NOT_CYBER):
        yield "cyber_enabled disagrees with online"
    if "voice_calls_only" in lab["online"] and len(lab["online"]) > 1:
        yield "voice_calls_only beside other means"
    if lab["order"] == "none" and (lab["breaches_since_order"] or offence == "breach_of_order"):
        yield "breaches, or a breach of order, without an order"
    if lab["hostility"] != bool(set(n.facts["hostility_to"]) & HOSTILE_TRAITS):
        yield "hostility disagrees with hostility_to"


def _quotes(n: Narrative) -> Iterator[str]:
    wanted = {v for name in ("behaviours", "fixation", "s4a", "online") for v in n.labels[name]}
    wanted |= {"course_of_conduct"} if n.labels["course_of_conduct"] else set()
    wanted |= {"order"} if n.labels["order"] != "none" else set()
    if wrong := wanted ^ set(n.evidence):
        yield f"evidence missing or superfluous: {sorted(wrong)}"
    lists = {name: n.spans.get(name, ()) for name in SPANS}
    if any(quote not in n.text for quote in n.quotes):
        yield "a quote is not verbatim"
    if wrong := set(n.spans) ^ {*SPANS, "decoys"}:
        yield f"spans missing or unknown: {sorted(wrong)}"
    for decoy in n.spans["decoys"]:
        if decoy["label"] not in DECOY_LABELS or decoy["why"] not in DECOY_HEADS:
            yield f"decoy {decoy['label']}/{decoy['why']} not in the guide"
    counted = len(lists["occasions"]) + len(lists["summarised"])
    if (
        n.labels["course_of_conduct"]
        and counted < 2
        and not n.labels["breaches_since_order"]
        and not n.facts["other_victims"]
    ):
        yield f"course of conduct with {counted} occasion quoted"
    if n.labels["offence"] in SECTIONS and "fear_of_violence" in n.labels["s4a"] and len(lists["fears"]) < 2:
        yield "fear_of_violence with fewer than two quotes in fears"


def faults(narrative: Narrative) -> list[str]:
    """What is wrong with one narrative, in plain words; quotes and text are never repeated."""
    try:
        return [*_values(narrative), *_consistency(narrative), *_quotes(narrative)]
    except (KeyError, TypeError) as fault:
        return [f"a field is missing or of the wrong kind: {fault}"]


def check_corpus(folder: Path, floors: bool = True) -> tuple[list[str], list[str]]:
    """(faults, summary lines) over all narratives of a corpus folder; with floors and version, which only ours has."""
    found: list[str] = []
    seen: dict[str, str] = {}
    ids: set[str] = set()
    texts = list(narratives(folder))
    for n in texts:
        key = re.sub(r"\W+", " ", n.text.lower())
        problems = faults(n)
        if key in seen or n.id in ids:
            problems.append(f"repeats the text or id of {seen.get(key, n.id)}")
        seen[key] = n.id
        ids.add(n.id)
        found += [f"{n.origin}: {n.id}: {problem}" for problem in problems]
    found += _groups(texts)
    if floors:
        found += [*below_floor(texts, folder), *_versioned(folder)]
    return found, [
        *_summary(texts),
        f"{len(texts)} narratives in {len({n.origin for n in texts})} origins, {len(found)} faults",
    ]


def _groups(texts: list[Narrative]) -> Iterator[str]:
    """Groups of one member, contrast groups that turn nothing, invariance groups that turn something."""
    groups: dict[str, list[Narrative]] = {}
    for n in texts:
        if n.group:
            groups.setdefault(n.group, []).append(n)
    for name, members in groups.items():
        distinct = {_read_alike(n) for n in members}
        if len(members) < 2:
            yield f"group {name} has one member"
        elif members[0].kind == "flip" and len(distinct) < 2:
            yield f"contrast group {name}: no member differs in any label or fact"
        elif members[0].kind != "flip" and len(distinct) > 1:
            yield f"invariance group {name}: members differ in a label or fact"


def _read_alike(n: Narrative) -> str:
    """Labels and facts in one fixed spelling."""
    given = {f.name: n.value(f) for f in FIELDS}
    return json.dumps({k: sorted(v) if isinstance(v, list) else v for k, v in given.items()}, sort_keys=True)


def _versioned(folder: Path) -> Iterator[str]:
    try:
        version(folder)
    except UnusableCorpus as fault:
        yield str(fault)


def _summary(texts: list[Narrative]) -> Iterator[str]:
    for name in ("offence", "section", "order", "relationship"):
        yield f"{name}: {dict(Counter(str(n.value(BY_NAME[name])) for n in texts).most_common())}"
    for field in FIELDS:
        if field.kind == "many":
            yield f"{field.name}: {dict(Counter(v for n in texts for v in n.value(field)).most_common())}"
