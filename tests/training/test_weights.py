"""Weights whose bytes are not the pinned ones are refused, by name."""

from pathlib import Path

import pytest
from conduct_serve.problems import UnusableInput
from conduct_training.weights import FILES, mpnet


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_bytes(b"not the weights")
    with pytest.raises(UnusableInput, match=r"model\.safetensors: SHA-256 \w+ is not the pinned 78c0197b"):
        mpnet(tmp_path)
