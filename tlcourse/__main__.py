"""`python -m tlcourse`, where the `tlcourse` command is not on PATH."""

from tlcourse.commands.main import main

if __name__ == "__main__":
    main(prog_name="tlcourse")
