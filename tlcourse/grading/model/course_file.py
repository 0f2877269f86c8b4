"""The settings of a private course: the file course.toml at the top of its folder.

A course without this file, such as the repository, is taught as it is: all units, all exercises, no dates.
"""

import datetime
import re
import tomllib
import zoneinfo
from dataclasses import dataclass, field
from pathlib import Path

from tlcourse.grading.model.course_names import unknown_name

COURSE_FILE = "course.toml"
UNQUOTED_DUE = re.compile(r"\s*due\s*=\s*([^\"'\s#][^#]*?)\s*(?:#.*)?")
LATE_POLICIES = ("none", "zero", "percent per day", "grace days")


class CourseFileError(ValueError):
    """course.toml cannot be read, or has an unknown key or a wrong value; the message names it and the remedy."""


@dataclass(frozen=True)
class UnitSettings:
    """What a course changes in one unit.

    Parameters
    ----------
    drop : tuple of str
        The exercises and written answers that the course leaves out.
    points : dict of str to float
        The points of exercises, of written answers or of single checks, by name.
    due : datetime.datetime or None
        Until when a submission is on time, with its time zone.
    """

    drop: tuple = ()
    points: dict = field(default_factory=dict)
    due: datetime.datetime | None = None


@dataclass(frozen=True)
class LateSettings:
    """What a late submission loses: one of `LATE_POLICIES`.

    Parameters
    ----------
    percent : float
        Of the points, for each day begun after the due date; for "percent per day", and for "grace days" when they are
        used up.
    grace_days : float
        Late days that each student has for all units together; for "grace days".
    """

    policy: str = "none"
    percent: float = 10
    grace_days: float = 0


@dataclass(frozen=True)
class CourseSettings:
    """The content of course.toml.

    Parameters
    ----------
    id, name : str
    timezone : zoneinfo.ZoneInfo
        Of dates that do not state their own.
    install : str or None
        What students' notebooks install on Colab, as `pip install` takes it; None for notebooks without such a cell.
    colab : str or None
        The beginning of the address that opens a notebook on Colab, without ``/notebooks``; None for no link.
    units : dict of str to UnitSettings
    late : LateSettings
    roster : str or None
        The file with the students, relative to the course's folder.
    """

    id: str
    name: str
    timezone: zoneinfo.ZoneInfo
    install: str | None = None
    colab: str | None = None
    units: dict = field(default_factory=dict)
    late: LateSettings = LateSettings()
    roster: str | None = None

    def unit(self, name):
        """The `UnitSettings` of a unit; those that change nothing if the file does not mention it."""
        return self.units.get(name, UnitSettings())


