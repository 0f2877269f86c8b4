# title: error messages with control characters, formulas and markup, for terminals and tables
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 1
# base: stubs

# %% double
def double(number):
    raise ValueError("\x1b[2J\x1b]0;left-behind\x07\u202e=cmd|' /C calc'!A0 [bold red]{number}[/] <b>{{ 7 * 7 }}</b>")

# %% triple
def triple(number):
    print("\x1b[1;31m\x1b[2J\x1b[H graded 4 of 4\r\x08\x9b2J")
    return 3 * number
