"""`python -m tlcourse`, where the `tlcourse` command is not on PATH."""

from tlcourse.cli import main

if __name__ == "__main__":
    main(prog_name="tlcourse")
