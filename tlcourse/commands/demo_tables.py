"""The tables that the demo prints: the headline beside its record, the real data, and the gradebook."""

from rich.console import Console
from rich.table import Table

OUTSIDE = "OUTSIDE"
METHODS = {
    "transfer": "15 of 16 layers from the teacher",
    "plain_scratch": "16 layers from scratch, no batch norm",
    "scratch": "the teacher's architecture from scratch",
    "best_from_scratch": "a small CNN from scratch, images augmented",
}


def show_headline(headline):
    """Print the headline beside its record.

    Parameters
    ----------
    headline : dict
        The entry "headline" of the result of `demo.run`; its "live" entry may lack some methods.
    """
    console = _console()
    console.print(headline_table(headline))
    console.print(f"New head trained in {headline['head_seconds']:.1f} s.\n")


def show_scratch(accuracy, summary, seed, processor_note=""):
    """Print the live accuracy of the teacher's architecture without the teacher, beside its record.

    Parameters
    ----------
    accuracy : float
    summary : dict
        Of the record, with "predicted".
    seed : int
    processor_note : str
        How this processor differs from that of the record; printed if the accuracy is outside.
    """
    compared = compare_with_record(accuracy, summary)
    row = (METHODS["scratch"], *_cells(summary), f"{accuracy:.3f}", compared)
    console = _console()
    console.print(_table("The same people without a teacher", _headline_columns(seed), [row]))
    if processor_note and compared.startswith(OUTSIDE):
        console.print(f"{processor_note} This training depends on rounding.")
    console.print()


def show_real_data_and_gradebook(outcome, missing, written_points):
    """Print the results on real data and the gradebook.

    Parameters
    ----------
    outcome : dict
        The result of `demo.run`.
    missing : dict of str to str
        Each real dataset that is not available, and the reason.
    written_points : float
        The points that a person still has to award.
    """
    console = _console()
    real = [
        (name, method, *_cells(summary))
        for name, methods in outcome["real"].items()
        for method, summary in methods.items()
    ]
    console.print(_table("Real data, live: accuracy", ("data", "method", "mean", "95% CI", "seeds"), real))
    for name, reason in missing.items():
        console.print(f"The demo skipped {name}. {reason}")
    graded = [
        (row["student"], row["unit"], f"{row['score']:g}", f"{row['max_score']:g}") for row in outcome["gradebook"]
    ]
    console.print()
    console.print(_table("Gradebook: points from the automatic checks", ("student", "unit", "points", "of"), graded))
    console.print(f"A person awards the other {written_points:g} points, for the written answer, in formgrader.")


def _console():
    console = Console(markup=False, highlight=False)
    return console if console.is_terminal else Console(markup=False, highlight=False, width=120)


def headline_table(headline):
    """The headline's live run beside its record."""
    live, rows = headline["live"], []
    for method, title in METHODS.items():
        now = ("", "")
        if method in live:
            now = (f"{live[method]:.3f}", compare_with_record(live[method], headline[method]))
        rows.append((title, *_cells(headline[method]), *now))
    return _table("65 new people, 10 training images of each", _headline_columns(live["seed"]), rows)


def _headline_columns(seed):
    return "recorded accuracy", "mean", "95% CI", "seeds", f"live, seed {seed}", "predicted for one seed"


def compare_with_record(live, summary):
    """Whether a live result lies inside the 95% prediction interval of its record, in words."""
    from tlcourse.stats import lies_within

    low, high = summary["predicted"]
    return f"{'inside' if lies_within(live, (low, high)) else OUTSIDE} {low:.3f} to {high:.3f}"


def _table(title, columns, rows):
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    return table


def _cells(summary):
    low, high = summary["ci95"]
    return f"{summary['mean']:.3f}", f"{low:.3f} to {high:.3f}", str(summary["seeds"])
