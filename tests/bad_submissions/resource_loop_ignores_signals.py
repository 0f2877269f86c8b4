# title: an endless loop that ignores every signal that can be ignored
# kind: resource
# status: timed out
# earns: 3

# %% triple
def triple(number):
    import signal

    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass
