"""The results of `tlcourse bench` and of the trial at scale, as lines and as the tables of docs/speed.md."""

from tlcourse.building.unit_sources import unit_names
from tlcourse.data import results

CLASS_SIZE_COLUMNS = (
    *("gradebook", "submissions", "processor time per submission, first tenth", "last tenth"),
    *("start without new work", "formgrader lists the class", "report and exports", "size of the gradebook"),
    "lost or wrong marks",
)
GRADEBOOKS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def grading_costs(root):
    """What grading took for each submission, and the rule for a larger class, as Markdown."""
    graded = results("bench", root)["grading"]
    each = graded["seconds_per_submission"] * graded["workers"]
    return (
        f"Measured on {graded['submissions']} submissions with {graded['workers']} workers: a submission takes "
        f"{graded['seconds_per_submission']:.2f} s, or {each:.2f} s of one processor. "
        f"{graded['writing_seconds_per_submission']:.2f} s of that are spent in the single process that writes to the "
        f"gradebook. Stock nbgrader takes {graded['stock_seconds_per_submission']:.1f} s for a submission. For your "
        f"class, multiply the number of submissions by {each:.2f} s and divide by the number of processors."
    )


def class_sizes(root):
    """What classes of different sizes took when recorded results were replayed, as Markdown."""
    recorded = results("scale", root)
    lines = [
        f"| {' | '.join(CLASS_SIZE_COLUMNS)} |",
        f"|{'---|' * len(CLASS_SIZE_COLUMNS)}",
    ]
    for kind, name in GRADEBOOKS.items():
        lines += [_class_size(name, trial) for trial in recorded.get(kind, {}).values()]
    return "\n".join(lines)


def _class_size(gradebook, trial):
    """A line of `class_sizes`."""
    first, *_, last = trial["processor_seconds_per_submission"]
    faults = len({*trial["lost"], *trial["wrong"], *trial["not_graded"]})
    numbers = [f"{trial[name]:.1f} s" for name in ("unchanged_seconds", "formgrader_seconds", "report_seconds")]
    cells = [gradebook, f"{trial['students']:,}", f"{first:.2f} s", f"{last:.2f} s", *numbers]
    cells += [f"{trial['gradebook_megabytes']:,.0f} MB", f"{faults:,}"]
    return f"| {' | '.join(cells)} |"


def table(root):
    """The results of `make bench`, as Markdown."""
    bench = results("bench", root)
    cached, extraction, graded = (bench[name] for name in ("cached_features", "feature_extraction", "grading"))
    norm, baseline = bench["fused_batch_norm"]["ratio"], bench["five_minutes"]
    rows = {
        "features cached once, compared with a frozen base in every epoch": f"{cached['ratio']:.1f} times faster",
        "feature extraction, share of the machine's matrix-multiply rate": f"{extraction['share']:.0%}",
        "training with batch norm in one kernel, compared with Keras's own": f"{norm:.1f} times faster",
        f"65 people from scratch, {baseline['seconds']:.0f} s of training": (
            f"accuracy {baseline['baseline']:.1%}; error {baseline['error_ratio']:.1f} times that with the teacher"
        ),
        "grading 30 submissions, compared with stock nbgrader": f"{graded['ratio_to_stock']:.1f} times faster",
        "processor time of grading, compared with that of the submissions' own cells": f"{_overhead(graded):.2f} times",
        "`import tlcourse`": f"{bench['import_seconds']:.3f} s",
        "drawing 1,000 faces": f"{bench['draw_1000_faces_seconds']:.1f} s",
        **_unit_rows(bench.get("unit_seconds", {}), unit_names(root)),
    }
    return "\n".join(["| what | measured |", "|---|---|", *(f"| {what} | {shown} |" for what, shown in rows.items())])


def _unit_rows(seconds, units):
    """The times of the units; none if the course has other units now, because content may have moved between them."""
    if sorted(seconds) != units:
        return {"each unit, top to bottom": "not measured since units were added, renamed or removed"}
    return {f"unit {name}, top to bottom": f"{seconds[name]:.0f} s" for name in units}


def _overhead(graded):
    return graded["cpu_seconds_per_submission"] / graded["cell_cpu_seconds_per_submission"]


def lines(name, row):
    """The results of one part, as lines for the terminal."""
    if name == "cached_features":
        return [
            f"features cached once: {row['ratio']:.1f} times faster than running the base in each of "
            f"{row['epochs']} epochs ({row['cached_seconds']:.1f} s and {row['recomputed_seconds']:.1f} s; "
            f"accuracy {row['cached_accuracy']:.3f} and {row['recomputed_accuracy']:.3f})"
        ]
    if name == "feature_extraction":
        return [
            f"feature extraction: {row['share']:.0%} of the machine's matrix-multiply rate "
            f"({row['extraction_gflops']:.0f} of {row['matmul_gflops']:.0f} GFLOP/s, "
            f"{row['images_per_second']:,.0f} images per second)"
        ]
    if name == "fused_batch_norm":
        return [
            f"training with batch norm in one kernel: {row['ratio']:.1f} times faster than with Keras's own "
            f"({row['fused_seconds']:.1f} s and {row['keras_seconds']:.1f} s per epoch)"
        ]
    if name == "five_minutes":
        low, high = row["baseline_ci95"]
        return [
            f"65 people from scratch in {row['seconds']:.0f} s ({row['epochs']} epochs): accuracy "
            f"{row['baseline']:.3f} (95% CI {low:.3f} to {high:.3f}); with the teacher, it is {row['transfer']:.3f}, "
            f"and the error is {row['error_ratio']:.1f} times smaller"
        ]
    if name == "unit_seconds":
        return [f"unit {unit}: {seconds:.0f} s" for unit, seconds in row.items()]
    if name == "grading":
        return [_grading_line(row)] if row else ["grading: not measured, because there is no sandbox"]
    return [f"{name.replace('_', ' ')}: {row:.2f}"]


def _grading_line(row):
    return (
        f"grading {row['submissions']} submissions with {row['workers']} workers: "
        f"{row['ratio_to_stock']:.1f} times faster than stock nbgrader "
        f"({row['seconds_per_submission']:.2f} s per submission, or {row['cpu_seconds_per_submission']:.2f} s of one "
        f"processor, of which the cells take {row['cell_cpu_seconds_per_submission']:.2f} s)"
    )
