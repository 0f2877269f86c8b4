"""What is compared on texts: a linear head on frozen vectors, TF-IDF, and a small network from scratch."""

import keras
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from tlcourse import teachers, text

LENGTH = 64  # pieces of a text that count
HEAD_C, TFIDF_C = 10.0, 10.0  # inverse strength of the penalty


def accuracy(true, predicted):
    """The share of texts whose class was found."""
    return float(np.mean(true == predicted))


def macro_f1(true, predicted):
    """F1 of each class, then their mean: both classes count the same, however rare one is."""
    return float(f1_score(true, predicted, average="macro", zero_division=0))


def linear_head(train, labels, test, c=HEAD_C):
    """Predicted classes of test vectors, after logistic regression on a few training vectors."""
    with threadpool_limits(1):
        return LogisticRegression(C=c, max_iter=2_000).fit(train, labels).predict(test)


def tf_idf(train, labels, test, c=TFIDF_C):
    """Predicted classes of test texts, after logistic regression on TF-IDF of words and pairs of words."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b|[!?$£]")
    with threadpool_limits(1):
        model = make_pipeline(vectorizer, LogisticRegression(C=c, max_iter=2_000))
        return model.fit(train, labels).predict(test)


def small_network(train, labels, test, vocabulary_size, seed, steps=200):
    """Predicted classes of rows of ids, after training a convolution over word pieces from scratch.

    Parameters
    ----------
    train, test : numpy.ndarray
        Shape (n, length), 0 for padding.
    labels : numpy.ndarray
        0 or 1.
    vocabulary_size, seed, steps : int
    """
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Embedding(vocabulary_size, 48),
            layers.Dropout(0.3),
            layers.Conv1D(64, 3, padding="same", activation="relu"),
            layers.GlobalMaxPooling1D(),
            layers.Dropout(0.3),
            layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(2e-3), keras.losses.BinaryCrossentropy(from_logits=True))
    batch = min(32, len(train))
    drawn = np.random.default_rng(seed).integers(0, len(train), steps * batch)
    model.fit(train[drawn], labels[drawn], batch_size=batch, epochs=1, shuffle=False, verbose=0)
    return (model.predict(test, batch_size=256, verbose=0)[:, 0] > 0).astype(np.int64)


def teacher_parts(name):
    """The encoder of a teacher without its head, and its tokenizer."""
    return teachers.load(name, head=False), teachers.tokenizer(name)


def untrained(encoder, seed):
    """An encoder of the same sizes with random weights."""
    keras.utils.set_random_seed(seed)
    attention = encoder.get_layer("attention_1")
    pieces, places = encoder.get_layer("pieces"), encoder.get_layer("positions")
    return text.build_encoder(
        pieces.input_dim,
        pieces.output_dim,
        depth=sum(layer.name.startswith("attention_") for layer in encoder.layers),
        heads=attention.num_heads,
        hidden=encoder.get_layer("wide_1").units,
        positions=places.input_dim,
    )
