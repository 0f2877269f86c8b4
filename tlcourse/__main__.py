"""`python -m tlcourse`, where the `tlcourse` command is not on PATH."""

from tlcourse.cli import main

main(prog_name="tlcourse")
