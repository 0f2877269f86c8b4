"""nbgrader's gradebook, converters and plug-ins."""
