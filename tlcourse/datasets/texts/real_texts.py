"""Real texts with labels: from a mirror, from an earlier download, or from the network. sources.toml lists them."""

import tomllib
from pathlib import Path

import numpy as np

from tlcourse import storage

SOURCES = tomllib.loads(Path(__file__).with_name("sources.toml").read_text(encoding="utf-8"))
NAMES = tuple(SOURCES)
TAGS = ("O", "PER", "LOC", "ORG")


class TextsUnavailable(FileNotFoundError):  # noqa: N818 - names the problem
    """Real texts are neither on this machine nor available from the network."""


def load(name):
    """Texts, labels, names of the classes, source, and tags of one of `NAMES`; see `texts.real`."""
    facts = _source(name)
    folders, url = _folders(facts), facts["url"]

    def unavailable(reason):
        return TextsUnavailable(f"no real texts {name!r}: {reason}")

    files = [storage.find_or_fetch(file, folders, url, sha256, unavailable) for file, sha256 in facts["files"].items()]
    content = [file.read_text(encoding="utf-8") for file in files]
    read = {"entities": _tagged, "contracts": _clauses, "messages": _messages}.get(name, _sentences)
    texts, labels, tags = read(content)
    return tuple(texts), np.array(labels, dtype=np.int64), tuple(facts["class_names"]), facts["source"], tuple(tags)


def available(name):
    """Whether `load` can be expected to work; asks the network for at most 2 s."""
    source = _source(name)
    here = all(any((folder / file).is_file() for folder in _folders(source)) for file in source["files"])
    return here or (bool(source["url"]) and storage.reachable(source["url"]))


def _source(name):
    if name not in NAMES:
        raise ValueError(f"real texts are called {', '.join(NAMES)}, got {name!r}")
    return SOURCES[name]


def _folders(source):
    return storage.places(f"text/{source['folder']}", f"text/{source['folder']}")


def _sentences(content):
    rows = [line.rsplit("\t", 1) for line in content[0].split("\n") if "\t" in line]
    return [text.strip() for text, _ in rows], [int(label) for _, label in rows], ()


def _messages(content):
    rows = [line.split("\t", 1) for line in content[0].split("\n") if line.startswith(("ham\t", "spam\t"))]
    return [text.strip() for _, text in rows], [label == "spam" for label, _ in rows], ()


def _clauses(content):
    texts, tags = (part.split("\n") for part in content)
    rows = [(text.strip(), tag.strip()) for text, tag in zip(texts, tags, strict=False) if text.strip()]
    # A clause's tag ends in 1 if it is fair, in 2 or 3 if it may be or is unfair.
    return [text for text, _ in rows], [any(part[-1] in "23" for part in tag.split()) for _, tag in rows], ()


def _tagged(content):
    rows = [
        [line.split("\t") for line in block.split("\n") if "\t" in line]
        for part in content
        for block in part.split("\n\n")
    ]
    rows = [row for row in rows if row]
    tags = [tuple(line[-1].strip().split("-")[-1] for line in row) for row in rows]
    texts = [" ".join(line[0].replace(" ", "") or "_" for line in row) for row in rows]
    return texts, [any(tag != "O" for tag in row) for row in tags], tags
