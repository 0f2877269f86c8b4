"""What is kept on this machine: the cache folder, files written whole or not at all, downloads."""

import contextlib
import hashlib
import os
import secrets
import socket
import sys
import threading
import urllib.parse
import urllib.request
from pathlib import Path

import platformdirs
from tqdm import tqdm

_CHUNK = 1 << 20  # bytes read at a time
_SILENCE = 30  # seconds without a byte after which a download is given up


def cache_folder():
    """Where features and downloads are kept: TLCOURSE_CACHE, or the system's place for such files."""
    chosen = os.environ.get("TLCOURSE_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("tlcourse", appauthor=False))


@contextlib.contextmanager
def whole_file(target):
    """Give a path to write to; it becomes `target` when the block ends, and is removed if it fails.

    A reader therefore finds the old file, the new file or none, and never a part of one.

    Parameters
    ----------
    target : path-like
        Its folder is made if it is missing.

    Raises
    ------
    OSError
        If the folder cannot be made or written to.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.partial")
    try:
        yield partial
        os.replace(partial, target)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def checksum(path, algorithm="sha256"):
    """The hexadecimal checksum of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def reachable(url, seconds=2.0):
    """Whether the host of `url` (or the proxy in front of it) answers within `seconds`; never raises.

    TLCOURSE_OFFLINE=1 makes it False without asking, so that nothing is downloaded.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "file":
        return Path(urllib.request.url2pathname(parts.path)).is_file()
    if os.environ.get("TLCOURSE_OFFLINE", "0") not in ("", "0"):
        return False
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and not urllib.request.proxy_bypass(parts.hostname):
        parts = urllib.parse.urlsplit(proxy if "//" in proxy else f"//{proxy}")
    address = (parts.hostname, parts.port or (80 if parts.scheme == "http" else 443))
    answers = []

    def knock():
        with contextlib.suppress(OSError):
            socket.create_connection(address, timeout=seconds).close()
            answers.append(True)

    # The look-up of a host's name takes no time limit, so it runs in a thread that can be left behind.
    thread = threading.Thread(target=knock, daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(answers)


def fetch(url, target, md5=None):
    """Download `url` to the file `target`, whole and with the right checksum or not at all.

    Parameters
    ----------
    url : str
    target : path-like
    md5 : str, optional
        What the publisher says the file's MD5 checksum is.

    Raises
    ------
    OSError
        If the download fails, stops short or has another checksum: says which, and nothing is kept.
    """
    target = Path(target)
    digest = hashlib.md5(usedforsecurity=False)
    with whole_file(target) as partial, urllib.request.urlopen(url, timeout=_SILENCE) as answer:
        expected = int(answer.headers.get("Content-Length") or 0)
        with (
            open(partial, "wb") as file,
            tqdm(total=expected or None, unit="B", unit_scale=True, desc=target.name, file=sys.stdout) as bar,
        ):
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
                digest.update(chunk)
                bar.update(len(chunk))
            received = file.tell()
        if expected and received != expected:
            raise OSError(f"{url}: {received:,} of {expected:,} bytes came")
        if md5 and digest.hexdigest() != md5:
            raise OSError(f"{url}: the checksum is {digest.hexdigest()}, and should be {md5}")
