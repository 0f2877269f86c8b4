# title: deletes the course
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import shutil

shutil.rmtree("COURSE_FOLDER", ignore_errors=True)
