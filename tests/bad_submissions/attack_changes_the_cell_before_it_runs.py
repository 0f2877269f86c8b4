# title: compiles something else in the place of a check
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
shell = get_ipython()
parse = shell.compile.ast_parse


def ast_parse(source, *arguments, **keywords):
    return parse("pass" if "checks.returns" in source else source, *arguments, **keywords)


shell.compile.ast_parse = ast_parse
