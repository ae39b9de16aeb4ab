"""A force's settings (`--settings force.toml`): flags, and nothing that changes the law."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from conduct_rules import RuleSettings

from conduct_serve.problems import UnusableInput

FLAGS = ("sms", "calls")
ALLOWED = ("suggest", "ask", "off")


def rule_settings(released: Mapping[str, Any], path: Path | None) -> RuleSettings:
    """Thresholds of the released model, with the force's own choices; raises `UnusableInput` naming file and key."""
    settings = RuleSettings(
        least_confidence=released.get("least_confidence", {}),
        guaranteed_from=released.get("guaranteed_from", {}),
        estimated=frozenset(released.get("estimated", ())),
        confidence=released.get("confidence", {}),
    )
    return settings if path is None else replace(settings, **_flags(path))


def _flags(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as missing:
        raise UnusableInput(f"{path}: no such file") from missing
    except OSError as fault:
        raise UnusableInput(f"{path}: cannot be read: {fault.strerror}") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise UnusableInput(f"{path}: not readable as TOML: {fault}") from fault
    if unknown := sorted(set(table) - {"flags"}):
        raise UnusableInput(f"{path}: unknown tables {', '.join(unknown)}; allowed: flags")
    flags = table.get("flags", {})
    if not isinstance(flags, dict):
        raise UnusableInput(f"{path}: flags must be a table: [flags]")
    for key, value in flags.items():
        if key not in FLAGS or value not in ALLOWED:
            raise UnusableInput(
                f"{path}: [flags] {key} = {value!r}; keys: {', '.join(FLAGS)}; values: {', '.join(ALLOWED)}"
            )
    if flags.get("calls") == "suggest":
        raise UnusableInput(f"{path}: [flags] calls is at most 'ask': no text of the rules settles telephone calls")
    return dict(flags)
