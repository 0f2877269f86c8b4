"""One portrait of a synthetic person, under pose, expression, light, color cast, clothes and clutter of the moment."""

import numpy as np

from tlcourse.datasets.faces import hair
from tlcourse.datasets.faces.canvas import Canvas


def draw(person, rng, size=48, canvas=None):
    """One portrait of `person`, with everything but the person sampled from `rng`.

    Parameters
    ----------
    person : Person
    rng : numpy.random.Generator
    size : int, default 48
        Height and width in pixels.
    canvas : Canvas, optional
        A new one of this size and generator, if it is to do more than paint; its `part` says what is being painted.

    Returns
    -------
    numpy.ndarray
        Shape (size, size, 3), dtype uint8.
    """
    canvas = canvas or Canvas(size, rng)
    draw_background(canvas, rng)
    canvas.part = "hair"
    hair.draw_back(canvas, person)
    canvas.part = "background"
    _body(canvas, person, rng)
    canvas.part = "skin"
    face = draw_head(canvas, person)
    canvas.part = "mouth"
    draw_mouth_and_beard(canvas, person, rng, face)
    canvas.part = "skin"
    draw_nose(canvas, person)
    canvas.part = "eyes"
    draw_eyes(canvas, person, rng)
    canvas.part = "hair"
    hair.draw_front(canvas, person)
    canvas.part = "background"
    hair.draw_headwear(canvas, person, rng)
    _occlusion(canvas, rng)
    return photograph(canvas, rng)


def draw_background(canvas, rng):
    """A gradient of two colors, stripes in some images, and 8 to 19 ellipses and boxes."""
    top, bottom = rng.uniform(0.05, 0.95, (2, 3))
    blend = (canvas.grid_y + 1) / 2
    for plane, first, last in zip(canvas.planes, top, bottom, strict=True):
        plane[:] = first + (last - first) * blend
    if rng.random() < 0.4:
        angle, pitch = rng.uniform(0, np.pi), rng.uniform(8, 26)
        stripes = np.sin(pitch * (np.cos(angle) * canvas.grid_x + np.sin(angle) * canvas.grid_y)) > 0
        canvas.paint(stripes, rng.uniform(0, 1, 3), rng.uniform(0.3, 0.9))
    for _ in range(rng.integers(8, 20)):
        angle = rng.uniform(0, np.pi)
        x, y = canvas.grid_x - rng.uniform(-1, 1), canvas.grid_y - rng.uniform(-1, 1)
        x, y = (
            x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)),
            y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle)),
        )
        shape = canvas.ellipse if rng.random() < 0.6 else canvas.box
        canvas.paint(shape(x, y, *rng.uniform(0.06, 0.5, 2)), rng.uniform(0, 1, 3), rng.uniform(0.6, 1))


def _body(canvas, person, rng):
    """Neck and shoulders, in a shirt of one color or striped."""
    shirt = rng.uniform(0.05, 0.95, 3)
    x, y = canvas.x, canvas.y
    canvas.paint(canvas.box(x, y - 0.75, person.face_width * 0.5, 0.35), person.skin * 0.82)
    torso = canvas.ellipse(x, y - 1.35, 0.95, 0.5, 2.5)
    canvas.paint(torso, shirt)
    if rng.random() < 0.5:
        canvas.paint(torso * (np.sin(x * rng.uniform(-30, 30) + y * rng.uniform(-30, 30)) > 0), rng.uniform(0, 1, 3))


def draw_head(canvas, person):
    """Ears, face, cheeks, freckles and marks; returns the mask of the face."""
    x, y = canvas.look(0.0)
    width, ears = person.face_width, person.ears
    for side in (-1, 1):
        canvas.paint(canvas.ellipse(x - side * width, y, ears, ears * 1.5), person.skin * 0.88)
        if person.earrings is not None:
            drop = canvas.ellipse(x - side * (width + ears * 0.5), y - ears * 1.5 - 0.07, 0.08, 0.1)
            canvas.paint(drop, person.earrings)
    power = np.where(y > 0, np.float32(person.jaw), np.float32(2.1))  # the jaw is squarer, or rounder, than the skull
    radius = (np.abs(x / width) ** power + np.abs(y / person.face_height) ** power) ** (1 / power)
    face = canvas.cover((radius - 1) * width)
    canvas.paint(face, person.skin)
    x, y = canvas.look(0.6)
    for side in (-1, 1):
        cheek = canvas.ellipse(x - side * width * 0.6, y - 0.18, 0.13, 0.1)
        canvas.paint(cheek, [0.9, 0.35, 0.35], person.blush)
        if person.freckles:
            for dx, dy in ((-0.06, 0.12), (0.05, 0.15), (0.0, 0.2)):
                dot = canvas.ellipse(x - side * (width * 0.55 + dx), y - dy, 0.03, 0.03)
                canvas.paint(dot, person.skin * [0.7, 0.55, 0.45])
    for mark in person.marks:
        canvas.paint(canvas.ellipse(x - mark.x, y - mark.y, mark.radius, mark.radius), mark.color)
    return face


