"""The secret seed of a unit's hidden tests: one for each course and release, kept beside the records.

All submissions of a class meet the same inputs, and so does a submission that is graded again. Who has this repository
cannot compute them.
"""

import os
import secrets

from tlcourse.grading.model.assignment import SEED_VARIABLE, require_seed
from tlcourse.grading.model.results import records_folder

SEED_FILE = "seed.txt"
ADVICE = "# The seed of the hidden tests' inputs. Keep it secret; `tlcourse grade UNIT --new-seed` makes another.\n"


def unit_seed(folder, unit, configured=""):
    """The seed of a unit in a course, made when it is first asked for.

    Parameters
    ----------
    folder : pathlib.Path
        The course.
    unit : str
    configured : str
        ``c.GradingLimits.seed``. It comes before the course's own, and TLCOURSE_GRADING_SEED before both.

    Returns
    -------
    str
        A whole number.

    Raises
    ------
    ValueError
        If it is no whole number.
    """
    if SEED_VARIABLE in os.environ:
        return require_seed(os.environ[SEED_VARIABLE], SEED_VARIABLE)
    if configured:
        return require_seed(configured, "c.GradingLimits.seed")
    file = records_folder(folder, unit) / SEED_FILE
    if not file.is_file():
        _write(file, replace=False)
    lines = file.read_text(encoding="utf-8").splitlines()
    return require_seed("".join(line.strip() for line in lines if not line.startswith("#")), str(file))


def draw_new_seed(folder, unit, configured=""):
    """Give a unit another seed: every submission is graded again then.

    Raises
    ------
    ValueError
        If `configured` or the environment fixes the seed, so that another one would not be used.
    """
    if SEED_VARIABLE in os.environ:
        raise ValueError(f"{SEED_VARIABLE} fixes the seed: unset it, and run the command again")
    if configured:
        where = f"c.GradingLimits.seed = {configured!r} in nbgrader_config.py"
        raise ValueError(f"{where} fixes the seed: remove that line")
    _write(records_folder(folder, unit) / SEED_FILE, replace=True)


def _write(file, replace):
    """Write a new seed whole; one that another process has written first stays unless it is to be replaced."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{SEED_FILE}.{secrets.token_hex(4)}")
    draft.write_text(f"{ADVICE}{secrets.randbelow(10**12)}\n", encoding="utf-8")
    if replace:
        draft.replace(file)
        return
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
