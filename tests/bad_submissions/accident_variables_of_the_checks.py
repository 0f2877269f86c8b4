# title: variables with the names that checks use
# kind: accident
# status: graded
# earns: 4

# %% first
hidden_number = number = expected = result = function = arguments = mistakes = actual = 7
