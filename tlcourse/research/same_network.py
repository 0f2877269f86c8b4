"""The headline's own network without its teacher, with a longer recipe (C01, C02, C18).

`headline.scratch` trains these 16 layers for 25 epochs on the images as they are. Here the same layers learn from
random shifts, turns, zooms, color casts and mirror images, four times as long, and the test adds the logits of each
image and its mirror image, as it does with the teacher. `develop` chooses the rate on other people. *small_cnn* is the
headline's best baseline of a short training, *untrained* the head on the frozen features of the same layers with random
weights.
"""

import time

import keras
import numpy as np

from tlcourse.augmentation import RandomAffine, RandomColorCast
from tlcourse.data import results
from tlcourse.datasets import faces
from tlcourse.networks import narrow_vgg16, refresh_batch_norm
from tlcourse.research import headline
from tlcourse.research.teacher_errors import NEW_PEOPLE

RATES = (1e-3, 3e-3)
EPOCHS = 100
DEVELOPED = 2  # development seeds
TRAIN_EACH, TEST_EACH = 10, 20
DEVELOPMENT, EVALUATION = 0, 1


def run(seed):
    """Test accuracy of each arm on 65 people of this seed, none of whom the older records of the headline tested on.

    Returns
    -------
    dict of str to float
        "teacher", "same_network", "small_cnn" and "untrained"; "teacher_seconds" of the processor, for loading the
        teacher, all features of the training and test images, and the head; and "rate", that of the same network.

    Raises
    ------
    FileNotFoundError
        If "same_network_development" has not been recorded.
    """
    rate = best_rate(results("same_network_development"))
    train, test = task(seed, EVALUATION)
    start = time.process_time()
    teacher = headline.transfer(train, test, seed)[0]
    seconds = time.process_time() - start
    return {
        "teacher": teacher,
        "teacher_seconds": seconds,
        "same_network": from_scratch(train, test, seed, rate),
        "small_cnn": headline.small_scratch(train, test, seed),
        "untrained": untrained(train, test, seed),
        "rate": rate,
    }


def develop(seed):
    """Accuracy of the network from scratch at each of `RATES`, on people for development, and of the small CNN."""
    train, test = task(seed, DEVELOPMENT)
    return {
        "same_network": {f"{rate:g}": from_scratch(train, test, seed, rate) for rate in RATES},
        "small_cnn": headline.small_scratch(train, test, seed),
        "teacher": headline.transfer(train, test, seed)[0],
    }


def best_rate(recorded):
    """The rate with the highest mean accuracy in the record of `develop`."""
    by_rate = recorded["same_network"]
    return float(max(by_rate, key=lambda rate: by_rate[rate]["mean"]))


def task(seed, stage):
    """65 people, 10 training and 20 test images of each: (train, test).

    Parameters
    ----------
    seed : int
        Chooses the people and draws the images.
    stage : {DEVELOPMENT, EVALUATION}
        Nobody belongs to both.
    """
    everyone = (faces.DEVELOPMENT_PEOPLE, NEW_PEOPLE)[stage]
    chosen = np.random.default_rng([stage, seed]).choice(everyone, headline.PEOPLE, replace=False).tolist()
    first = 2 * seed
    return faces.portraits(chosen, TRAIN_EACH, seed=first), faces.portraits(chosen, TEST_EACH, seed=first + 1)


def from_scratch(train, test, seed, rate, epochs=EPOCHS):
    """Train all 16 layers from initial weights on augmented images, and test on both sides of each image."""
    keras.utils.set_random_seed(seed)
    images = keras.Input((faces.SIZE, faces.SIZE, 3), name="image")
    varied = keras.layers.RandomFlip("horizontal")(RandomAffine()(RandomColorCast()(images)))
    network = narrow_vgg16(headline.PEOPLE)
    model = keras.Model(images, network(varied))
    return headline.fit_from_scratch(model, train, test, epochs, rate, mirror=True)


def untrained(train, test, seed):
    """The head on frozen features of random layers, whose batch norms have seen the training images."""
    keras.utils.set_random_seed(seed)
    network = narrow_vgg16(headline.PEOPLE)
    refresh_batch_norm(network, train.images)
    base = keras.Model(network.input, network.get_layer("fc2_relu").output)
    features = [headline.both_sides(base, part.images) for part in (train, test)]
    return headline.new_head(features[0], train.labels, features[1], test.labels, seed)[0]
