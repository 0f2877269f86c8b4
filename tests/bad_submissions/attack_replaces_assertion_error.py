# title: AssertionError is made a warning, and print and BaseException are replaced
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import builtins

builtins.AssertionError = lambda *arguments: SystemExit(0)
builtins.BaseException = Exception
builtins.print = lambda *arguments, **keywords: None
