"""The `tlcourse` command line and the jobs it runs."""
