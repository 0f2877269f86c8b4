# title: cancels every task of the kernel
# kind: resource
# status: graded | crashed | timed out
# earns: 4

# %% first
import asyncio

for task in asyncio.all_tasks():
    task.cancel()
