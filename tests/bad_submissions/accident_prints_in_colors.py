# title: prints a thousand words in color in the cell that an answer needs
# kind: accident
# status: graded
# earns: 4

# %% first
print(*(f"\x1b[31mword {number}\x1b[0m" for number in range(1000)))
two = 2

# %% double
def double(number):
    return two * number
