"""Recorded experiments: what data/results holds is measured here, and the shipped teachers are trained here.

Some of these functions solve exercises, so a submission cannot import this package while it is graded. The grading
(`tlcourse.grading.sandbox.withheld`) sets a variable for that.
"""

import os

if os.environ.get("TLCOURSE_RESEARCH") == "withheld":
    raise ImportError("a graded answer cannot import tlcourse.research, which contains solutions")
