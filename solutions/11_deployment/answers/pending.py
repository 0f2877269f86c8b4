# %% right: a loop
def pending(chunks, folder):
    left = []
    for name in chunks:
        file = Path(folder) / (name + ".npz")
        if not file.exists() or not zipfile.is_zipfile(file):
            left.append(name)
    return left


# %% right: looks through the folder first
def pending(chunks, folder):
    folder = Path(folder)
    done = {file.stem for file in folder.glob("*.npz") if zipfile.is_zipfile(file)} if folder.is_dir() else set()
    return [name for name in chunks if name not in done]


# %% right: opens each file
def pending(chunks, folder):
    def whole(name):
        try:
            with zipfile.ZipFile(Path(folder, f"{name}.npz")) as archive:
                return archive.testzip() is None
        except (OSError, zipfile.BadZipFile):
            return False

    return [name for name in chunks if not whole(name)]


# %% right: os
def pending(chunks, folder):
    import os

    folder = os.fspath(folder)
    return list(filter(lambda name: not zipfile.is_zipfile(os.path.join(folder, f"{name}.npz")), chunks))


# %% wrong: exists
# message: as soon as it exists
def pending(chunks, folder):
    return [name for name in chunks if not (Path(folder) / f"{name}.npz").exists()]


# %% wrong: not empty
# message: unless it is empty
def pending(chunks, folder):
    def done(name):
        file = Path(folder) / f"{name}.npz"
        return file.is_file() and file.stat().st_size > 0

    return [name for name in chunks if not done(name)]


# %% wrong: the first bytes
# message: first bytes
def pending(chunks, folder):
    def done(name):
        file = Path(folder) / f"{name}.npz"
        return file.is_file() and file.read_bytes()[:2] == b"PK"

    return [name for name in chunks if not done(name)]


# %% wrong: what is done
# message: finished chunks are returned
def pending(chunks, folder):
    return [name for name in chunks if zipfile.is_zipfile(Path(folder) / f"{name}.npz")]


# %% wrong: without a suffix
# message: without their suffix
def pending(chunks, folder):
    return [name for name in chunks if not zipfile.is_zipfile(Path(folder) / name)]


# %% wrong: a set
# message: are sorted
def pending(chunks, folder):
    done = {name for name in chunks if zipfile.is_zipfile(Path(folder) / f"{name}.npz")}
    return sorted(set(chunks) - done)


# %% wrong: counts the files
# message: number of finished files decides
def pending(chunks, folder):
    folder = Path(folder)
    finished = [file for file in folder.glob("*.npz") if zipfile.is_zipfile(file)] if folder.exists() else []
    return chunks[len(finished) :]


# %% wrong: names that begin alike
# message: another name begins with it
def pending(chunks, folder):
    folder = Path(folder)
    return [name for name in chunks if not any(zipfile.is_zipfile(file) for file in folder.glob(f"{name}*"))]


# %% wrong: an error for a folder that does not exist
# message: FileNotFound|No such file|does not exist
def pending(chunks, folder):
    done = {file.stem for file in Path(folder).iterdir() if zipfile.is_zipfile(file)}
    return [name for name in chunks if name not in done]


# %% wrong: everything after the gap
# message: after the first pending one
def pending(chunks, folder):
    for place, name in enumerate(chunks):
        if not zipfile.is_zipfile(Path(folder) / f"{name}.npz"):
            return chunks[place:]
    return []


# %% wrong: names of files
# message: files are returned
def pending(chunks, folder):
    return [f"{name}.npz" for name in chunks if not zipfile.is_zipfile(Path(folder) / f"{name}.npz")]


# %% wrong: deletes damaged files
# message: changes its argument
def pending(chunks, folder):
    left = []
    for name in chunks:
        file = Path(folder) / f"{name}.npz"
        if not zipfile.is_zipfile(file):
            file.unlink(missing_ok=True)
            left.append(name)
    return left


# %% right: comprehension
def pending(chunks, folder):
    return [name for name in chunks if not zipfile.is_zipfile(Path(folder) / f"{name}.npz")]


# %% right: loop with os.path
def pending(chunks, folder):
    import os

    left = []
    for name in chunks:
        file = os.path.join(folder, name + ".npz")
        if not os.path.isfile(file) or not zipfile.is_zipfile(file):
            left.append(name)
    return left


# %% right: set of those that are done
def pending(chunks, folder):
    folder = Path(folder)
    done = set()
    if folder.is_dir():
        done = {file.name[:-4] for file in folder.iterdir() if file.name.endswith(".npz") and zipfile.is_zipfile(file)}
    return list(filter(lambda name: name not in done, chunks))


# %% wrong: with_suffix loses what is behind a dot in the name
# message: with_suffix replaces what follows a dot in the name
def pending(chunks, folder):
    return [name for name in chunks if not zipfile.is_zipfile((Path(folder) / name).with_suffix(".npz"))]


# %% right: creates a missing folder
def pending(chunks, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    return [name for name in chunks if not zipfile.is_zipfile(Path(folder) / f"{name}.npz")]


# %% wrong: also looks in subfolders
# message: files in subfolders count, too
def pending(chunks, folder):
    done = {file.name for file in Path(folder).rglob("*.npz") if zipfile.is_zipfile(file)}
    return [name for name in chunks if f"{name}.npz" not in done]
