"""In the student's kernel: calls the student's functions for the checker, and watches whether checks are spied on.

All of it runs in a process that student code may have changed; so nothing is trusted but the values that come.
"""

import json
import sys

from tlcourse.grading.sandbox.guest import wire_format
from tlcourse.grading.sandbox.guest._ipykernel import CELL_FILE

LISTENER = None  # set before any student code, to a socket on which the checker's calls come
_watches = []
HOME = "/home/student"  # of code that a cell imports


def serve(namespace):
    """Answer calls until the connection is closed."""
    connection, _ = LISTENER.accept()
    with connection, connection.makefile("rw", encoding="utf-8") as lines:
        for line in lines:
            lines.write(json.dumps(_call(namespace, json.loads(line))) + "\n")
            lines.flush()


def _call(namespace, call):
    """What the student's function returns, or raises, and what it changed in its arguments."""
    arguments, keywords = wire_format.decode(call["arguments"]), wire_format.decode(call["keywords"])
    try:
        value = namespace[call["function"]](*arguments, **keywords)
        changed = wire_format.encode([list(arguments), keywords], strict=False)
        reply = {"value": wire_format.encode(value, strict=False)}
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        names = [kind.__name__ for kind in type(error).__mro__]
        return {"raised": names, "message": str(error)[:2000]}
    if changed != wire_format.encode(
        [list(wire_format.decode(call["arguments"])), wire_format.decode(call["keywords"])], strict=False
    ):
        reply["changed"] = changed
    return reply


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
