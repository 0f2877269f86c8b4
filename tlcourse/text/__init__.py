"""Text for a network: word pieces, an encoder as in BERT, and vectors of sentences and words.

Keras comes with what needs it, on first use: the teachers' catalog reads the tokenizer alone.
"""

import importlib

from tlcourse.text.word_pieces import WordPieces, split_words

_LATER = {
    "attention_weights": "encoder",
    "build_encoder": "encoder",
    "layer_states": "encoder",
    "sentence_vectors": "vectors",
    "word_vectors": "vectors",
}
__all__ = ["WordPieces", "split_words", *_LATER]


def __getattr__(name):
    if name in _LATER:
        return getattr(importlib.import_module(f"tlcourse.text.{_LATER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
