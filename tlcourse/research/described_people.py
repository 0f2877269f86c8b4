"""Portraits and sentences in one space: a small CLIP on frozen features, attributes, and what unseen words do (C48).

People of the test are in no training pair; chance is 1 in 50. Every arm has one image of a person and one sentence.
Steps, rate and penalty are first settings, the same for all arms; nothing was chosen on these people. Seed 900 has
development people.
"""

import keras
import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

from tlcourse import networks
from tlcourse.datasets import descriptions, faces
from tlcourse.research import few_shot

TRAIN_PEOPLE, TEST_PEOPLE, IMAGES_EACH = 450, 50, 2
WIDTH, STEPS, BATCH, RATE, TEMPERATURE = 64, 400, 128, 3e-3, 0.07


def run(seed):
    """Recall at 1 and 5, from an image to the sentences and back, for each arm; and with unseen words."""
    first = (faces.DEVELOPMENT_PEOPLE if seed >= 900 else faces.TEST_PEOPLE)[500 * (seed % 900)]
    people = list(range(first, first + TRAIN_PEOPLE + TEST_PEOPLE))
    train = faces.portraits(people[:TRAIN_PEOPLE], IMAGES_EACH, 2 * seed)
    test = faces.portraits(people[TRAIN_PEOPLE:], 1, 2 * seed + 1)
    sentences = [descriptions.describe(number) for number in people]
    counter = CountVectorizer(token_pattern=r"(?u)\b\w+\b", binary=True).fit(sentences[:TRAIN_PEOPLE])
    words = counter.transform(sentences).toarray().astype("float32")
    unseen = [descriptions.describe(number, other_words=True) for number in people[TRAIN_PEOPLE:]]
    others = counter.transform(unseen).toarray().astype("float32")
    result = {}
    for name, pair in few_shot.features(train.images, test.images, seed).items():
        seen, tested = standardized(*pair)
        similarity, spoken = mini_clip(seen, words[:TRAIN_PEOPLE][train.labels], train.labels, seed)
        result[name] = recalls(similarity(tested) @ spoken(words[TRAIN_PEOPLE:]).T)
        if name == "teacher":
            result["unseen_words"] = recalls(similarity(tested) @ spoken(others).T)
        result[f"{name}_attributes"] = from_attributes(seen, tested, people, train.labels)
    return result


def standardized(train, test):
    """Both with mean 0 and deviation 1 of the training rows, float32."""
    center, scale = train.mean(axis=0), train.std(axis=0) + 1e-3
    return ((train - center) / scale).astype("float32"), ((test - center) / scale).astype("float32")


def mini_clip(features, words, people, seed):
    """Two linear maps to unit vectors that InfoNCE has trained: of image features, and of words.

    A batch has a person once at most: two sentences of one person would be each other's negatives.
    """
    keras.utils.set_random_seed(seed)
    maps = [keras.Sequential([keras.Input((part.shape[1],)), keras.layers.Dropout(0.2),
                              keras.layers.Dense(WIDTH, kernel_regularizer=keras.regularizers.L2(1e-4)),
                              keras.layers.UnitNormalization()]) for part in (features, words)]  # fmt: skip
    inputs = [keras.Input((part.shape[1],)) for part in (features, words)]
    model = keras.Model(
        inputs, keras.layers.Concatenate()([each(part) for each, part in zip(maps, inputs, strict=True)])
    )

    def info_nce(_, vectors):
        scores = vectors[:, :WIDTH] @ keras.ops.transpose(vectors[:, WIDTH:]) / TEMPERATURE
        pairs = keras.ops.arange(keras.ops.shape(scores)[0])
        rows = keras.losses.sparse_categorical_crossentropy(pairs, scores, from_logits=True)
        columns = keras.losses.sparse_categorical_crossentropy(pairs, keras.ops.transpose(scores), from_logits=True)
        return (rows + columns) / 2

    networks.compile_and_build(model, keras.optimizers.Adam(RATE), info_nce)
    rng, count = np.random.default_rng(seed), people.max() + 1
    images_each = len(people) // count
    chosen = [rng.choice(count, BATCH, replace=False) * images_each + rng.integers(images_each, size=BATCH)
              for _ in range(STEPS)]  # fmt: skip
    chosen = np.concatenate(chosen)
    model.fit([features[chosen], words[chosen]], np.zeros(len(chosen)), batch_size=BATCH, shuffle=False, verbose=0)
    return tuple(lambda part, each=each: each.predict(part, batch_size=512, verbose=0) for each in maps)


def from_attributes(seen, tested, people, labels):
    """Ridge regression from features to attributes, and the person whose attributes are most similar."""
    table, _ = descriptions.attributes(people)
    center = table[:TRAIN_PEOPLE].mean(axis=0)
    with threadpool_limits(1):
        guessed = Ridge(100.0).fit(seen, (table[:TRAIN_PEOPLE] - center)[labels]).predict(tested)
    wanted = table[TRAIN_PEOPLE:] - center
    return recalls(unit(guessed) @ unit(wanted).T)


def unit(vectors):
    """The vectors, each divided by its length."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def recalls(similarities):
    """Recall at 1 and 5 in both directions; row i of the images belongs to sentence i. A tie counts as a miss."""
    result = {}
    for direction, table in (("image_to_text", similarities), ("text_to_image", similarities.T)):
        ranks = (table >= np.diag(table)[:, None]).sum(axis=1)  # 1 is the best
        result[direction] = {f"at_{k}": float(np.mean(ranks <= k)) for k in (1, 5)}
    return result
