"""Hair behind the head and in front of it, and what may be worn over it."""

import numpy as np


def draw_back(canvas, person):
    """The part of the hair that lies behind head and shoulders."""
    x, y = canvas.look(-0.4)
    width, height = person.face_width * person.hair_volume, person.face_height * person.hair_volume
    if person.hair_style == "long":
        canvas.paint(canvas.ellipse(x, y - 0.25, width * 1.08, height * 1.15, 3.0), person.hair)
    elif person.hair_style == "bob":
        canvas.paint(canvas.ellipse(x, y + 0.02, width * 1.12, height * 0.98, 2.6), person.hair)
    elif person.hair_style == "curly":
        for angle in np.linspace(np.pi * 0.95, np.pi * 2.05, 9):
            curl_x, curl_y = x - width * np.cos(angle), y - height * np.sin(angle) * 0.92
            canvas.paint(canvas.ellipse(curl_x, curl_y, 0.2, 0.2), person.hair)
    elif person.hair_style == "bun":
        canvas.paint(canvas.ellipse(x, y + height * 0.98, 0.2, 0.17), person.hair)
        canvas.paint(canvas.ellipse(x, y + 0.06, width * 0.98, height * 0.98), person.hair)
    elif person.hair_style == "crest":
        canvas.paint(canvas.ellipse(x, y + height * 0.75, 0.16, 0.3), person.hair)


def draw_front(canvas, person):
    """Hair above the forehead, with its shine; nothing for a bald person."""
    x, y = canvas.look(0.25)
    if person.hair_style == "bald":
        return
    width, height = person.face_width * person.hair_volume, person.face_height * person.hair_volume
    cap = canvas.ellipse(x, y + 0.04, width, height)
    line = -person.hairline * person.face_height * 1.15  # where the forehead ends
    if person.hair_style == "parted":
        edge = line - 0.18 + 0.5 * np.abs(x + 0.18)
    elif person.hair_style in ("fringe", "bob"):
        edge = np.float32(line + 0.16) + 0.02 * np.sin(x * 24)
    elif person.hair_style == "receding":
        edge = line - 0.3 + 0.9 * np.abs(x)
    elif person.hair_style == "crest":
        cap, edge = canvas.ellipse(x, y + height * 0.8, 0.15, 0.26), np.float32(line + 0.05)
    elif person.hair_style == "long":
        edge = line - 0.1 + 2.2 * x * x
    else:
        edge = line + 0.7 * x * x
    canvas.paint(cap * canvas.cover(y - edge), person.hair)
    shine = canvas.ellipse(x + 0.15, y + person.face_height * 0.92, width * 0.45, 0.05)
    canvas.paint(shine * cap * canvas.cover(y - edge), np.minimum(person.hair * 1.3 + 0.12, 1), 0.5)


def draw_headwear(canvas, person, rng):
    """A cap or a headband, in nearly half of the images: it is not part of the person."""
    if rng.random() > 0.45:
        return
    x, y = canvas.look(0.35)
    width, height = person.face_width * person.hair_volume, person.face_height
    color = rng.uniform(0, 1, 3)
    rim = -(person.hairline + rng.uniform(-0.1, 0.16)) * height
    if rng.random() < 0.5:
        crown = canvas.ellipse(x, y + height * 0.35, width * 1.03, height * 0.95)
        canvas.paint(crown * canvas.cover(y - rim), color)
        canvas.paint(canvas.box(x - rng.uniform(-0.2, 0.2), y - rim, person.face_width * 1.15, 0.05), color * 0.7)
    else:
        head = canvas.ellipse(x, y + 0.04, width * 1.03, height * person.hair_volume)
        canvas.paint(head * canvas.cover(np.abs(y - rim + 0.05) - rng.uniform(0.04, 0.09)), color)
