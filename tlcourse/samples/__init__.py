"""Sample classes, accidents and cheats to try the grading on."""
