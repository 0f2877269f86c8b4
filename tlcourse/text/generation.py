"""Write text with a language model: a piece at a time, each from what stands before it."""

import numpy as np

from tlcourse.text.objectives import text_to_text


def written(model, inputs, end, longest=12, choose=None):
    """The outputs of a text-to-text model, each until it writes `end`.

    Parameters
    ----------
    model : language_model.LanguageModel
    inputs : sequence of list of int
    end : int
        The piece that ends an output; it is left out.
    longest : int
        Pieces of an output at most.
    choose : callable, optional
        From logits, shape (vocabulary,), to the next piece; by default the piece with the largest.

    Returns
    -------
    list of list of int
    """
    choose = choose or (lambda logits: int(np.argmax(logits)))
    outputs, open_rows = [[] for _ in inputs], list(range(len(inputs)))
    length = max(map(len, inputs)) + longest
    for _ in range(longest):
        if not open_rows:
            break
        logits = model.logits(text_to_text([(inputs[row], outputs[row]) for row in open_rows], length))
        for row, states in zip(list(open_rows), logits, strict=True):
            piece = choose(states[len(inputs[row]) + len(outputs[row]) - 1])
            if piece == end:
                open_rows.remove(row)
            else:
                outputs[row].append(piece)
    return outputs


def continued(model, ids, end, longest=12, choose=None):
    """What a GPT writes after the pieces `ids`, until it writes `end`; see `written`."""
    return written(_Causal(model), [list(ids)], end, longest, choose)[0]


class _Causal:
    """A language model whose input, too, is read from left to right."""

    def __init__(self, model):
        self._model = model

    def logits(self, batch):
        left = np.tri(batch.ids.shape[1], dtype=bool)
        return self._model.logits(batch._replace(mask=batch.mask & left))
