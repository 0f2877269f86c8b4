# title: an endless loop that swallows every exception
# kind: resource
# status: timed out
# earns: 3

# %% triple
def triple(number):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
