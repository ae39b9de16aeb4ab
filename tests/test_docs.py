"""Commands named in the docs exist, links lead somewhere, and the figures are those of the released model."""

import re
from pathlib import Path

import pytest
from conduct_serve.cli import build
from typer.main import get_command

from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "models" / "linear" / "card.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        if "/" in target or "." in target:
            assert (page.parent / target).exists(), target


def test_every_command_named_exists() -> None:
    known = set(get_command(build()).commands)  # type: ignore[attr-defined]
    for page in PAGES[:1] + [ROOT / "docs" / f"{n}.md" for n in ("operations", "registrars", "data-science", "audit")]:
        for name in re.findall(r"`?conduct ([a-z]+)", " ".join(re.findall(r"`[^`]+`", page.read_text("utf-8")))):
            assert name in known, f"{page.name}: conduct {name}"


def test_every_word_after_conduct_corpus_is_a_command() -> None:
    known = set(get_command(build()).commands["corpus"].commands)  # type: ignore[attr-defined]
    for page in [*PAGES, ROOT / "training" / "corpus" / "README.md"]:
        for name in re.findall(r"conduct corpus ([a-z]+)", page.read_text("utf-8")):
            assert name in known, f"{page.name}: conduct corpus {name}"


def test_every_make_task_named_exists() -> None:
    tasks = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    for page in PAGES:
        assert set(re.findall(r"`make ([a-z]+)`", page.read_text("utf-8"))) <= tasks, page.name


def test_the_card_is_of_the_released_model() -> None:
    from conduct_serve.model import model_folder, open_reader

    card = (ROOT / "models" / "linear" / "card.md").read_text("utf-8")
    assert open_reader(model_folder(None)).version in card


def test_ci_calls_the_test_command_of_the_readme() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert "make test" in (ROOT / "README.md").read_text("utf-8")
