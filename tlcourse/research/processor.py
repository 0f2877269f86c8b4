"""The processor of a measurement: its vector instructions decide in which order TensorFlow adds, so how it rounds."""

import functools
import platform
from pathlib import Path

_CPUINFO = Path("/proc/cpuinfo")  # Linux; platform.processor() is often empty there
_LEVELS = {"avx512f": "AVX-512", "avx2": "AVX2", "avx": "AVX"}  # the widest vector instructions first


def name():
    """The model name, as far as the system states it."""
    return _cpuinfo().get("model name") or platform.processor() or platform.machine()


def instructions():
    """The widest vector instructions, such as "AVX-512"; where the system does not list them, the architecture."""
    flags = _cpuinfo().get("flags", "").split()
    return next((level for flag, level in _LEVELS.items() if flag in flags), platform.machine())


def difference(made):
    """How this processor differs from that of a record, in one sentence.

    Parameters
    ----------
    made : dict
        The provenance of the record.

    Returns
    -------
    str
        Empty if both have the same name and instructions.
    """
    if "instructions" not in made:
        return "The record does not name its processor."
    if made["instructions"] != instructions():
        return f"Recorded on a processor with {made['instructions']}; yours has {instructions()}."
    if made["processor"] != name():
        return f"Recorded on another processor ({made['processor']}); yours is {name()}."
    return ""


@functools.cache
def _cpuinfo():
    """The entries of the first processor; empty where the system has no such file."""
    if not _CPUINFO.is_file():
        return {}
    first, *_ = _CPUINFO.read_text(encoding="utf-8", errors="replace").split("\n\n")
    entries = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in entries}
