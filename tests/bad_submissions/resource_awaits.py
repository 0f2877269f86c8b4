# title: awaits for weeks
# kind: resource
# status: timed out
# earns: 4

# %% last
import asyncio

await asyncio.sleep(10**6)
