"""Eight ways to train one small student at one budget; wrong teachers; the student on a device (C05, C36 to C43).

Recipes (temperature, learning rate, weights of the objectives) were chosen on `faces.DEVELOPMENT_PEOPLE`.
"""

import dataclasses
import functools
import time

import keras
import numpy as np

from tlcourse import distillation, export, networks, teachers
from tlcourse.datasets import faces
from tlcourse.research import headline

PEOPLE, LABELED, UNLABELED, TESTED = 20, 10, 30, 25  # people of a task; images of each
STEPS, BATCH, LEARNING_RATE, TEMPERATURE = 160, 50, 0.01, 4.0
HINT_WEIGHT, ATTENTION_WEIGHT, GLASSES_WEIGHT = 5.0, 10.0, 0.3
WRONG_LABELS = (0.2, 0.4)  # shares of the labels that a bad teacher learns wrong
MOVED_BY, DARKENED_BY = 5, 2  # pixels to the right; every value divided by
SOURCE_PEOPLE, SOURCE_EACH, SOURCE_SEED = 400, 2, 4_000  # images that the second teacher learns glasses from
TIMED_IMAGES = 100


def split_images(seed, people=faces.TEST_PEOPLE):
    """Images of 20 people: (with labels, without, for the test); the middle part's labels are for nobody's eyes."""
    images = LABELED + UNLABELED + TESTED
    dataset = faces.portraits(people[PEOPLE * seed : PEOPLE * (seed + 1)], images, seed)
    place = np.arange(len(dataset)) % images
    return dataset.take(place < LABELED), dataset.take((place >= LABELED) & (place < images - TESTED)), dataset.take(
        place >= images - TESTED)  # fmt: skip


@functools.cache
def base():
    """The teacher without its head, with two of its maps: 12x12, 6x6, and its 192 features."""
    model = teachers.load("faces_vgg16", head=False)
    names = ("block3_conv3_relu", "block4_conv3_relu", "fc2_relu")
    return keras.Model(model.input, [model.get_layer(name).output for name in names])