def draw_mouth_and_beard(canvas, person, rng, face):
    """The beard on the `face` mask, and a mouth that may smile or open."""
    x, y = canvas.look(0.75)
    smile, opening = rng.uniform(-0.35, 0.6), max(0.0, rng.normal(0.0, 0.05))
    width = person.mouth_width * (1 + 0.3 * max(smile, 0))
    v = y - person.mouth_height + smile * (x / width) ** 2 * 0.06 * (np.abs(x) < width * 1.3)
    if person.beard in ("full", "stubble"):
        around_mouth = 1 - canvas.ellipse(x, v, width * 1.1, 0.08 + opening)
        area = face * canvas.cover(0.18 - y + 0.25 * np.abs(x)) * around_mouth
        canvas.paint(area, person.hair, 0.92 if person.beard == "full" else 0.35)
    if person.beard == "goatee":
        canvas.paint(face * canvas.ellipse(x, y - person.mouth_height - 0.17, 0.14, 0.15), person.hair)
    if person.beard in ("moustache", "full", "goatee"):
        canvas.paint(canvas.ellipse(x, v + 0.1, width * 0.95, 0.055), person.hair)
    canvas.paint(canvas.ellipse(x, v, width, person.lips + opening), person.lip_color)
    if opening > 0.02:
        canvas.paint(canvas.ellipse(x, v, width * 0.75, opening), [0.25, 0.08, 0.1])
        canvas.paint(canvas.box(x, v + opening * 0.6, width * 0.5, opening * 0.3), [0.95, 0.95, 0.92])
    else:
        canvas.paint(canvas.ellipse(x, v, width * 0.95, 0.014), person.lip_color * 0.5)


def draw_nose(canvas, person):
    """The nose, with a shadow below its tip and a shine on it."""
    x, y = canvas.look(1.0)
    width, length = person.nose_width, person.nose_length
    tip_y = y - person.eye_height - length
    canvas.paint(canvas.ellipse(x, tip_y, width, 0.05), person.skin * 0.72)
    canvas.paint(canvas.ellipse(x + 0.01, tip_y + length * 0.45, 0.035, length * 0.5), person.skin * 0.88)
    canvas.paint(canvas.ellipse(x, tip_y + 0.02, width * 0.7, 0.045), np.minimum(person.skin * 1.08, 1))


def draw_eyes(canvas, person, rng):
    """Eyes that look to some side or blink, with brows and glasses."""
    x, y = canvas.look(0.7)
    openness = 0.12 if rng.random() < 0.06 else rng.uniform(0.65, 1.1)
    gaze, brow_raise = rng.uniform(-0.35, 0.35), rng.normal(0, 0.025)
    width = person.eye_width
    for side in (-1, 1):
        u, w = (x - side * person.eye_distance) * side, y - person.eye_height
        w = w + person.eye_tilt * u
        height = width * person.eye_roundness * openness
        eye = canvas.ellipse(u, w, width, height)
        canvas.paint(canvas.ellipse(u, w + 0.012, width * 1.12, height + 0.02), person.skin * 0.55)
        canvas.paint(eye, [0.97, 0.97, 0.95])
        iris_x = u - side * gaze * width
        canvas.paint(eye * canvas.ellipse(iris_x, w, width * 0.5, width * 0.5), person.iris)
        canvas.paint(eye * canvas.ellipse(iris_x, w, width * 0.24, width * 0.24), [0.03, 0.03, 0.03])
        brow_y = w + person.brow_height + brow_raise + person.brow_tilt * u + 0.6 * u * u
        canvas.paint(canvas.box(u, brow_y, width * 1.25, person.brow_thickness), person.hair * 0.75)
        if person.glasses != "none":
            _glasses(canvas, person, u, w)


def _glasses(canvas, person, u, w):
    """Frame and lens of one eye, from its coordinates: u outward from its middle, w down."""
    radius, rim = person.eye_distance * 0.82, 0.034
    if person.glasses == "square":
        outer = canvas.box(u, w, radius, radius * 0.75)
        inner = canvas.box(u, w, radius - rim * 2, radius * 0.75 - rim * 2)
    else:
        outer = canvas.ellipse(u, w, radius, radius)
        inner = canvas.ellipse(u, w, radius - rim * 2, radius - rim * 2)
    if person.glasses == "half":
        outer, inner = outer * (w > 0), inner * (w > 0)
    canvas.paint(outer - inner, person.frame)
    canvas.paint(inner, [1, 1, 1], 0.12)
    canvas.paint(canvas.box(u + person.eye_distance, w + 0.02, person.eye_distance - radius + 0.01, 0.02), person.frame)


def _occlusion(canvas, rng):
    """In a quarter of the images, something in front of the face."""
    if rng.random() > 0.25:
        return
    x, y = canvas.grid_x - rng.uniform(-0.8, 0.8), canvas.grid_y - rng.uniform(-0.6, 0.9)
    width, height = rng.uniform(0.08, 0.22, 2)
    shape = canvas.ellipse if rng.random() < 0.5 else canvas.box
    canvas.paint(shape(x, y, width, height), rng.uniform(0, 1, 3))


def photograph(canvas, rng):
    """Light from one side, shadow, color cast, exposure, contrast and noise: shape (size, size, 3), dtype uint8."""
    angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.65)
    across = np.float32(np.cos(angle)) * canvas.grid_x + np.float32(np.sin(angle)) * canvas.grid_y
    light = 1 + np.float32(strength) * across
    if rng.random() < 0.4:
        light *= 1 - np.float32(rng.uniform(0.2, 0.45)) * canvas.cover(across - rng.uniform(-0.4, 0.4))
    planes = canvas.planes * light * rng.uniform(0.75, 1.35, 3).astype(np.float32)[:, None, None]
    planes *= np.float32(rng.uniform(0.36, 0.54)) / planes.mean()  # the camera's automatic exposure
    planes = (planes - 0.5) * np.float32(rng.uniform(0.75, 1.2)) + np.float32(0.5)
    planes += rng.standard_normal(planes.shape, np.float32) * np.float32(rng.uniform(0.004, 0.02))
    return (np.clip(planes, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)
