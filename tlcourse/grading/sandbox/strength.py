"""What the sandbox of this machine enforces, in one line for the instructor, and what it enforces less strictly."""

import os
import platform
import re

from tlcourse.grading.sandbox import bubblewrap, cgroups

COUNTS_BY_NAMESPACE = (5, 14)  # Linux that counts processes of a user by user namespace


def status_line():
    """The line that `tlcourse grade` prints first."""
    weaker = weaknesses()
    parts = ["bubblewrap"]
    parts += [] if bubblewrap.filter_problem() else ["filtered system calls"]
    parts += [] if cgroups.problem() else ["a cgroup for each submission"]
    line = f"Sandbox: {', '.join(parts)}."
    return f"{line} Weaker than it could be: {'; '.join(weaker)}." if weaker else line


def weaknesses():
    """What is enforced less strictly than on a system with all that the sandbox can use, and why: a list of texts."""
    from tlcourse.grading.sandbox.guest import namespaces, resource_monitor  # they exist for Linux only

    weaker = []
    if reason := bubblewrap.filter_problem():
        weaker.append(f"system calls are not filtered, so student code reaches your session's keyring ({reason})")
    if reason := cgroups.problem():
        weaker.append(
            "limits on memory and time leave out sockets, pipes, files in transit, and children that end within "
            f"{resource_monitor.INTERVAL:g} s and that nobody waits for ({reason})"
        )
        if os.getuid() and linux_version() < COUNTS_BY_NAMESPACE:
            weaker.append("your own processes count against a submission's limit (Linux before 5.14)")
    if not os.getuid() and namespaces.own_user() == namespaces.NOBODY:
        weaker.append("submissions share one user and its limit on processes (this container has too few users)")
    return weaker


def linux_version():
    """(major, minor) of the running kernel."""
    return tuple(int(number) for number in re.findall(r"\d+", platform.release())[:2])
