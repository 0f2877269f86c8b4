"""The weights of a BERT encoder from a file in the safetensors format, put into the layers of `text.encoder`.

The format is 8 bytes with the length of a header, the header in JSON, and the numbers.
"""

import json

import numpy as np

_TYPES = {"F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32}


def read_safetensors(path):
    """The arrays of a .safetensors file by name; they stay on the disk until they are used.

    A ValueError says so if the file is cut, has no such header, or holds another type of numbers.
    """
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        try:
            header = json.loads(file.read(length)) if length < 1 << 24 else None
            entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
            content = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + length)
            return {name: _array(content, entry) for name, entry in entries.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} is no whole .safetensors file: {type(error).__name__}: {error}") from None


def _array(content, entry):
    start, end = entry["data_offsets"]
    return content[start:end].view(_TYPES[entry["dtype"]]).reshape(entry["shape"])


def set_bert_weights(encoder, arrays):
    """Give an encoder of `build_encoder` the weights of a BERT of the same sizes, from arrays by BERT's names.

    BERT adds a vector for "first sentence" to each piece; here it is part of the positions. A matrix has the shape
    (outputs, inputs), as PyTorch keeps it.
    """
    embeddings = {part: arrays[f"embeddings.{part}_embeddings.weight"] for part in ("word", "position", "token_type")}
    encoder.get_layer("pieces").set_weights([embeddings["word"]])
    length = encoder.get_layer("positions").input_dim
    positions = embeddings["position"][:length] + embeddings["token_type"][0]
    encoder.get_layer("positions").set_weights([positions])
    encoder.get_layer("states_0").set_weights(_pair(arrays, "embeddings.LayerNorm"))
    for number in range(1, sum(layer.name.startswith("attention_") for layer in encoder.layers) + 1):
        _set_layer(encoder, arrays, number)


def _set_layer(encoder, arrays, number):
    place = f"encoder.layer.{number - 1}"
    attention = encoder.get_layer(f"attention_{number}")
    shapes = [array.shape for array in attention.get_weights()]  # query, key, value, output: a matrix and a bias each
    names = [f"attention.self.{part}" for part in ("query", "key", "value")] + ["attention.output.dense"]
    flat = [array for name in names for array in _dense(arrays, f"{place}.{name}")]
    attention.set_weights([array.reshape(shape) for array, shape in zip(flat, shapes, strict=True)])
    encoder.get_layer(f"seen_{number}").set_weights(_pair(arrays, f"{place}.attention.output.LayerNorm"))
    encoder.get_layer(f"wide_{number}").set_weights(_dense(arrays, f"{place}.intermediate.dense"))
    encoder.get_layer(f"narrow_{number}").set_weights(_dense(arrays, f"{place}.output.dense"))
    encoder.get_layer(f"states_{number}").set_weights(_pair(arrays, f"{place}.output.LayerNorm"))


def _pair(arrays, name):
    return [arrays[f"{name}.weight"], arrays[f"{name}.bias"]]


def _dense(arrays, name):
    weight, bias = _pair(arrays, name)
    return [weight.T, bias]
