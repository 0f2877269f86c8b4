"""Indexes that nbgrader's gradebook lacks: without them, each submission takes longer the larger the class is.

nbgrader looks up grades and comments by their notebook, and the database would read the whole class for that.
"""

import sqlalchemy
from nbgrader.api import Comment, Grade, SubmittedAssignment, SubmittedNotebook

INDEXES = tuple(
    sqlalchemy.Index(f"ix_tlcourse_{column.table.name}_{column.name}", column)
    for table, name in (
        (Grade, "notebook_id"),
        (Comment, "notebook_id"),
        (SubmittedNotebook, "assignment_id"),
        (SubmittedAssignment, "student_id"),
    )
    for column in [table.__table__.c[name]]
)


def add_indexes(gradebook):
    """Add the indexes that a gradebook does not have yet.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    """
    for index in INDEXES:
        index.create(gradebook.engine, checkfirst=True)
