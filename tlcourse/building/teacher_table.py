"""What other teachers change: the contrasts of the record `other_teachers` for each teacher, as a table for docs/.

The checks of data/claims.toml that name this record are its rows. Their texts begin with one of `TEACHERS` and a colon.
"""

import re
import tomllib

import numpy as np

from tlcourse.building import contrasts

RECORD = "other_teachers"
TEACHERS = ("the first other teacher", "the second other teacher", "the third other teacher", "the course's teacher")
SHOWS = re.compile(rf"(?P<teacher>{'|'.join(TEACHERS)}): (?P<contrast>.+)")


def table(root):
    """Mean and 95 % confidence interval by claim, contrast and teacher, and the spread of the teachers' means.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.

    Raises
    ------
    ValueError
        If a check of this record does not name its teacher, or a contrast lacks one.
    """
    records = contrasts.Records(root)
    if not records.exists(RECORD):
        return f"The record `{RECORD}` has not been measured yet."
    head = ("claim", "contrast", *(teacher.removeprefix("the ") for teacher in TEACHERS), "SD of the four means")
    lines, same_sign = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)], []
    for (claim, contrast), checks in _rows(root).items():
        if missing := [teacher for teacher in TEACHERS if teacher not in checks]:
            raise ValueError(f"{claim}: no check of {RECORD!r} shows {contrast!r} for {missing[0]}")
        intervals = [contrasts.interval(records, checks[teacher]) for teacher in TEACHERS]
        cells = [f"{each.mean:+.3f} ({each.low:+.3f} to {each.high:+.3f})" for each in intervals]
        spread = np.std([each.mean for each in intervals], ddof=1)
        same_sign.append(len({np.sign(each.mean) for each in intervals}) == 1)
        lines.append(f"| {claim} | {contrast} | {' | '.join(cells)} | {spread:.3f} |")
    lines.append(f"\nThe four means have the same sign in {sum(same_sign)} of {len(same_sign)} rows.")
    return "\n".join(lines)


def _rows(root):
    """Claim and contrast to the checks by teacher."""
    document = tomllib.loads((root / "data" / "claims.toml").read_text(encoding="utf-8"))
    rows = {}
    for claim, row in document.items():
        for check in row.get("checks", ()) if isinstance(row, dict) else ():
            if check.get("record") == RECORD:
                match = SHOWS.fullmatch(check["shows"])
                if match is None:
                    raise ValueError(
                        f"{claim}: a check of {RECORD!r} should begin with one of {', '.join(TEACHERS)}: {check}"
                    )
                rows.setdefault((claim, match["contrast"]), {})[match["teacher"]] = check
    return rows
