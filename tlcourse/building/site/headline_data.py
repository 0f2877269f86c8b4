"""What the site's first screen learns from: the teacher's features of the headline's people, and the test faces.

`make build` writes both files, once for each teacher; building the site needs no TensorFlow. A feature is a byte, so
that the page loads half a megabyte: the head standardizes each feature, so it does not need the scale.
"""

import base64
import io
import json

import numpy as np

from tlcourse import notebooks
from tlcourse.storage import whole_file

FEATURES, FACES = "data/site/headline_features.json", "data/site/headline_faces.webp"
FILES = {
    FEATURES: "the teacher's features of the headline's 1,950 images as bytes, for the site's first screen",
    FACES: "the headline's 1,300 test faces, drawn by tlcourse.datasets.faces; nobody real",
}
COLUMNS = 26  # faces in a row of the sheet
LOOKALIKES = 4  # wrong candidates of the question "Who is A?"
SEED = 0  # of `faces.headline`


def fingerprint(root):
    """The checksum of the teacher whose features the file must hold; None if the course ships no such teacher."""
    card = root / "data" / "teachers" / "faces_vgg16.json"
    return json.loads(card.read_text(encoding="utf-8"))["sha256"] if card.is_file() else None


def read(root):
    """The stored features and what belongs to them, as a dictionary; empty if there is no file."""
    file = root / FEATURES
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def write(root):
    """Compute features and faces again if the teacher has changed.

    Returns
    -------
    list of pathlib.Path
        The files that were written.
    """
    if read(root).get("teacher") == fingerprint(root):
        return []
    from tlcourse import teachers
    from tlcourse.datasets import faces
    from tlcourse.research.headline import both_sides

    base = teachers.load("faces_vgg16", head=False)
    train, test = faces.headline(SEED)
    features = np.concatenate([both_sides(base, part.images) for part in (train, test)])
    stored = described(features, len(train), test) | {"teacher": fingerprint(root)}
    notebooks.write_atomically(root / FEATURES, json.dumps(stored) + "\n")
    (root / FACES).parent.mkdir(exist_ok=True)
    with whole_file(root / FACES) as partial:
        sheet(test.images).save(partial, format="webp", quality=50, method=6)
    return [root / FEATURES, root / FACES]


def described(features, training, test):
    """The content of the file of features, except for the teacher's checksum."""
    people = len(test.class_names)
    centers = features[:training].reshape(people, -1, features.shape[1]).mean(axis=1)
    person, lookalikes = most_confusable(centers)
    return {
        "people": people,
        "trainEach": training // people,
        "testEach": len(test) // people,
        "width": features.shape[1],
        "side": test.images.shape[1],
        "columns": COLUMNS,
        "question": {"person": person, "lookalikes": lookalikes},
        "lowest": [round(float(value), 6) for value in features.min(axis=0)],
        "highest": [round(float(value), 6) for value in features.max(axis=0)],
        "features": base64.b64encode(as_bytes(features).tobytes()).decode(),
    }


def as_bytes(features):
    """Each feature as a byte, from its lowest value to its highest."""
    lowest, highest = features.min(axis=0), features.max(axis=0)
    return np.round(255 * (features - lowest) / np.where(highest > lowest, highest - lowest, 1)).astype(np.uint8)


def decoded(stored):
    """The features as bytes, shape (training and test images, width)."""
    codes = np.frombuffer(base64.b64decode(stored["features"]), np.uint8)
    return codes.reshape(-1, stored["width"])


def most_confusable(centers):
    """The person whose lookalikes are closest to them in the teacher's features, and these lookalikes."""
    lengths = np.linalg.norm(centers, axis=1)
    similarity = centers @ centers.T / np.outer(lengths, lengths)
    np.fill_diagonal(similarity, -np.inf)
    nearest = np.argsort(-similarity, axis=1)[:, :LOOKALIKES]
    person = int(np.take_along_axis(similarity, nearest, axis=1).mean(axis=1).argmax())
    return person, nearest[person].tolist()


def sheet(images):
    """All images side by side in rows, as one image."""
    from PIL import Image

    side, rows = images.shape[1], -(-len(images) // COLUMNS)
    whole = np.zeros((rows * side, COLUMNS * side, 3), np.uint8)
    for index, image in enumerate(images):
        top, left = side * (index // COLUMNS), side * (index % COLUMNS)
        whole[top : top + side, left : left + side] = image
    return Image.fromarray(whole)


def face(root, stored, index):
    """One test face as a data URL."""
    from PIL import Image

    side = stored["side"]
    left, top = side * (index % stored["columns"]), side * (index // stored["columns"])
    content = io.BytesIO()
    with Image.open(root / FACES) as whole:
        whole.crop((left, top, left + side, top + side)).save(content, format="png", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"
