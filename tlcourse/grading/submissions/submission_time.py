"""When a submission came, as timestamp.txt says.

nbgrader takes an abbreviation that it does not know for UTC, and "+0100" for a hundred seconds. It writes abbreviations
itself where `c.Exchange.timezone` is set. Here a time is read right, or an error lists the accepted forms.
"""

import email.utils
import re
import zoneinfo
from datetime import UTC, datetime, timedelta, timezone

# The names of RFC 5322, section 4.3, and those of the European zones. Others, such as IST, mean several zones.
HOURS = {"UTC": 0, "UT": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6}
HOURS |= {"PST": -8, "PDT": -7, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3}
ACCEPTED = (
    "2027-01-31 23:59:00, alone for {} or followed by a zone: +01:00, +0100, Europe/Berlin, or one of "
    + ", ".join(HOURS)
)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s*(.*)", re.DOTALL)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d):?(\d\d)")


def parse(text, default=UTC):
    """The time that a text names.

    Parameters
    ----------
    text : str
    default : datetime.tzinfo
        The zone of a time that names none.

    Returns
    -------
    datetime.datetime
        In UTC.

    Raises
    ------
    ValueError
        If it names none, or one in a zone that is not known; the message lists the accepted forms.
    """
    try:
        when = _parse(text.strip(), default).astimezone(UTC)
    except (ValueError, TypeError, KeyError, OverflowError, OSError):  # zoneinfo raises the last three, too
        when = None
    if when is None or when.year < 2000:
        forms = ACCEPTED.format(default)  # a zone's name, such as UTC
        raise ValueError(f"{text.strip()[:60]!r} is not a time in a known format: write it as {forms}")
    return when


def _parse(text, default):
    match = _ISO.fullmatch(text)
    if match is None:
        when = email.utils.parsedate_to_datetime(text)  # Mon, 4 Jan 2027 12:00:00 +0100
        if when.tzinfo is None:
            raise ValueError("its time zone is not known")
        return when
    clock, zone = match.groups()
    return datetime.fromisoformat(clock).replace(tzinfo=_zone(zone) if zone else default)


def _zone(text):
    if offset := _OFFSET.fullmatch(text):
        sign, hours, minutes = offset.groups()
        shift = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-shift if sign == "-" else shift)
    if text.upper() in HOURS:
        return timezone(timedelta(hours=HOURS[text.upper()]))
    return zoneinfo.ZoneInfo(text) if "/" in text else timezone(timedelta(hours=HOURS[text]))


def as_nbgrader_reads(when):
    """A time in UTC as the text of a timestamp.txt that nbgrader reads right."""
    return when.strftime("%Y-%m-%d %H:%M:%S.%f UTC")
