def hunt(*names, seconds=0.8):
    """Files with such names, wherever a submission might think of looking; the time is limited."""
    import fnmatch
    import glob
    import os
    import sys
    import tempfile
    import time
    from pathlib import Path

    import tlcourse

    until = time.monotonic() + seconds
    starts = ["COURSE_FOLDER", os.getcwd(), os.path.expanduser("~"), tempfile.gettempdir(), "/dev/shm", "/run"]
    starts += [
        str(Path(tlcourse.__file__).parent.parent),
        *glob.glob("/proc/[0-9]*/cwd"),
        *glob.glob("/proc/[0-9]*/root"),
    ]
    starts += [path for path in sys.path if path] + [str(parent) for parent in Path.cwd().parents]
    for start in starts:
        for folder, inner, files in os.walk(start):
            inner[:] = [name for name in inner if name not in ("proc", "sys", "usr", "site-packages", "dev")]
            for name in files:
                if any(fnmatch.fnmatch(name, wanted) for wanted in names):
                    yield os.path.join(folder, name)
            if time.monotonic() > until:
                return
