"""An exported model gives the same labels in a batch, for a single request and in both formats."""

import functools
import io
import json
import socket
import urllib.error
import urllib.request

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tlcourse.datasets import LabeledImages
from tlcourse.pipeline import Job, deployment, partitions
from tlcourse.pipeline.local_engine import LocalEngine
from tlcourse.research.pipeline_steps import STEPS

SIZE = 8
IMAGES = np.random.default_rng(0).integers(0, 256, (6, SIZE, SIZE, 3), dtype=np.uint8)
DATA = LabeledImages(IMAGES, np.arange(6) % 3, ("anna", "ben", "céline"), "made up")


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The files of a small model, and the model's own probabilities."""
    keras.utils.set_random_seed(0)
    base = keras.Sequential([keras.Input((SIZE, SIZE, 3)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten()])
    rng = np.random.default_rng(1)
    kernel, bias = rng.normal(size=(SIZE * SIZE * 3, 3)).astype(np.float32), np.zeros(3, np.float32)
    files = deployment.export_all(base, "none", kernel, bias, DATA, tmp_path_factory.mktemp("exported"))
    logits = (IMAGES.reshape(6, -1) / 255) @ kernel
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return files, shares / shares.sum(axis=1, keepdims=True)


@pytest.fixture
def predictor(exported):
    return deployment.Predictor(exported[0]["card"].parent, STEPS.read_image)


def png(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "png")
    return file.getvalue()


def test_both_formats_give_the_probabilities_of_the_model(exported, predictor):
    files, expected = exported
    saved = tf.saved_model.load(str(files["saved_model"]))
    np.testing.assert_allclose(saved.serve(IMAGES.astype(np.float32)), expected, atol=1e-4)
    for image, row in zip(IMAGES, expected, strict=True):
        prediction = predictor(png(image))
        assert prediction["label"] == DATA.class_names[row.argmax()]
        assert prediction["probability"] == pytest.approx(row.max(), abs=1e-4)


def test_the_card_states_the_preprocessing(exported):
    card = json.loads(exported[0]["card"].read_text(encoding="utf-8"))
    assert card["size"] == SIZE
    assert card["labels"] == list(DATA.class_names)


def test_a_batch_is_scored_like_single_images(exported, predictor, tmp_path):
    raw = tmp_path / "raw"
    (raw / "new").mkdir(parents=True)
    for number, image in enumerate(IMAGES):
        (raw / "new" / f"{number}.png").write_bytes(png(image))
    (raw / "new" / "broken.png").write_bytes(b"nothing")
    names = np.array(sorted(path.relative_to(raw).as_posix() for path in raw.glob("*/*")))
    folder = exported[0]["card"].parent
    step = functools.partial(deployment.score_files, raw=raw, folder=folder, read_image=STEPS.read_image)
    job = Job(step, {"name": names}, tmp_path / "scores", deployment.SCORED, "test", STEPS.pending)
    LocalEngine(1, chunk_rows=4).run(job)
    rows = partitions.read(tmp_path / "scores")
    for name, label, probability in zip(rows["name"], rows["label"], rows["probability"], strict=True):
        single = predictor((raw / str(name)).read_bytes()) or {"label": "", "probability": 0}
        assert (label, probability) == (single["label"], pytest.approx(single["probability"]))


def post(url, content):
    """Status and content of the response."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, content, method="POST"), timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_single_requests(exported, predictor):
    with deployment.server(predictor) as url:
        assert post(url, png(IMAGES[0])) == (200, predictor(png(IMAGES[0])))
        assert post(url, b"nothing") == (400, {"error": "these 7 bytes are not an image file"})
        assert post(url, b"") == (400, {"error": "these 0 bytes are not an image file"})


def test_a_port_that_is_taken(predictor):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port} is not free"), deployment.server(predictor, port):
            pytest.fail("it has started")


def test_a_model_that_does_not_belong_to_the_card(exported, tmp_path):
    card, model = exported[0]["card"], exported[0]["model"]
    (tmp_path / card.name).write_bytes(card.read_bytes())
    (tmp_path / model.name).write_bytes(model.read_bytes() + b"x")
    with pytest.raises(ValueError, match="does not belong to preprocessing"):
        deployment.Predictor(tmp_path, STEPS.read_image)