@functools.cache
def glasses_head():
    """A second teacher: whether somebody wears glasses, learned from images of people whom the first one knows."""
    people = faces.TEACHER_PEOPLE[:: len(faces.TEACHER_PEOPLE) // SOURCE_PEOPLE][:SOURCE_PEOPLE]
    dataset = faces.portraits(people, SOURCE_EACH, SOURCE_SEED)
    maps = base().predict(dataset.images, batch_size=100, verbose=0)[1]
    return headline.train_head(_pooled(maps), wear_glasses(people)[dataset.labels], 2, seed=0, epochs=20)


def wear_glasses(people):
    """For each identity 1 or 0."""
    return np.array([int(faces.person(identity).glasses != "none") for identity in people])


def _pooled(maps):
    """Maps averaged over a grid of 3x3 places, and flattened."""
    count, height, width, channels = maps.shape
    return maps.reshape(count, 3, height // 3, 3, width // 3, channels).mean(axis=(2, 4)).reshape(count, -1)


def teacher_predictions(images, labels, seed):
    """All that the teachers say about `images`; the first of them have `labels`, which each head is trained on.

    One head learns the labels as they are ("logits"), one for each share of WRONG_LABELS a mutated copy ("wrong 0.2").
    """
    large_maps, small_maps, features = base().predict(images, batch_size=100, verbose=0)
    heads = {"logits": labels, **{f"wrong {share}": with_mistakes(labels, share, seed) for share in WRONG_LABELS}}
    outputs = {
        name: headline.train_head(features[: len(labels)], targets, PEOPLE, seed).predict(features, verbose=0)
        for name, targets in heads.items()
    }
    outputs["glasses"] = glasses_head().predict(_pooled(small_maps), verbose=0)
    return {**outputs, "large_maps": large_maps, "small_maps": small_maps}


def with_mistakes(labels, share, seed):
    """Labels of which about `share` name somebody else."""
    rng = np.random.default_rng([seed, 37])
    wrong = rng.random(len(labels)) < share
    return np.where(wrong, (labels + rng.integers(1, PEOPLE, len(labels))) % PEOPLE, labels)


class DistillationTask:
    """The images of one seed, what the teachers say of them, and the ways to teach a student with both."""

    def __init__(self, seed, people=faces.TEST_PEOPLE):
        self.seed = seed
        self.train, unlabeled, self.test = split_images(seed, people)
        self.images = np.concatenate([self.train.images, unlabeled.images])
        self.unusual = unusual(self.test.take(slice(None, None, 2)))
        parts = [self.images, self.test.images, *(part.images for part in self.unusual.values())]
        predictions = teacher_predictions(np.concatenate(parts), self.train.labels, seed)
        ends = np.cumsum([len(part) for part in parts])[:-1]
        self.predictions = {name: part[: ends[0]] for name, part in predictions.items()}
        self.logits_of = dict(
            zip(["images", "test", *self.unusual], np.split(predictions["logits"], ends), strict=True)
        )
        self.test_predictions = {name: part[ends[0] : ends[1]] for name, part in predictions.items() if part.ndim == 2}
        self.glasses = wear_glasses(people[PEOPLE * seed : PEOPLE * (seed + 1)])[self.test.labels]

    def student(self):
        """The same random weights for every way of teaching."""
        keras.utils.set_random_seed(self.seed)
        return networks.small_student(PEOPLE)

    def soft(self, student, kind="logits", temperature=TEMPERATURE):
        """The teacher's softened answers on all images."""
        return distillation.Objective(student.output, self.predictions[kind], distillation.SoftTargets(temperature))

    def hard(self, student, kind="logits"):
        """The names that the teacher gives, as if they were labels."""
        return distillation.from_labels(student, self.predictions[kind].argmax(axis=1))

    def ways(self):
        """Name to a function that takes a student and gives (images, objectives) for it."""
        few, everything = self.train.images, self.images
        by_label = functools.partial(distillation.from_labels, labels=self.train.labels)
        return {
            "scratch": lambda s: (few, [by_label(s)]),
            "smoothing": lambda s: (few, [by_label(s, smoothing=0.1)]),
            "hard": lambda s: (everything, [self.hard(s)]),
            "softmax": lambda s: (everything, [self.soft(s)]),
            "hints": lambda s: (everything, [self.soft(s), self.hint(s)]),
            "attention": lambda s: (everything, [self.soft(s), *self.attention(s)]),
            "softmax_few": lambda s: (few, [_first(self.soft(s), len(few))]),
        }

    def wrong_ways(self, share):
        """The same for a teacher that learned some wrong labels: its names, and its answers at two temperatures."""
        name, everything = f"wrong {share}", self.images
        return {
            "hard": lambda s: (everything, [self.hard(s, name)]),
            "softmax": lambda s: (everything, [self.soft(s, name)]),
            "softmax_cold": lambda s: (everything, [self.soft(s, name, temperature=1.0)]),
        }

    def taught(self, way):
        """A student taught in one way."""
        student = self.student()
        return _teach(student, *way(student))

    def hint(self, student, weight=HINT_WEIGHT):
        """The teacher's maps after its fourth block."""
        return distillation.hint(student, "map3", self.predictions["small_maps"], weight)

    def attention(self, student):
        """Where the teacher's third and fourth block look."""
        pairs = {"map2": "large_maps", "map3": "small_maps"}
        return [
            distillation.attention(student, own, self.predictions[maps], ATTENTION_WEIGHT)
            for own, maps in pairs.items()
        ]

    def multi_task(self):
        """One student for two teachers: (who, glasses) as accuracies."""
        student = self.student()
        glasses = second_output(student)
        soft = distillation.SoftTargets(TEMPERATURE)
        second = distillation.Objective(glasses, self.predictions["glasses"], soft, GLASSES_WEIGHT)
        _teach(student, self.images, [self.soft(student), second])
        both = keras.Model(student.input, glasses).predict(self.test.images, batch_size=250, verbose=0)
        return headline.accuracy(student, self.test), _share(both, self.glasses)

    def transfer(self):
        """A teacher that nobody adapted to these people: half the steps its maps, half the few labels."""
        student = self.student()
        look = distillation.attention(student, "map2", self.predictions["large_maps"], ATTENTION_WEIGHT)
        _teach(student, self.images, [self.hint(student, 1.0), look], STEPS // 2)
        few = [distillation.from_labels(student, self.train.labels), _first(self.hint(student, 1.0), len(self.train))]
        _teach(student, self.train.images, few, STEPS // 2)
        return headline.accuracy(student, self.test)


def second_output(student):
    """A dense layer for the second task on the student's features: glasses or none."""
    return keras.layers.Dense(2)(student.get_layer("features").output)


def whole_teacher():
    """The teacher with a head for the people of a task, which has learned nothing yet."""
    return keras.Sequential([teachers.load("faces_vgg16", head=False), keras.layers.Dense(PEOPLE)])


def unusual(test):
    """Images such as nobody was taught on: moved to the right (the left edge is repeated), and darker."""
    left = np.repeat(test.images[:, :, :1], MOVED_BY, axis=2)
    moved = np.concatenate([left, test.images[:, :, :-MOVED_BY]], axis=2)
    changed = {"moved": moved, "dark": test.images // DARKENED_BY}
    return {name: dataclasses.replace(test, images=images) for name, images in changed.items()}


def _first(objective, count):
    return objective._replace(target=objective.target[:count])


def _teach(student, images, objectives, steps=STEPS):
    return distillation.teach(student, images, objectives, steps, BATCH, LEARNING_RATE)


def _share(logits, labels):
    return float((logits.argmax(axis=1) == labels).mean())


def on_device(student, test):
    """File sizes in bytes, milliseconds per image, and agreement with Keras of the student in LiteRT's formats."""
    teacher = whole_teacher()
    networks = {"teacher": export.convert(teacher), "student": export.convert(student)}
    networks["student_float16"] = export.convert(student, "float16")
    networks["student_int8"] = export.convert(student, "int8", test.images[::10])
    images = test.images[:: len(test) // TIMED_IMAGES]
    own = student.predict(images, verbose=0).argmax(axis=1)
    measured = {"teacher_parameters": teacher.count_params(), "student_parameters": student.count_params()}
    for name, content in networks.items():
        runner = export.Runner(content)
        measured[f"{name}_bytes"] = len(content)
        measured[f"{name}_ms"] = export.milliseconds(runner, images[:1])
        if name != "teacher":
            measured[f"{name}_agreement"] = _share(runner.predict(images), own)
    return {**measured, "speedup": measured["teacher_ms"] / measured["student_ms"]}


def run(seed, people=faces.TEST_PEOPLE):
    """Test accuracies of the teachers and of a student taught in each way; sizes, times, and images of another kind.

    All students have the same weights at the start, the same number of steps and the same batch size. Only the ways
    ``scratch``, ``smoothing`` and ``softmax_few`` see the labeled images alone.
    """
    task = DistillationTask(seed, people)
    students = {name: task.taught(way) for name, way in task.ways().items()}
    accuracies = {name: headline.accuracy(student, task.test) for name, student in students.items()}
    accuracies["multi_task"], glasses = task.multi_task()
    accuracies["transfer"] = task.transfer()
    truth, predictions = task.test.labels, task.test_predictions
    wrong = {}
    for share in WRONG_LABELS:
        ways = task.wrong_ways(share)
        wrong[str(share)] = {name: headline.accuracy(task.taught(way), task.test) for name, way in ways.items()}
        wrong[str(share)]["teacher"] = _share(predictions[f"wrong {share}"], truth)
    changed = {}
    for name, part in task.unusual.items():
        changed[name] = {way: headline.accuracy(student, part) for way, student in students.items()}
        changed[name]["teacher"] = _share(task.logits_of[name], part.labels)
    return {
        "accuracy": {**accuracies, "teacher": _share(predictions["logits"], truth)},
        "glasses": {"student": glasses, "teacher": _share(predictions["glasses"], task.glasses)},
        "wrong": wrong,
        "changed": changed,
        "device": on_device(students["softmax"], task.test),
        "compute": compute(task),
    }


def compute(task):
    """Processor seconds: to ask the teacher about all images once; to build a student and teach it for one pass."""
    times = [time.process_time()]
    base().predict(task.images, batch_size=100, verbose=0)
    times.append(time.process_time())
    student = task.student()
    _teach(student, task.images, [task.soft(student)], steps=-(-len(task.images) // BATCH))
    times.append(time.process_time())
    asked, taught = np.diff(times)
    return {"teacher_predictions": float(asked), "one_epoch_of_the_student": float(taught)}
