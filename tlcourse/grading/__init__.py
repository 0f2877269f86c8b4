"""The instructor's side: hand-ins graded in a box, with nbgrader's own converters and gradebook."""
