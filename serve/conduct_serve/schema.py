"""The columns of every output, in one place: Parquet schemas and the allowed values of the contract."""

from typing import Any

import pyarrow as pa
from conduct_nlp.vocabulary import FIELDS, Offence, Qualifier, Stance, Witness
from conduct_rules.suggestion import Kind, Promise, Prompt, Standing

CONTRACT_VERSION = "1"
STATUSES = ("scored", "uncertain", "out_of_scope")
S2A3_ACTS = (
    "following",
    "contacting",
    "publishing",
    "monitoring",
    "loitering",
    "interfering_with_property",
    "watching_or_spying",
)

_TEXT, _FLOAT, _BOOL, _INT = pa.string(), pa.float64(), pa.bool_(), pa.int64()
_LIST = pa.list_(pa.string())
_PROMPTS = pa.list_(pa.struct([("prompt", _TEXT), ("text", _TEXT), ("source", _TEXT)]))
_EVIDENCE = pa.list_(
    pa.struct(
        [("label", _TEXT), ("quote", _TEXT), ("start", _INT), ("end", _INT), ("stance", _TEXT), ("qualifier", _TEXT)]
    )
)

SCORES = pa.schema(
    [
        ("crime_ref", _TEXT),
        ("narrative_sha256", _TEXT),
        ("status", _TEXT),
        ("reason", _TEXT),
        ("offence", _TEXT),
        ("offence_confidence", _FLOAT),
        *((f"p_{o}", _FLOAT) for o in Offence),
        ("section", _TEXT),
        ("section_confidence", _FLOAT),
        ("offence_derived", _TEXT),
        ("course_of_conduct", _BOOL),
        ("behaviours", _LIST),
        ("fixation", _LIST),
        ("s4a", _LIST),
        ("online", _LIST),
        ("s2a3_acts", _LIST),
        ("cyber_enabled", _BOOL),
        ("cyber_confidence", _FLOAT),
        ("relationship", _TEXT),
        ("order", _TEXT),
        ("breaches_since_order", _INT),
        ("hostility", _BOOL),
        ("hostility_to", _LIST),
        ("gravest_threat", _TEXT),
        ("threat_by_message", _BOOL),
        ("message_kind", _LIST),
        ("means_detail", _LIST),
        ("order_detail", _TEXT),
        ("coercive_control", _BOOL),
        ("suspect_known", _TEXT),
        ("other_victims", _INT),
        ("earlier_case_closed_by", _TEXT),
        ("unsafe_advice", _BOOL),
        ("prompts", _PROMPTS),
        ("recorded_offence", _TEXT),
        ("record_type", _TEXT),
        ("model_version", _TEXT),
        ("rules_version", _TEXT),
    ]
)
FINDINGS = pa.schema(
    [
        ("crime_ref", _TEXT),
        ("label", _TEXT),
        ("probability", _FLOAT),
        ("asserted", _BOOL),
        ("quote", _TEXT),
        ("start", _INT),
        ("end", _INT),
        ("stance", _TEXT),
        ("qualifier", _TEXT),
        ("witness", _TEXT),
    ]
)
SUGGESTIONS = pa.schema(
    [
        ("suggestion_id", _TEXT),
        ("crime_ref", _TEXT),
        ("kind", _TEXT),
        ("recorded", _TEXT),
        ("suggested", _TEXT),
        ("recorded_code", _TEXT),
        ("suggested_code", _TEXT),
        ("suggested_codes", _LIST),
        ("suggested_class", _TEXT),
        ("suggested_section", _TEXT),
        ("victim", _INT),
        ("standing", _TEXT),
        ("promise", _TEXT),
        ("confidence", _FLOAT),
        ("priority", _INT),
        ("tonight", _BOOL),
        ("rule", _TEXT),
        ("rationale", _TEXT),
        ("prompts", _PROMPTS),
        ("not_found", _LIST),
        ("evidence", _EVIDENCE),
    ]
)
QUARANTINE = pa.schema([("line", _INT), ("crime_ref", _TEXT), ("reason", _TEXT)])


def _fields() -> dict[str, tuple[str, ...]]:
    return {f.name: f.values for f in FIELDS if f.values and f.kind != "count"}


VALUES: dict[str, dict[str, tuple[str, ...]]] = {
    "scores": {
        **_fields(),
        "status": STATUSES,
        "s2a3_acts": S2A3_ACTS,
        "offence_derived": tuple(Offence),
        "record_type": ("crime", "incident", "no_crime"),
    },
    "findings": {"stance": tuple(Stance), "qualifier": tuple(Qualifier), "witness": tuple(Witness)},
    "suggestions": {
        "kind": tuple(Kind),
        "standing": tuple(Standing),
        "promise": tuple(Promise),
        "suggested_section": ("2", "2A", "4", "4A"),
        "prompt": tuple(Prompt),
        "stance": tuple(Stance),
        "qualifier": tuple(Qualifier),
    },
    "quarantine": {},
}
"""Output → column (or member of a list's structs) → allowed values."""

TABLES = {"scores": SCORES, "findings": FINDINGS, "suggestions": SUGGESTIONS, "quarantine": QUARANTINE}
_NAMES = {"string": "string", "double": "number", "bool": "boolean", "int64": "integer"}


def _json_type(kind: pa.DataType, name: str, values: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    if pa.types.is_list(kind):
        return {"type": "array", "items": _json_type(kind.value_type, name, values)}
    if pa.types.is_struct(kind):
        members = {f.name: _json_type(f.type, f.name, values) for f in kind}
        return {"type": "object", "properties": members, "required": list(members), "additionalProperties": False}
    out: dict[str, Any] = {"type": _NAMES[str(kind)]}
    return out | {"enum": [str(v) for v in values[name]]} if name in values else out


def json_schema(table: str) -> dict[str, Any]:
    """The JSON schema (2020-12) of one row of an output; every column may also be null where the contract says so."""
    columns = {f.name: _json_type(f.type, f.name, VALUES[table]) for f in TABLES[table]}
    nullable = {c: {"anyOf": [t, {"type": "null"}]} for c, t in columns.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"conduct {table}, contract {CONTRACT_VERSION}",
        "type": "object",
        "properties": nullable,
        "required": list(columns),
        "additionalProperties": False,
    }
