"""What is compared on texts: a linear head on frozen vectors, TF-IDF, and a small network from scratch."""

import warnings

import keras
import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.neural_network import MLPClassifier
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


def word_weights():
    """A vectorizer that weights words and pairs of words by TF-IDF; some signs count as words."""
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b|[!?$£]")


def tf_idf(train, labels, test, c=TFIDF_C):
    """Predicted classes of test texts, after logistic regression on TF-IDF of words and pairs of words."""
    with threadpool_limits(1):
        model = make_pipeline(word_weights(), LogisticRegression(C=c, max_iter=2_000))
        return model.fit(train, labels).predict(test)


def small_network(train, labels, test, seed):
    """Predicted classes of test texts, after training a network of one hidden layer on word counts from scratch."""
    counter = CountVectorizer(token_pattern=r"(?u)\b\w+\b", binary=True)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it ends after a fixed number of epochs
        network = MLPClassifier(32, alpha=1e-3, batch_size=min(32, len(train)), learning_rate_init=5e-3, max_iter=40,
                                random_state=seed)  # fmt: skip
        return make_pipeline(counter, network).fit(train, labels).predict(test)


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
