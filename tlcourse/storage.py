"""What is kept on this machine: the cache folder, files written whole or not at all, downloads.

Downloads go through pooch, and through `whole_file` like everything else that is written here: after a power cut or a
full disk a file is the old one, the new one or absent.
"""

import contextlib
import hashlib
import http.client
import json
import os
import secrets
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import platformdirs
from tqdm import tqdm

_CHUNK_BYTES = 1 << 20  # bytes read at a time
_READ_TIMEOUT = 30  # seconds without a byte after which a download is given up


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


def write_json(file, content):
    """Write `content` to `file`, whole or not at all."""
    with whole_file(file) as partial:
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        partial.write_text(text, encoding="utf-8", newline="\n")


def checksum(path, algorithm="sha256"):
    """The hexadecimal checksum of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def reachable(url, seconds=2.0):
    """Whether the host of `url` (or the proxy in front of it) answers within `seconds`; never raises.

    TLCOURSE_OFFLINE=1 makes it False without asking, so that nothing is downloaded.
    """
    if os.environ.get("TLCOURSE_OFFLINE", "0") not in ("", "0"):
        return False
    answers = []

    def send_request():
        with contextlib.suppress(OSError, http.client.HTTPException):
            try:
                urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=seconds).close()
            except urllib.error.HTTPError as error:  # an answer, too
                error.close()
            answers.append(True)

    # The look-up of a host's name takes no time limit, so it runs in a thread that can be left behind.
    thread = threading.Thread(target=send_request, daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(answers)


def fetch(url, target, md5=None):
    """Download `url` to the file `target`, whole and with the right checksum or not at all.

    Parameters
    ----------
    url : str
        http or https.
    target : path-like
    md5 : str, optional
        The file's MD5 checksum, from the publisher.

    Raises
    ------
    OSError
        If the download fails twice or stops short, or the file has another checksum. Nothing is kept.
    """
    import pooch  # only here: it brings requests, and most sessions download nothing
    import tenacity

    target = Path(target)

    @tenacity.retry(
        retry=tenacity.retry_if_exception_type(OSError),
        stop=tenacity.stop_after_attempt(2),
        wait=tenacity.wait_fixed(1),
        reraise=True,
    )
    def download(partial):
        with tqdm(total=1, unit="B", unit_scale=True, desc=target.name, file=sys.stdout) as bar:  # pooch sets the total
            pooch.HTTPDownloader(progressbar=bar, chunk_size=_CHUNK_BYTES, timeout=_READ_TIMEOUT)(url, partial, None)

    with whole_file(target) as partial:
        try:
            download(partial)
        except OSError as error:
            raise OSError(f"{url}: {error}") from error
        if md5 and (received := checksum(partial, "md5")) != md5:
            raise OSError(f"{url}: the checksum is {received}, and should be {md5}")


def places(in_mirror, in_cache):
    """The folders of a published file for `find_or_fetch`: that of the mirror, if one is set, and that of the cache.

    Parameters
    ----------
    in_mirror, in_cache : str
        Folders in TLCOURSE_MIRROR and in the cache folder.

    Returns
    -------
    list of pathlib.Path
    """
    mirror = os.environ.get("TLCOURSE_MIRROR")
    return [*([Path(mirror) / in_mirror] if mirror else []), cache_folder() / in_cache]


def find_or_fetch(file, folders, url, sha256, unavailable):
    """The path of a published file: in the first folder that has it, or downloaded into the last one.

    Parameters
    ----------
    file, url, sha256 : str
        Its name; its folder on the network, or "" if there is no public one; its checksum.
    folders : sequence of pathlib.Path
    unavailable : callable
        Makes an error of a message, for a file that is not here and cannot be downloaded.

    A ValueError says so if the file here is another one.
    """
    path = next((folder / file for folder in folders if (folder / file).is_file()), folders[-1] / file)
    remedy = f"Put {file} into {' or '.join(str(folder) for folder in folders)}, or set TLCOURSE_MIRROR."
    if not path.is_file():
        if not (url and reachable(url + file)):
            raise unavailable(f"{file} is not here, and {url + file or 'the network'} cannot be reached. {remedy}")
        try:
            fetch(url + file, path)
        except OSError as error:
            raise unavailable(f"the download of {file} failed ({error}). {remedy}") from error
    if (received := checksum(path)) != sha256:
        raise ValueError(
            f"{path} is not the published file: its SHA-256 is {received}, not {sha256}. Delete it. {remedy}"
        )
    return path
