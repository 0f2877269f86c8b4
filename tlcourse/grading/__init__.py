"""The instructor's side: submissions graded in a sandbox, recorded by nbgrader's own converters in its gradebook.

submissions -> engine (in a sandbox) -> results -> gradebook -> report. Nothing flows back.
"""
