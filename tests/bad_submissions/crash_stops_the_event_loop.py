# title: stops the kernel's event loop
# kind: resource
# status: crashed | timed out | graded
# earns: 3

# %% triple
def triple(number):
    import asyncio

    asyncio.get_event_loop().stop()
    raise RuntimeError
