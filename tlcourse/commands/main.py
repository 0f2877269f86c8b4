"""The `tlcourse` command; `make` calls it. Each command imports what it needs when it runs."""

import sys
import traceback

import click

from tlcourse.commands import author, instructor, student

SECTIONS = {"Students": student.COMMANDS, "Instructors": instructor.COMMANDS, "Authors": author.COMMANDS}


class Commands(click.Group):
    """Lists the commands by audience, and shows an error that the course words itself as one line."""

    def invoke(self, context):
        """Run the command that was asked for."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a ✔ must not stop a Windows pipe
        try:
            return super().invoke(context)
        except OSError as error:
            raise click.ClickException(str(error)) from error
        except (ValueError, RuntimeError) as error:
            frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
            if not frames[-1].f_globals.get("__name__", "").startswith("tlcourse."):
                raise
            raise click.ClickException(str(error)) from error

    def format_commands(self, context, formatter):
        """Write one section for each audience."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(command.name, command.get_short_help_str(80)) for command in commands])


@click.group(cls=Commands)
@click.version_option(package_name="tlcourse")
def main():
    """A hands-on course on transfer learning."""


for section in SECTIONS.values():
    for command in section:
        main.add_command(command)
