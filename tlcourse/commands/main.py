"""The `tlcourse` command; `make` calls it. Each command imports what it needs when it runs."""

import os
import sys
import traceback

import click

from tlcourse.commands import author, instructor, student

SECTIONS = {"Students": student.COMMANDS, "Instructors": instructor.COMMANDS, "Authors": author.COMMANDS}


class Commands(click.Group):
    """Lists the commands by audience, and shows an error that the course words itself as one line.

    TLCOURSE_DEBUG=1 shows its traceback, too.
    """

    def invoke(self, context):
        """Run the command that was asked for."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a ✔ must not stop a Windows pipe
        try:
            return super().invoke(context)
        except (OSError, ValueError, RuntimeError) as error:
            if os.environ.get("TLCOURSE_DEBUG", "0") not in ("", "0") or not _is_worded_here(error):
                raise
            raise click.ClickException(str(error)) from error

    def format_commands(self, context, formatter):
        """Write one section for each audience."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(command.name, command.get_short_help_str(80)) for command in commands])


def _is_worded_here(error):
    """Whether an error needs no traceback: the system's own, and those that the course itself raises."""
    *_, (innermost, _) = traceback.walk_tb(error.__traceback__)
    return isinstance(error, OSError) or innermost.f_globals.get("__name__", "").startswith("tlcourse.")


@click.group(cls=Commands)
@click.version_option(package_name="tlcourse")
def main():
    """A hands-on course on transfer learning."""


for section in SECTIONS.values():
    for command in section:
        main.add_command(command)
