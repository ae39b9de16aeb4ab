"""The command line: schemas, rules, the newest run, and missing extras."""

import json
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import typer
from conduct_serve import cli
from conduct_serve.schema import TABLES, json_schema
from typer.testing import CliRunner

RUNNER = CliRunner()


def test_schema_prints_every_output() -> None:
    done = RUNNER.invoke(cli.build(), ["schema"])
    assert json.loads(done.stdout) == {name: json_schema(name) for name in TABLES}


def test_schema_holds_on_the_contract_s_values() -> None:
    suggestions = json_schema("suggestions")["properties"]
    kinds = suggestions["kind"]["anyOf"][0]["enum"]
    assert "record_additionally" in kinds
    assert suggestions["standing"]["anyOf"][0]["enum"] == ["suggest", "ask"]
    assert suggestions["evidence"]["anyOf"][0]["items"]["properties"]["stance"]["enum"] == ["for", "against"]


def test_rules_list_and_diff() -> None:
    assert "2023-05-01" in RUNNER.invoke(cli.build(), ["rules", "list"]).stdout
    note = RUNNER.invoke(cli.build(), ["rules", "diff", "2020-04-01", "2023-05-01"]).stdout
    assert '-message = "unsettled"' in note
    assert '+message = "replaced"' in note


def test_a_command_whose_extra_is_missing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EntryPoint("train", "conduct_training.no_such_module:train", "conduct.commands")
    monkeypatch.setattr(
        cli, "entry_points", lambda group: [broken, EntryPoint("schema", "conduct_serve.commands:schema", group)]
    )
    done = RUNNER.invoke(cli.build(), ["train", "--smoke", "true"])
    assert done.exit_code == 2
    assert "pip install 'conduct[training]'" in done.output


def test_unknown_names_are_answered_with_the_known_ones(tmp_path: Path) -> None:
    for arguments, said in ((["schema", "nonsense"], "there are scores"), (["show", str(tmp_path)], "no finished run"),
                            (["rules", "diff", "1999-01-01", "2023-05-01"], "no such rules version")):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "conduct_serve.cli", *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def test_every_command_has_help() -> None:
    group = typer.main.get_command(cli.build())
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert command.help, name
