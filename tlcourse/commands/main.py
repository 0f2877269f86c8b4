"""The `tlcourse` command; `make` calls it. Each command imports what it needs when it runs."""

import os
import sys
import traceback

import click

from tlcourse.commands import author, course_commands, instructor, student

SECTIONS = {
    "Students": student.COMMANDS,
    "Instructors": (*instructor.COMMANDS, *course_commands.COMMANDS),
    "Authors": author.COMMANDS,
}


class Commands(click.Group):
    """List the commands by audience, and print an error that the course itself raises as one line.

    With TLCOURSE_DEBUG=1, the traceback is printed, too.
    """

    def invoke(self, context):
        """Run the command that the user named."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a ✔ must not break a Windows pipe
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
    """Whether the message of an error is enough: true for the system's errors and those that the course raises."""
    *_, (innermost, _) = traceback.walk_tb(error.__traceback__)
    return isinstance(error, OSError) or innermost.f_globals.get("__name__", "").startswith("tlcourse.")


@click.group(cls=Commands)
@click.version_option(package_name="tlcourse")
def main():
    """A hands-on course on transfer learning."""


for section in SECTIONS.values():
    for command in section:
        main.add_command(command)
