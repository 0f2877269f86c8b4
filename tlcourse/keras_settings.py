"""The settings of Keras that the course needs, whatever keras.json and KERAS_BACKEND say on this machine.

`apply` runs when `tlcourse` is imported. Another backend, channels first or half precision would change every result,
and make the shipped weights look damaged.
"""

import importlib
import json
import logging
import os
import re
import sys
import tempfile
from pathlib import Path

BACKEND = "tensorflow"
NEEDED = {"image_data_format": "channels_last", "floatx": "float32", "epsilon": 1e-7}


def apply():
    """Choose the backend if Keras is not imported yet, and set the rest.

    Keras is imported only where it is already, or where keras.json has other settings.

    Raises
    ------
    RuntimeError
        If Keras is imported with another backend: that cannot be changed any more.
    """
    logging.getLogger("tensorflow").addFilter(_is_not_about_retracing)
    if "keras" not in sys.modules:
        os.environ["KERAS_BACKEND"] = BACKEND
        stored = _stored()
        if all(stored.get(name, value) == value for name, value in NEEDED.items()):
            return
    config = importlib.import_module("keras").config
    if config.backend() != BACKEND:
        raise RuntimeError(
            f"Keras runs with {config.backend()} here, and the course needs {BACKEND}: "
            f"set the environment variable KERAS_BACKEND to {BACKEND}, and restart Python (in a notebook, the kernel)"
        )
    for name, value in NEEDED.items():
        if getattr(config, name)() != value:
            getattr(config, f"set_{name}")(value)


# What TensorFlow 2.16 to 2.21 write about the processor and about graphics cards that are missing: some of it at any
# TF_CPP_MIN_LOG_LEVEL. A time and the letter I begin a note; W and E are hidden where they concern CUDA only.
NOTES = re.compile(
    rb"WARNING: All log messages before absl::InitializeLog|To enable the following instructions|"
    rb"I\d{4} |[\d-]+ [\d:.]+: I |"
    rb"([WE]\d{4} |[\d-]+ [\d:.]+: [WE] ).*(cuda|cuDNN|cuBLAS|cuFFT|computation placer|TensorRT)"
)


def import_quietly():
    """Import Keras without TensorFlow's notes on this machine, which beginners take for errors; all else is shown.

    The notes come from C++ and go past `sys.stderr`, so its file descriptor leads to a file meanwhile.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            importlib.import_module("tensorflow").config.list_physical_devices()  # looks for graphics cards now
            importlib.import_module("keras")
        finally:
            sys.stderr.flush()
            os.dup2(shown, 2)
            os.close(shown)
            written.seek(0)
            for line in written:
                if not NOTES.match(line):
                    os.write(2, line)


def _is_not_about_retracing(record):
    """Whether to show a warning: units predict with several models, so each is traced anew, and nothing is wrong."""
    return "tf.function retracing" not in record.getMessage()


def _stored():
    """What keras.json says; nothing where there is none that can be read, as for Keras itself."""
    folder = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    try:
        stored = json.loads(Path(folder, "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}
