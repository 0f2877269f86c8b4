"""Which layer to cut the teacher at: each of its 16 weight layers, on a near target and on a far one (C07, C08)."""

import keras
from threadpoolctl import threadpool_limits

from tlcourse import teachers
from tlcourse.datasets import digits, faces
from tlcourse.linear_probe import linear_classifier

GRID = 3  # convolutional maps are averaged over a 3 x 3 grid, so that each layer gives a short vector


def layer_outputs(teacher):
    """The names of the 16 weight layers, and a model that gives the features of all of them at once.

    Convolutional maps are averaged over a 3 x 3 grid and flattened; the last layer gives its logits.
    """
    names = [layer.name for layer in teacher.layers if isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense))]
    outputs = []
    for name in names:
        activated = name if name == "predictions" else f"{name}_relu"
        output = teacher.get_layer(activated).output
        if len(output.shape) == 4:
            output = keras.layers.AveragePooling2D(output.shape[1] // GRID)(output)
            output = keras.layers.Flatten(name=f"{name}_vector")(output)  # the teacher has a layer "flatten" of its own
        outputs.append(output)
    return names, keras.Model(teacher.input, outputs)


def linear_accuracy(train_features, train_labels, test_features, test_labels):
    """Test accuracy of multinomial logistic regression on standardized features."""
    classifier = linear_classifier(max_iter=300)
    with threadpool_limits(1):  # a problem this small runs many times slower when threads share it
        return float(classifier.fit(train_features, train_labels).score(test_features, test_labels))


def run(seed):
    """Test accuracy for each layer and target, ten training images a class; and on raw pixels."""
    names, model = layer_outputs(teachers.load("faces_vgg16"))
    accuracies = {}
    for target, (train, test) in {"faces": faces.headline(seed), "digits": digits.split(seed)}.items():
        train_features = model.predict(train.images, batch_size=128, verbose=0)
        test_features = model.predict(test.images, batch_size=128, verbose=0)
        accuracies[target] = {
            name: linear_accuracy(train_vectors, train.labels, test_vectors, test.labels)
            for name, train_vectors, test_vectors in zip(names, train_features, test_features, strict=True)
        }
        flat = [part.images.reshape(len(part), -1) / 255 for part in (train, test)]
        accuracies[target]["pixels"] = linear_accuracy(flat[0], train.labels, flat[1], test.labels)
    return accuracies
