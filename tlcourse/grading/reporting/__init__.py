"""Tables and pages for instructors."""
