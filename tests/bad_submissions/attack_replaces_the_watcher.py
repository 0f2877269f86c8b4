# title: the functions that watch and answer for it are replaced
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
from tlcourse.grading.sandbox.guest import frame_watch, function_server, integrity


class Blind:
    def arm(self):
        pass

    def disarm(self):
        return []


frame_watch.watch = Blind
integrity.fingerprints = lambda watched, namespace: {}
function_server._call = lambda namespace, call: {"value": {"t": ["l", "right"]}, "models": []}