def read_course_file(folder):
    """The settings of the course in a folder, which name only units and exercises that are there.

    Returns
    -------
    CourseSettings or None
        None if the folder has no course.toml.

    Raises
    ------
    CourseFileError
    """
    file = Path(folder) / COURSE_FILE
    if not file.is_file():
        return None
    text = ""
    try:
        text = file.read_text(encoding="utf-8-sig")
        settings = parse_course_file(text)
    except CourseFileError as error:
        raise CourseFileError(f"{file}: {error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CourseFileError(f"{file} is not a TOML file: {_unquoted_date(text) or error}") from None
    if problem := unknown_name(settings, Path(folder)):
        raise CourseFileError(f"{file}: {problem}")
    return settings


def _unquoted_date(text):
    """What to do with the first date that lacks its quotes and is no TOML without them; None if there is none."""
    for number, line in enumerate(text.splitlines(), start=1):
        if match := UNQUOTED_DUE.fullmatch(line):
            try:
                tomllib.loads(line.strip())
            except tomllib.TOMLDecodeError:
                return f'write the date in line {number} in quotes: due = "{match[1]}"'
    return None


def parse_course_file(text):
    """The settings that the text of a course.toml states.

    Raises
    ------
    CourseFileError
        Without the name of the file.
    tomllib.TOMLDecodeError
    """
    content = tomllib.loads(text)
    _require_known(content, ("course", "units", "late", "roster"), "the file")
    course = _table(content, "course", ("id", "name", "timezone", "install", "colab"))
    timezone = timezone_named(_text(course, "timezone", "[course]", "UTC"))
    roster = _table(content, "roster", ("file",))
    return CourseSettings(
        id=_course_id(course),
        name=_text(course, "name", "[course]", course["id"]),
        timezone=timezone,
        install=_text(course, "install", "[course]"),
        colab=_text(course, "colab", "[course]"),
        units=_units(content.get("units", {}), timezone),
        late=_late(_table(content, "late", ("policy", "percent", "grace_days"))),
        roster=_text(roster, "file", "[roster]"),
    )


def _require_known(table, keys, where):
    if not isinstance(table, dict):
        raise CourseFileError(f"{where} must be a table, but it is {table!r}")
    if unknown := sorted(table.keys() - set(keys)):
        raise CourseFileError(f"unknown key {', '.join(unknown)} in {where}: it can have {', '.join(keys)}")


def _table(content, name, keys):
    table = content.get(name, {})
    _require_known(table, keys, f"[{name}]")
    return table


def _text(table, key, where, default=None):
    value = table.get(key, default)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise CourseFileError(f"{key} = {value!r} in {where} must be a text in quotes: correct it, or delete the line")
    return value


def _number(table, key, where, default, highest=None):
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        raise CourseFileError(f"{key} = {value!r} in {where} must be a number of 0 or more")
    if highest is not None and value > highest:
        raise CourseFileError(f"{key} = {value!r} in {where} must be at most {highest}")
    return value


def _course_id(course):
    value = _text(course, "id", "[course]")
    if value is None:
        raise CourseFileError('[course] needs an id, for example id = "ml2026"')
    if not all(character.isalnum() or character in "-_." for character in value):
        raise CourseFileError(f"id = {value!r} in [course] may have letters, digits, -, _ and . only")
    return value


def timezone_named(name):
    """The time zone of this name, such as Europe/Berlin.

    Raises
    ------
    CourseFileError
    """
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise CourseFileError(
            f"timezone = {name!r} in [course] is not a time zone: write a name such as Europe/Berlin or UTC"
        ) from None


def _units(tables, timezone):
    if not isinstance(tables, dict):
        raise CourseFileError(f'units must be tables such as [units."01_name"], but it is {tables!r}')
    return {name: _unit(name, table, timezone) for name, table in tables.items()}


def _unit(name, table, timezone):
    where = f'[units."{name}"]'
    _require_known(table, ("drop", "points", "due"), where)
    drop = table.get("drop", [])
    if not isinstance(drop, list) or not all(isinstance(exercise, str) for exercise in drop):
        raise CourseFileError(f'drop = {drop!r} in {where} must be a list of names such as ["network_parameters"]')
    points = table.get("points", {})
    if not isinstance(points, dict):
        raise CourseFileError(f"points = {points!r} in {where} must be a table: a line EXERCISE = POINTS for each")
    points = {exercise: _number(points, exercise, f'[units."{name}".points]', 0) for exercise in points}
    if both := sorted(set(drop) & points.keys()):
        raise CourseFileError(f"{', '.join(both)} in {where} cannot be dropped and have points: delete one of the two")
    return UnitSettings(tuple(drop), points, _due(table.get("due"), where, timezone))


def _due(value, where, timezone):
    """A date and time with its zone; a text without a zone is in the course's."""
    if value is None:
        return None
    when = value
    if isinstance(value, str) and ":" in value:
        try:
            when = datetime.datetime.fromisoformat(value)
        except ValueError:
            when = None
    if not isinstance(when, datetime.datetime):
        raise CourseFileError(
            f'due = {str(value)!r} in {where} must be a day and a time: "2026-12-07 23:59", or with a zone of its own '
            '"2026-12-07 23:59+01:00"'
        )
    when = when if when.tzinfo else when.replace(tzinfo=timezone)
    try:
        when.astimezone(datetime.UTC)
    except OverflowError:
        raise CourseFileError(f"due = {str(value)!r} in {where} is too early or too late: correct the year") from None
    return when


def _late(table):
    policy = _text(table, "policy", "[late]", "none")
    if policy not in LATE_POLICIES:
        raise CourseFileError(f"policy = {policy!r} in [late] must be one of: {', '.join(LATE_POLICIES)}")
    if policy == "grace days" and "grace_days" not in table:
        raise CourseFileError('policy = "grace days" in [late] needs a line such as grace_days = 3')
    percent = _number(table, "percent", "[late]", LateSettings.percent, 100)
    return LateSettings(policy, percent, _number(table, "grace_days", "[late]", LateSettings.grace_days))
