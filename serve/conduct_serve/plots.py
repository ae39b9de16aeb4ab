"""Plots of the report as inline SVG; every plot has a table beside it in the page."""

import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

BLUE, PALE = "#1d70b8", "#d2e2f1"
_STYLE = {"svg.hashsalt": "conduct", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10}
BINS = 10


def _svg(figure: Figure, title: str) -> str:
    out = io.StringIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(out, format="svg", bbox_inches="tight", metadata={"Date": None, "Title": title})
    text = out.getvalue()
    return text[text.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{title}"', 1)


def _axes(width: float, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height))
    axes = figure.subplots()
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def bars(rows: Sequence[tuple[str, int]], unit: str) -> str:
    """Horizontal bars with their counts written beside them; empty text where there is nothing to show."""
    if not any(count for _, count in rows):
        return ""
    figure, axes = _axes(6.4, 0.5 + 0.4 * len(rows))
    names = [name if len(name) < 60 else name[:57] + "…" for name, _ in rows]
    drawn = axes.barh(names, [count for _, count in rows], color=BLUE)
    axes.bar_label(drawn, padding=3)
    axes.invert_yaxis()
    axes.set_xlabel(unit)
    axes.margins(x=0.12)
    return _svg(figure, f"Bars by {unit}")


def binned(values: Sequence[float]) -> list[tuple[str, int]]:
    counts = Counter(min(int(v * BINS), BINS - 1) for v in values)
    return [(f"{i / BINS:.1f} to {(i + 1) / BINS:.1f}", counts[i]) for i in range(BINS)]


def confidence(values: Sequence[float]) -> str:
    if not values:
        return ""
    figure, axes = _axes(6.4, 2.6)
    axes.bar(range(BINS), [count for _, count in binned(values)], color=BLUE, width=0.9)
    axes.set_xticks(range(BINS), [f"{i / BINS:.1f}" for i in range(BINS)])
    axes.set_xlabel("confidence, from")
    axes.set_ylabel("suggestions")
    return _svg(figure, "Suggestions by confidence")


def flows(counts: Counter[tuple[str, str]]) -> str:
    """Recorded on the left, suggested on the right; a band as wide as the number of suggestions."""
    top = counts.most_common(12)
    if not top:
        return ""
    left, right = _stacked(top, 0), _stacked(top, 1)
    figure, axes = _axes(7.2, 1.2 + 0.45 * max(len(left), len(right)))
    axes.axis("off")
    axes.set_xlim(-0.75, 1.75)
    used: Counter[tuple[int, str]] = Counter()
    for (a, b), n in top:
        y0, y1 = left[a][0] + used[0, a], right[b][0] + used[1, b]
        used[0, a] += n
        used[1, b] += n
        _band(axes, y0, y1, n)
    for x, align, table in ((-0.03, "right", left), (1.03, "left", right)):
        for name, (start, size) in table.items():
            axes.text(x, start + size / 2, f"{name} ({size})", ha=align, va="center")
    lowest = max(start + size for table in (left, right) for start, size in table.values())
    axes.set_ylim(lowest, 0)
    return _svg(figure, "Recorded to suggested")


def _stacked(rows: Sequence[tuple[tuple[str, str], int]], side: int) -> dict[str, tuple[float, int]]:
    """Name → (start, size), one below the other with a gap."""
    sizes: Counter[str] = Counter()
    for names, n in rows:
        sizes[names[side]] += n
    gap, at = 0.08 * sum(sizes.values()) + 0.5, 0.0
    out = {}
    for name, size in sizes.items():
        out[name] = (at, size)
        at += size + gap
    return out


def _band(axes: Any, y0: float, y1: float, n: int) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    points = [(0, y0), (0.5, y0), (0.5, y1), (1, y1), (1, y1 + n), (0.5, y1 + n), (0.5, y0 + n), (0, y0 + n), (0, y0)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(points, codes), facecolor=PALE, edgecolor=BLUE, linewidth=0.6))
