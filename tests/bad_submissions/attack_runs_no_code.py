# title: the shell compiles every cell and runs none
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
async def run_code(*arguments, **keywords):
    return False


get_ipython().run_code = run_code
