"""Draws the quarter: what happened to each ring, and what its dashboard showed meanwhile."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import matplotlib.dates as mdates
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator, MultipleLocator
from PIL import Image

from demo.quarter.figures import Panel
from demo.quarter.patches import END, OUT_OF_BAND_AT, PATCH_TUESDAYS, START
from demo.quarter.record import Record
from patching_constructs.contracts.ring_health import RingHealth

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
"""Colours that colour-blind people can distinguish.

https://jfly.uni-koeln.de/color/
"""
_STYLES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
_INK, _QUIET, _EDGE, _GRID = "#1a1a1a", "#5f6368", "#b8bcc2", "#e3e5e8"
_BAND = "#f6c6bd"
_ALARM = "#B3261E"
_LANE, _ALARM_LINE, _PANEL, _REST = 0.4, 0.2, 1.35, 1.9
"""Heights of the parts. Unit: inches."""
_WIDTH = 13.0
_DOTS_PER_INCH = 110
_COLOURS_OF_FILE = 256
_WEEK_HOURS = 168
_ROOM_FOR_A_NAME = timedelta(days=10)


def draw(record: Record, path: Path) -> None:
    """Draw the quarter into a PNG file."""
    heights = [
        _LANE * (len(record.rings) + 0.5),
        _ALARM_LINE * (len(record.alarms) + 1),
        *(_PANEL for _ in record.panels),
    ]
    figure = Figure(figsize=(_WIDTH, sum(heights) + _REST), layout="constrained", facecolor="white")
    lanes, texts, *panels = figure.subplots(len(heights), sharex=True, height_ratios=heights)
    figure.suptitle(
        "A simulated quarter of patching: data of deployed windows, dashboards, alarms and ring records",
        fontsize=14,
        fontweight="bold",
        color=_INK,
    )
    labels = [ring.label for ring in record.rings]
    _draw_lanes(lanes, record)
    _write_alarms(texts, record)
    for axis, panel in zip(panels, record.panels, strict=True):
        _draw_panel(axis, panel, labels)
    for axis in (lanes, *panels):
        _mark_patch_days(axis)
    _label_patch_days(lanes)
    _dress_time(panels[-1])
    figure.legend(
        handles=_legend(labels),
        loc="outside lower center",
        ncols=5,
        frameon=False,
        fontsize=9.5,
        labelcolor=_INK,
    )
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=_DOTS_PER_INCH)
    # A palette makes the file a third as large.
    Image.open(drawn).convert("RGB").quantize(_COLOURS_OF_FILE).save(path, optimize=True)


def _draw_lanes(axis: Any, record: Record) -> None:
    """Draw a lane for each ring: its install runs, when it was not healthy, and when its alarms fired."""
    lanes = {ring.label: number for number, ring in enumerate(record.rings)}
    for label, lane in lanes.items():
        for start, end in record.unhealthy[label]:
            axis.barh(lane, end - start, left=start, height=0.7, color=_BAND, zorder=1)
        runs = record.runs[label]
        healthy = [run.started_at for run in runs if run.health is RingHealth.HEALTHY]
        others = [run.started_at for run in runs if run.health is not RingHealth.HEALTHY]
        axis.plot(healthy, [lane] * len(healthy), "o", color=_colour(lane), markersize=6, zorder=3)
        axis.plot(others, [lane] * len(others), "X", color=_ALARM, markersize=10, zorder=4)
        if not runs:
            axis.text(START, lane, "  no install run", **_NOTE)
    for number, fired in enumerate(record.alarms):
        lane = lanes[fired.ring]
        axis.plot([fired.at], [lane], "|", color=_INK, markersize=19, markeredgewidth=2, zorder=2)
        axis.annotate(str(number + 1), (fired.at, lane), xytext=_offset(record, number), zorder=6, **_NUMBER)
    axis.set_yticks(range(len(lanes)), list(lanes))
    axis.set_ylim(len(lanes) - 0.2, -0.75)
    _frame(axis, "Rings: install runs, alarms, and when a ring was not healthy")
    axis.tick_params(axis="y", length=0, labelsize=10, labelcolor=_INK)


def _offset(record: Record, number: int) -> tuple[float, float]:
    """Return the offset of an alarm's number from its moment: numbers of one moment are side by side."""
    fired = record.alarms[number]
    same = [each for each in record.alarms[:number] if (each.ring, each.at) == (fired.ring, fired.at)]
    return 10.0 + 14.0 * len(same), 0.0


def _write_alarms(axis: Any, record: Record) -> None:
    """Write the message of each alarm below the lanes."""
    axis.axis("off")
    for number, fired in enumerate(record.alarms):
        line = f"{number + 1}  {fired.at:%a %d %b %H:%M}  {fired.sentence}"
        axis.text(
            0,
            1 - (number + 0.5) / len(record.alarms),
            line,
            transform=axis.transAxes,
            va="center",
            fontsize=9,
            color=_INK,
        )


