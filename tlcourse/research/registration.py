"""Pre-registration: the seeds of an experiment follow from the commit that states what it is to decide.

data/claims.toml states the primary contrast of each claim, its margin and its number of seeds. Commit that first; then
enter the commit's hash under `[registrations]`. A hash cannot be known before its commit exists, so nobody can have
run these seeds before the contrast was stated.
"""

import hashlib
import re
import tomllib
from collections.abc import Sequence

from tlcourse.data import data_folder

HASH = re.compile(r"[0-9a-f]{40}")


def registered_hash(record, document=None):
    """The hash of the commit that states the primary contrasts of a record.

    Parameters
    ----------
    record : str
        Name of a record, data/results/<record>.json.
    document : dict, optional
        The content of data/claims.toml, if it is not that of the course.

    Raises
    ------
    ValueError
        If the record is not registered, or what is entered for it is not a full hash.
    """
    document = _claims() if document is None else document
    commit = document.get("registrations", {}).get(record)
    if commit is None or not HASH.fullmatch(commit):
        raise ValueError(
            f"{record!r} cannot run before it is registered: state its primary contrasts in data/claims.toml, commit "
            f'that, and enter the commit\'s 40-digit hash as {record} = "..." under [registrations]; got {commit!r}'
        )
    return commit


def seeds(record, document=None):
    """The seeds of a registered experiment, as many as its primary contrasts state.

    Each is the first 31 bits of SHA-256 of "<hash> <record> <index>", an integer below 2**31.

    Parameters
    ----------
    record, document
        As in `registered_hash`.

    Returns
    -------
    list of int
        The largest `n` of all primary contrasts of this record; a contrast with a smaller one uses the first n.

    Raises
    ------
    ValueError
        If the record is not registered, or no claim has a primary contrast in it.
    """
    document = _claims() if document is None else document
    commit = registered_hash(record, document)
    primaries = [row["primary"] for row in document.values() if isinstance(row, dict) and "primary" in row]
    counts = [each["n"] for each in primaries if each["record"] == record or f"{record}:" in each["value"]]
    if not counts:
        raise ValueError(f"{record!r} is registered, but no claim in data/claims.toml has a primary contrast in it")
    return [_seed(commit, record, index) for index in range(max(counts))]


def _seed(commit, record, index):
    digest = hashlib.sha256(f"{commit} {record} {index}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


class RegisteredSeeds(Sequence):
    """The seeds of a registered experiment for the registry; read when they are used, so that importing needs no hash.

    Parameters
    ----------
    record : str
        The record that is registered. Another experiment may take its seeds, so that both measure the same cases.
    count : int, optional
        Only the first so many seeds.
    """

    def __init__(self, record, count=None):
        self.record, self.count = record, count

    def __len__(self):
        return len(self._chosen())

    def __getitem__(self, index):
        return self._chosen()[index]

    def _chosen(self):
        return seeds(self.record)[: self.count]

    @property
    def is_known(self):
        """Whether a commit is entered for the record."""
        return self.record in _claims().get("registrations", {})

    @property
    def commit(self):
        """The hash that the seeds are derived from."""
        return registered_hash(self.record)


def _claims():
    return tomllib.loads((data_folder() / "claims.toml").read_text(encoding="utf-8"))
