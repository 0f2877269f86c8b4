"""Text for a network: word pieces, an encoder as in BERT, and vectors of sentences and words."""

from tlcourse.text.encoder import attention_weights, build_encoder, depth_of, layer_states
from tlcourse.text.vectors import sentence_vectors, word_vectors
from tlcourse.text.word_pieces import WordPieces, split_words

__all__ = [
    "WordPieces",
    "attention_weights",
    "build_encoder",
    "depth_of",
    "layer_states",
    "sentence_vectors",
    "split_words",
    "word_vectors",
]
