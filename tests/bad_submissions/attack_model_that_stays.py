# title: claims to be a model that stays, and answers every question
# kind: attack
# status: graded
# earns: 0
# base: stubs

# %% double
from tlcourse.grading.sandbox.guest import wire_objects
from tlcourse.model_outputs import ModelOutputs


class Agrees(ModelOutputs):
    handle = 0

    def __eq__(self, other):
        return True


def double(number):
    wire_objects.returned_models.append(lambda *_, **__: 2 * number)
    return Agrees(lambda *_: 2 * number, "int", "")