def _draw_panel(axis: Any, panel: Panel, labels: Sequence[str]) -> None:
    """Draw one metric of every ring, as steps from report to report."""
    values = [value for points in panel.lines.values() for _, value in points]
    highest = max(values, default=0)
    is_share = panel.title.endswith("%")
    for number, label in enumerate(labels):
        points = panel.lines.get(label, ())
        if not points:
            continue
        axis.step(
            [at for at, _ in points],
            [value for _, value in points],
            where="post",
            color=_colour(number),
            linestyle=_style(number),
            linewidth=1.9,
            zorder=3 + len(labels) - number,
        )
        at, value = min(reversed(points), key=_second) if is_share else max(points, key=_second)
        if (value < highest) if is_share else (value > highest / 3):
            is_late = at > END - _ROOM_FOR_A_NAME
            axis.annotate(
                label,
                (at, value),
                xytext=(-5 if is_late else 5, -9 if is_share else -3),
                ha="right" if is_late else "left",
                color=_colour(number),
                **_NAME,
            )
    axis.set_ylim(0, 1.12 * max(highest, 1))
    if is_share:
        axis.set_yticks([0, 50, 100])
    elif "hours" in panel.title and highest > _WEEK_HOURS:
        axis.yaxis.set_major_locator(MultipleLocator(_WEEK_HOURS))
    else:
        axis.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axis.set_ylabel(_unit(panel.title), fontsize=9)
    axis.grid(axis="y", color=_GRID, linewidth=0.8)
    _frame(axis, panel.title)


def _second(point: tuple[datetime, float]) -> float:
    return point[1]


def _frame(axis: Any, title: str) -> None:
    axis.set_title(title, loc="left", fontsize=10.5, fontweight="bold", color=_INK, pad=4)
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axis.spines[side].set_color(_EDGE)
    axis.tick_params(colors=_QUIET, labelsize=9)
    axis.yaxis.label.set_color(_QUIET)


def _unit(title: str) -> str:
    """Return the unit of a widget, which its title says."""
    if title.endswith("%"):
        return "% of nodes"
    if "hours" in title:
        return "hours\n(week: 168)"
    return "nodes" if title.startswith("Nodes") else "patches"


def _mark_patch_days(axis: Any) -> None:
    for day in (*PATCH_TUESDAYS, OUT_OF_BAND_AT):
        style = (0, (1, 2)) if day == OUT_OF_BAND_AT else (0, (4, 3))
        axis.axvline(day, color="#7a7f87", linestyle=style, linewidth=1, zorder=2)


def _label_patch_days(axis: Any) -> None:
    for day in (*PATCH_TUESDAYS, OUT_OF_BAND_AT):
        text = "out-of-band" if day == OUT_OF_BAND_AT else "Patch Tuesday"
        axis.annotate(
            text,
            (day, 0),
            xycoords=("data", "axes fraction"),
            xytext=(3, 2),
            textcoords="offset points",
            fontsize=8,
            color=_QUIET,
        )


def _dress_time(axis: Any) -> None:
    axis.set_xlim(START, END)
    axis.xaxis.set_major_locator(mdates.WeekdayLocator(mdates.MO))
    axis.xaxis.set_major_formatter(mdates.DateFormatter("%d %b"))
    axis.set_xlabel(f"{START:%Y}, every Monday, UTC", fontsize=9, color=_QUIET)


def _legend(labels: Sequence[str]) -> list[Any]:
    rings = [
        Line2D([], [], color=_colour(number), linestyle=_style(number), linewidth=2, label=label)
        for number, label in enumerate(labels)
    ]
    marks = [
        Line2D([], [], linestyle="", marker="o", color=_QUIET, label="install run, healthy"),
        Line2D([], [], linestyle="", marker="X", color=_ALARM, markersize=9, label="install run, unhealthy"),
        Line2D(
            [], [], linestyle="", marker="o", color=_INK, markersize=9, label="alarm that notifies people"
        ),
        Patch(color=_BAND, label="health alarm is not OK"),
    ]
    return [*rings, *marks]


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _style(number: int) -> Any:
    return _STYLES[number % len(_STYLES)]


_NUMBER: dict[str, Any] = {
    "textcoords": "offset points",
    "ha": "center",
    "va": "center",
    "fontsize": 8,
    "fontweight": "bold",
    "color": "white",
    "bbox": {"boxstyle": "circle,pad=0.2", "facecolor": _INK, "edgecolor": "white"},
}
_NAME: dict[str, Any] = {
    "textcoords": "offset points",
    "fontsize": 8.5,
    "fontweight": "bold",
    "path_effects": [withStroke(linewidth=3, foreground="white")],
    "zorder": 20,
}
_NOTE: dict[str, Any] = {"va": "center", "fontsize": 8.5, "color": _QUIET, "style": "italic"}
