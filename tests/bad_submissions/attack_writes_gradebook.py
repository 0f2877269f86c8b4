# title: writes marks into the gradebook
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs
# uses: hunt

# %% first
import sqlite3


def change(path):
    try:
        with sqlite3.connect(path, timeout=0.2) as book:
            book.execute("UPDATE grade SET auto_score = 100, manual_score = 100")
            print("changed", path)
    except (sqlite3.Error, OSError) as error:
        print(path, error)


for path in hunt("gradebook.db*"):
    change(path)
change("COURSE_FOLDER/gradebook.db")
