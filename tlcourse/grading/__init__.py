"""The instructor's side: hand-ins graded by stock nbgrader in a course folder of their own."""
