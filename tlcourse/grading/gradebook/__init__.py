"""nbgrader's course, gradebook and commands: results go in here, and marks come out."""
