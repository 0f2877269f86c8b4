"""A head and its teacher as files for others: exported with labels and preprocessing, and used for scores and requests.

What the pipeline does to an image belongs to the model. Here, the same `read_image` prepares training images, rows that
are scored in batches, and images that arrive one at a time.
"""

import contextlib
import functools
import http.server
import json
import shutil
import threading
from pathlib import Path

import numpy as np

from tlcourse import export, storage

_CARD = "preprocessing.json"
_LARGEST_REQUEST = 10_000_000  # bytes


def export_all(base, scaling, kernel, bias, data, into):
    """Write the model in two formats, its labels, and a card with its preprocessing.

    Parameters
    ----------
    base, scaling, kernel, bias, data, into
        As for `tlcourse.export.export`.

    Returns
    -------
    dict of str to pathlib.Path
        "model" (LiteRT), "labels", "saved_model" (a folder for TensorFlow) and "card", which is written last.
    """
    into = Path(into)
    written = export.export(base, scaling, kernel, bias, data, into)
    folder, partial = into / "saved_model", into / "saved_model.partial"
    shutil.rmtree(partial, ignore_errors=True)
    export.with_head(base, scaling, kernel, bias).export(str(partial), verbose=False)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    card = {
        "size": int(base.input_shape[1]),
        "values": "uint8, 0 to 255, red first; the model scales them",
        "labels": list(data.class_names),
        "sha256": storage.checksum(written["model"]),
    }
    storage.write_json(into / _CARD, card)
    return {**written, "saved_model": folder, "card": into / _CARD}


class Predictor:
    """An exported model that classifies the content of image files.

    Parameters
    ----------
    folder : path-like
        Written by `export_all`.
    read_image : callable
        The same as in the pipeline: (content, size) to pixels or None.

    Raises
    ------
    FileNotFoundError
        If the folder has no exported model.
    ValueError
        If the model is another one than the card says.
    """

    def __init__(self, folder, read_image):
        folder = Path(folder)
        self.card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
        if storage.checksum(folder / "model.tflite") != self.card["sha256"]:
            raise ValueError(f"{folder / 'model.tflite'} does not belong to {_CARD}: export the model again")
        self.read_image = read_image
        self.runner = export.Runner((folder / "model.tflite").read_bytes())
        self.lock = threading.Lock()  # an interpreter runs one image at a time

    def __call__(self, content):
        """The label of an image and its probability, or None if the content is no image."""
        image = self.read_image(content, self.card["size"])
        if image is None:
            return None
        with self.lock:
            probabilities = self.runner(image[None])[0]
        best = int(np.argmax(probabilities))
        return {"label": self.card["labels"][best], "probability": float(probabilities[best])}


@functools.cache  # once in each worker
def load_predictor(folder, read_image):
    """A `Predictor` that stays in memory."""
    return Predictor(folder, read_image)


def score_files(batches, raw, folder, read_image):
    """Step for either engine: the label and its probability for each file; "" and 0 for what is no image."""
    predict = load_predictor(folder, read_image)
    for batch in batches:
        names = [str(name) for name in batch["name"]]
        results = [predict((raw / name).read_bytes()) or {"label": "", "probability": 0.0} for name in names]
        yield {
            "name": np.array(names),
            "label": np.array([result["label"] for result in results]),
            "probability": np.array([result["probability"] for result in results]),
        }


SCORED = {"name": "string", "label": "string", "probability": "double"}  # the columns of `score_files`, for a `Job`


@contextlib.contextmanager
def server(predictor, port=0):
    """Answer requests on this machine: give the address, to which an image is sent by POST; stop at the end.

    Parameters
    ----------
    predictor : Predictor
    port : int
        0 takes any that is free.

    Raises
    ------
    OSError
        If the port is taken.
    """
    handler = type("Handler", (_Handler,), {"predictor": staticmethod(predictor)})
    try:
        listening = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise OSError(f"port {port} is not free ({error.strerror}): choose another one; 0 takes any") from error
    with listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}"
        finally:
            listening.shutdown()


class _Handler(http.server.BaseHTTPRequestHandler):
    """One request: 200 with the label, 400 for what is no image, 413 for too many bytes."""

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_REQUEST:
            self._answer(413, {"error": f"{length} bytes; at most {_LARGEST_REQUEST} are allowed"})
            return
        prediction = self.predictor(self.rfile.read(length))
        if prediction is None:
            self._answer(400, {"error": f"these {length} bytes are not an image file"})
        else:
            self._answer(200, prediction)

    def _answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Print nothing."""
