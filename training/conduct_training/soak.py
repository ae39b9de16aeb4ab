"""`make soak`: 100,000 rows against 10,000, killed at random three times; dated figures in docs/soak/."""

import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pyarrow.parquet as pq

from conduct_training.corpus import narratives
from conduct_training.export import export_row, write_export
from conduct_training.simulate import SimulationSettings, Simulator

CORPUS, SOAK = Path("training/corpus"), Path("docs/soak")
SMALL, LARGE, KILLS = 10_000, 100_000, 3


def export(path: Path, rows: int) -> Path:
    texts = list(narratives(CORPUS, ["train", "dev", "calibration"]))
    write_export(path, (export_row(s.record) for s in Simulator(texts, SimulationSettings(rows=rows, seed=11))))
    return path


def tree_memory(process: psutil.Process) -> int:
    """Bytes held by a process and its children together (proportional, so shared pages count once)."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def run(path: Path, out: Path, kill_after: float | None = None) -> tuple[int, float, int]:
    """(exit code, seconds, peak bytes) of one `conduct score`, killed after some seconds if asked."""
    started, peak = time.monotonic(), 0
    command = [sys.executable, "-m", "conduct_serve.cli", "score", str(path), "--out", str(out)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            if kill_after is not None and time.monotonic() - started > kill_after:
                for one in [*watched.children(recursive=True), watched]:
                    one.kill()
                break
            try:
                peak = max(peak, tree_memory(watched))
            except psutil.Error:
                break
            time.sleep(0.5)
        code = process.wait()
    return code, time.monotonic() - started, peak


def digest(runs: Path) -> str:
    """A hash over everything a run says, timings aside."""
    (folder,) = (p.parent for p in runs.glob("*/run.json"))
    found = hashlib.sha256((folder / "suggestions.csv").read_bytes())
    for table in ("scores", "findings"):
        for batch in pq.ParquetFile(folder / f"{table}.parquet").iter_batches():
            found.update(json.dumps(batch.to_pylist(), sort_keys=True).encode())
    return found.hexdigest()


def main() -> None:
    SOAK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        small, large = export(folder / "small.csv", SMALL), export(folder / "large.csv", LARGE)
        _, small_seconds, small_peak = run(small, folder / "small")
        _, large_seconds, large_peak = run(large, folder / "large")
        chance = random.Random(3)
        kills = [round(chance.uniform(0.05, 0.3) * large_seconds, 1) for _ in range(KILLS)]
        codes = [run(large, folder / "killed", after)[0] for after in kills]
        final, _, _ = run(large, folder / "killed")
        same = digest(folder / "killed") == digest(folder / "large")
    lines = [
        f"# Soak, {datetime.now(UTC):%Y-%m-%d}",
        "",
        "Printed by `make soak`.",
        "",
        "| rows | seconds | rows per second | peak memory, MB (all processes) |",
        "| --- | --- | --- | --- |",
        f"| {SMALL} | {small_seconds:.0f} | {SMALL / small_seconds:.0f} | {small_peak / 1e6:.0f} |",
        f"| {LARGE} | {large_seconds:.0f} | {LARGE / large_seconds:.0f} | {large_peak / 1e6:.0f} |",
        "",
        f"Peak ratio {large_peak / small_peak:.2f} (at most 1.2). Killed after {kills} s (exit codes {codes}), then run"
        f" to the end (exit code {final}): same content as the undisturbed run: {same}.",
    ]
    target = SOAK / f"{datetime.now(UTC):%Y-%m-%d}.md"
    target.write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))
    if not same or large_peak > 1.2 * small_peak:
        sys.exit(1)


if __name__ == "__main__":
    main()
