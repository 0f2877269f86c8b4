"""In the student's kernel: notices whether a student's function looks at the frames of the check that calls it.

It runs in a process that student code may have changed; so the engine believes no check because of it alone.
"""

import sys

from tlcourse.grading.sandbox.guest._ipykernel import CELL_FILE

HOME = "/home/student"  # of code that a cell imports
_watches = []


class Watch:
    """Notices, through Python's audit events, when student code looks at the frames of the check that calls it.

    An audit hook cannot be taken away again. Events of the libraries that student code uses do not count.
    """

    SPYING = frozenset({"sys._getframe", "sys._current_frames", "gc.get_objects", "gc.get_referrers"})
    THROUGH = ("inspect.py", "traceback.py")

    def __init__(self):
        seen, armed = [], []
        self.arm = lambda: (seen.clear(), armed.append(True))

        def disarm():
            armed.clear()
            return sorted(set(seen))

        self.disarm = disarm

        def hook(event, arguments):
            if armed and (event in self.SPYING or (event == "object.__getattr__" and arguments[1] == "tb_frame")):
                armed_before = armed[:]
                armed.clear()  # what this hook does itself does not count
                if _from_a_cell(sys._getframe(1), self.THROUGH if event in self.SPYING else ()):
                    seen.append(event if event in self.SPYING else "traceback.tb_frame")
                armed.extend(armed_before)

        sys.addaudithook(hook)


def watch():
    """The one `Watch` of this process; in the sandbox it is made before any student code."""
    if not _watches:
        _watches.append(Watch())
    return _watches[0]


def _from_a_cell(frame, through):
    while frame is not None and frame.f_code.co_filename.endswith(through or ("\0",)):
        frame = frame.f_back
    if frame is None:
        return False
    name = frame.f_code.co_filename
    return CELL_FILE in name or (name.startswith(("<", HOME)) and not name.startswith("<frozen"))
