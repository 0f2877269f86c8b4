"""Size, speed and attention of students, and the processor time that teaching them takes (C36, C40, C43).

Seven of the eight ways of distillation end in the same network, because the layer that hints add is removed after the
training. Only the student of two tasks has a second output. Size and speed on a device do not depend on the values of
the weights, so they are measured on networks that are not trained.
"""

import time

import keras
import numpy as np

from tlcourse import export
from tlcourse.distillation import attention
from tlcourse.networks import small_student
from tlcourse.research import distillation_methods, headline

CALLS = 1000  # timed, one image each


def run(seed):
    """Networks on a device; likeness of the students' attention to the teacher's; processor seconds of teaching."""
    task = distillation_methods.DistillationTask(seed)
    ways = task.ways()
    students, seconds = {"untrained": task.student()}, {}
    for way in ("attention", "softmax", "scratch"):  # the first pays for what TensorFlow sets up once, and is not timed
        start = time.process_time()
        students[way] = task.taught(ways[way])
        seconds[way] = time.process_time() - start
    return {
        "networks": networks(seed, task.test.images[:1]),
        "alike": alike(students, task.test.images),
        "processor_seconds": {"asking": asking(task), "softmax": seconds["softmax"], "scratch": seconds["scratch"]},
    }


def networks(seed, image):
    """Parameters, bytes as a LiteRT file and milliseconds per image of the teacher, the student, one of two tasks."""
    keras.utils.set_random_seed(seed)
    student = small_student(distillation_methods.PEOPLE)
    both = keras.layers.Concatenate()([student.output, distillation_methods.second_output(student)])
    two_tasks = keras.Model(student.input, both)
    values = np.random.default_rng(seed)  # a file keeps arrays that are all zero, as in a new network, only once
    two_tasks.set_weights([values.uniform(0.1, 1.0, weight.shape) for weight in two_tasks.get_weights()])
    models = {"teacher": distillation_methods.whole_teacher(), "student": student, "multi_task": two_tasks}
    measured = {}
    for name, model in models.items():
        content = export.convert(model)
        milliseconds = export.milliseconds(export.Runner(content), image, CALLS)
        measured[name] = {"parameters": model.count_params(), "bytes": len(content), "ms": milliseconds}
    return measured


def alike(students, images):
    """Cosine of the attention maps of the teacher's third block and of each student's second convolution, on average.

    For comparison a map that is the same everywhere.
    """
    teacher_maps = distillation_methods.base().predict(images, batch_size=100, verbose=0)[0]
    any_student = next(iter(students.values()))
    target = attention(any_student, "map2", teacher_maps).target  # of the teacher: the same for every student
    likeness = {}
    for name, student in students.items():
        output = attention(student, "map2", teacher_maps).output
        own = keras.Model(student.input, output).predict(images, batch_size=250, verbose=0)
        likeness[name] = float((own * target).sum(axis=1).mean())
    return {**likeness, "same_everywhere": float(target.sum(axis=1).mean() / np.sqrt(target.shape[1]))}


def asking(task):
    """Processor seconds to give the teacher a head for these people and to ask it about all images once."""
    start = time.process_time()
    features = distillation_methods.base().predict(task.images, batch_size=100, verbose=0)[-1]
    labels = task.train.labels
    head = headline.train_head(features[: len(labels)], labels, distillation_methods.PEOPLE, task.seed)
    head.predict(features, verbose=0)
    return time.process_time() - start
