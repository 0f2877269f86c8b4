"""The live figures of the instructor's page: students by points, and difficulty and discrimination of the exercises."""

import numpy as np

from tlcourse.grading.reporting.item_analysis import POOR_DISCRIMINATION
from tlcourse.live_figures import LiveFigure
from tlcourse.plots.style import COLORS, INK, styled


def points_figure(report, shown):
    """A histogram of whole points: those of the unit, or those of an exercise.

    Parameters
    ----------
    report : tlcourse.grading.reporting.class_report.ClassReport
    shown : callable
        Makes a text of a student fit to be shown.

    Returns
    -------
    tlcourse.live_figures.LiveFigure
    """
    parts = [_part(report, None, "the unit", report.max_score, shown)]
    parts += [_part(report, item.name, report.title(item.name), item.max_score, shown) for item in report.exercises]
    counts = [len(students) for students in parts[0]["students"]]
    return LiveFigure(
        "class_points",
        {"parts": parts},
        lambda figure: _draw_points(counts, figure.add_subplot()),
        (7, 2.6),
        f"Bars: how many of {sum(counts)} students have how many of {report.max_score:g} points in the unit. The "
        "table of students has the numbers.",
    )


def exercises_figure(report, shown):
    """For each exercise its mean share of the points and its discrimination, and the mistakes that were found.

    Parameters
    ----------
    report : tlcourse.grading.reporting.class_report.ClassReport
    shown : callable
        Makes a text of a student fit to be shown.

    Returns
    -------
    tlcourse.live_figures.LiveFigure
    """
    rows = [_exercise(report, item, shown) for item in report.exercises]
    return LiveFigure(
        "class_exercises",
        {"exercises": rows, "limit": POOR_DISCRIMINATION},
        lambda figure: _draw_exercises(rows, figure),
        (7, 0.9 + 0.3 * len(rows)),
        "For each exercise, the mean share of its points and its discrimination, with 95% intervals. The table of "
        "exercises has the numbers.",
    )


def _part(report, exercise, title, maximum, shown):
    groups = [[shown(student) for student in students] for students in report.students_by_points(exercise)]
    return {"title": title, "total": f"{maximum:g}", "students": groups}


def _exercise(report, item, shown):
    return {
        "label": report.short_title(item.name).replace("Written answer", "written"),
        "title": report.title(item.name),
        "share": _estimate(item.share, item.share_interval),
        "discrimination": _estimate(item.discrimination, item.discrimination_interval),
        "verdict": item.verdict,
        "mistakes": [[shown(words), len(students)] for words, students in report.mistakes(item.name)],
    }


def _estimate(value, interval):
    """[value, [low, high]]; None without a value, and None in the place of an interval that cannot be computed."""
    if value is None:
        return None
    bounded = interval is not None and np.isfinite(interval).all()
    return [float(value), [float(bound) for bound in interval] if bounded else None]


@styled
def _draw_points(counts, axes):
    axes.bar(range(len(counts)), counts, color=COLORS["blue"])
    axes.set(xlabel="whole points", ylabel="students")
    axes.locator_params(integer=True)


@styled
def _draw_exercises(rows, figure):
    shares, links = figure.subplots(1, 2, sharey=True)
    for axes, name, color in ((shares, "share", "blue"), (links, "discrimination", "green")):
        for place, row in enumerate(rows):
            if row[name]:
                value, interval = row[name]
                axes.plot(interval or [value, value], [place, place], color=COLORS[color], linewidth=5, alpha=0.5)
                axes.plot(value, place, "o", color=COLORS[color])
    shares.set(yticks=range(len(rows)), yticklabels=[row["label"] for row in rows], xlim=(0, 1))
    shares.set(ylim=(len(rows) - 0.5, -0.5), xlabel="mean share of the points")
    links.axvline(POOR_DISCRIMINATION, color=INK, linestyle=":")
    links.set(xlim=(-1, 1), xlabel="discrimination")
