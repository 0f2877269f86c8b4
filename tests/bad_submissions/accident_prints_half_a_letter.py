# title: prints half a letter, as a text cut within an emoji has it
# kind: accident
# status: graded
# earns: 4

# %% first
two = 2
print("cut here: \ud83d")

# %% double
def double(number):
    return two * number
