"""Which exercises of a unit pass their checks, and failures in one sentence."""

import contextlib
import html
import traceback
import warnings

from tlcourse.exercises import recorded_outputs
from tlcourse.replaced_names import notebook_remedy


class Progress:
    """Which exercises of a unit pass their checks so far.

    Parameters
    ----------
    titles : dict of str to str
        Name of each check cell, ``conv_parameters`` or ``conv_parameters_bias``, to title, in the unit's order.
    """

    def __init__(self, titles):
        self.titles = dict(titles)
        self.passed = {}
        self.skipped = set()

    @contextlib.contextmanager
    def exercise(self, name):
        """Run a check and remember how it went; warnings inside it are nobody's fault and stay silent.

        Raises
        ------
        KeyError
            If `titles` has no `name`.
        AssertionError
            If the check fails, or the exercise is not solved yet.
        """
        if name not in self.titles:
            raise KeyError(f"`progress` has no '{name}': add it in the setup cell")
        title = self.titles[name]
        self.passed[name] = False
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except NotImplementedError:
            raise _brief(AssertionError(f"{title}: not solved yet."), title) from None
        except AssertionError as error:
            *_, (innermost, _) = traceback.walk_tb(error.__traceback__)
            if innermost.f_globals.get("__name__", "").startswith("tlcourse."):  # not by an assertion of the student's
                _brief(error, title)
            raise
        except Exception as error:
            if remedy := notebook_remedy(error):
                message = f"{type(error).__name__}: {error}. {remedy}"
                raise _brief(AssertionError(message), title) from error
            raise
        self.passed[name] = True
        print(f"{title}: the check passes.")

    def skip(self, number):
        """Show what the course's solution gives in the cells that need an exercise; it stays unsolved, without marks.

        Parameters
        ----------
        number : str
            As in the exercise's heading: ``"2.3"``.

        Raises
        ------
        ValueError
            If the unit has no such exercise.
        """
        names = [name for name, title in self.titles.items() if f"{title} ".startswith(f"Exercise {number} ")]
        if not names:
            titles = ", ".join(self.titles.values())
            raise ValueError(f"this unit has no exercise {number!r}: write its number as a text, from {titles}")
        self.skipped.update(names)
        cells = recorded_outputs.cells_that_need(number)
        print(f"Exercise {number} is skipped: it earns no marks until you solve it.")
        if not cells:
            print("No later cell shows a result that needs it, so go on.")
            return
        print("The course's solution gave the following results when the unit was built. Read on with them. Cells that")
        print("need your function, or a variable made with it, stop with an error: run the next cell after them.")
        for cell in cells:
            recorded_outputs.show(cell)

    def _rows(self):
        states = {True: ("✔", "passes"), False: ("✘", "not yet"), None: ("·", "check not run")}
        skipped = "–", "skipped, no marks"
        return [
            (title, *(skipped if name in self.skipped and not self.passed.get(name) else states[self.passed.get(name)]))
            for name, title in self.titles.items()
        ]

    def __repr__(self):
        done = sum(self.passed.values())
        lines = [f"{mark} {title}: {state}" for title, mark, state in self._rows()]
        return "\n".join([*lines, f"{done} of {len(self.titles)} exercises pass their visible checks."])

    def _repr_html_(self):
        rows = "".join(
            f"<tr><td>{mark}</td><td style='text-align:left'>{html.escape(title)}</td><td>{state}</td></tr>"
            for title, mark, state in self._rows()
        )
        done = sum(self.passed.values())
        return (
            f"<table><caption>{done} of {len(self.titles)} exercises pass their visible checks</caption>{rows}</table>"
        )


def _brief(error, title):
    """Have IPython show the exercise's title and the sentence of its check, and not the thirty lines that led to it.

    nbgrader's Validate shows the same text.
    """
    sentence = str(error).removeprefix(f"{title}: ")
    error._render_traceback_ = lambda: [f"{title}: {sentence}"]
    return error
