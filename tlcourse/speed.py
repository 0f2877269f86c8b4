"""What `tlcourse bench --keep` has recorded, as the tables of docs/speed.md."""

import json

SITES = {"a laptop, 2 processors": 2, "a server, 16 processors": 16, "a cluster, 128 processors": 128}


def costs(root):
    """What grading so many submissions takes, worked out from the recorded speed, as Markdown."""
    graded = _recorded(root)["grading"]
    each = graded["seconds_per_submission"] * graded["workers"]
    writing = graded["writing_seconds_per_submission"]
    lines = [
        f"Measured on {graded['submissions']} submissions with {graded['workers']} workers: "
        f"{graded['seconds_per_submission']:.2f} s each, that is {each:.2f} s of one processor; {writing:.2f} s of it "
        "in the one process that writes.\n",
        f"| submissions | {' | '.join(SITES)} | stock nbgrader, one after the other |",
        f"|---|{'---|' * (len(SITES) + 1)}",
    ]
    for count in (30, 300, 10_000):
        hours = [max(count * each / processors, count * writing) / 3600 for processors in SITES.values()]
        stock = count * graded["stock_seconds_per_submission"] / 3600
        lines.append(f"| {count:,} | {' | '.join(_duration(one) for one in [*hours, stock])} |")
    return "\n".join(lines)


def _duration(hours):
    return f"{hours:.1f} hours" if hours >= 1 else f"{max(1, round(60 * hours))} min"


def table(root):
    """What `make bench` measured, as Markdown."""
    bench = _recorded(root)
    cached, extraction, graded = (bench[name] for name in ("cached_features", "feature_extraction", "grading"))
    norm = bench["fused_batch_norm"]["ratio"]
    rows = {
        "features cached once, against a frozen base in every epoch": f"{cached['ratio']:.1f} times faster",
        "feature extraction, of the machine's matrix-multiply rate": f"{extraction['share']:.0%}",
        "training with batch norm in one kernel, against Keras's own": f"{norm:.1f} times faster",
        "grading 30 submissions, against stock nbgrader": f"{graded['ratio_to_stock']:.1f} times faster",
        "processor time of grading them, against that of their cells": f"{_overhead(graded):.2f} times",
        "`import tlcourse`": f"{bench['import_seconds']:.3f} s",
        "drawing 1,000 faces": f"{bench['draw_1000_faces_seconds']:.1f} s",
        **{
            f"unit {name}, top to bottom": f"{seconds:.0f} s" for name, seconds in bench.get("unit_seconds", {}).items()
        },
    }
    return "\n".join(["| what | measured |", "|---|---|", *(f"| {what} | {shown} |" for what, shown in rows.items())])


def _overhead(graded):
    return graded["cpu_seconds_per_submission"] / graded["cell_cpu_seconds_per_submission"]


def _recorded(root):
    return json.loads((root / "data" / "results" / "bench.json").read_text(encoding="utf-8"))
