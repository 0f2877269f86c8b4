# title: variables with the names that the grader uses
# kind: accident
# status: graded
# earns: 4

# %% first
_server = np = numpy = tlcourse = get_result = reply = _ = __ = In = Out = 1
