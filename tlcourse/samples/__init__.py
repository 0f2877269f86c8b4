"""Sample classes, accidents and cheats to try the grading on, and a folder of messy image files."""
