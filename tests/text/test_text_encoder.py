"""The encoder: what a position sees, padding, and the same numbers as BERT's formulas in NumPy."""

import json

import keras
import numpy as np
import pytest
from scipy.special import erf

from tlcourse import teachers, text
from tlcourse.text import bert_weights

SIZES = {"vocabulary_size": 20, "width": 8, "depth": 2, "heads": 2, "hidden": 12, "positions": 10}
IDS = np.array([[2, 7, 8, 9, 3], [2, 5, 3, 0, 0]], dtype=np.int32)


@pytest.fixture
def encoder():
    keras.utils.set_random_seed(0)
    return text.build_encoder(**SIZES)


def bert_arrays(seed=0):
    """Random weights under BERT's names, large enough that attention is not even."""
    rng = np.random.default_rng(seed)
    width, hidden = SIZES["width"], SIZES["hidden"]
    shapes = {
        "embeddings.word_embeddings.weight": (SIZES["vocabulary_size"], width),
        "embeddings.position_embeddings.weight": (SIZES["positions"] + 6, width),
        "embeddings.token_type_embeddings.weight": (2, width),
    }
    for number in range(SIZES["depth"]):
        place = f"encoder.layer.{number}"
        dense = {f"attention.self.{part}": (width, width) for part in ("query", "key", "value")}
        dense |= {"attention.output.dense": (width, width), "intermediate.dense": (hidden, width)}
        for name, shape in (dense | {"output.dense": (width, hidden)}).items():
            shapes |= {f"{place}.{name}.weight": shape, f"{place}.{name}.bias": shape[:1]}
    norms = ["embeddings.LayerNorm"]
    norms += [
        f"encoder.layer.{number}.{name}.LayerNorm"
        for number in range(SIZES["depth"])
        for name in ("attention.output", "output")
    ]
    shapes |= {f"{name}.{part}": (width,) for name in norms for part in ("weight", "bias")}
    return {name: rng.normal(0, 0.7, shape).astype(np.float32) for name, shape in shapes.items()}


def bert(arrays, ids, heads, depth):
    """The last states of BERT for one row of ids without padding, by its formulas."""

    def dense(name, values):
        return values @ arrays[f"{name}.weight"].T + arrays[f"{name}.bias"]

    def normalized(name, values):
        centered = values - values.mean(axis=-1, keepdims=True)
        scaled = centered / np.sqrt((centered**2).mean(axis=-1, keepdims=True) + 1e-12)
        return scaled * arrays[f"{name}.weight"] + arrays[f"{name}.bias"]

    states = arrays["embeddings.word_embeddings.weight"][ids]
    states = states + arrays["embeddings.position_embeddings.weight"][: len(ids)]
    states = normalized("embeddings.LayerNorm", states + arrays["embeddings.token_type_embeddings.weight"][0])
    for number in range(depth):
        place = f"encoder.layer.{number}"
        query, key, value = (
            dense(f"{place}.attention.self.{part}", states).reshape(len(ids), heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen = (weights / weights.sum(axis=-1, keepdims=True) @ value).transpose(1, 0, 2).reshape(len(ids), -1)
        states = normalized(
            f"{place}.attention.output.LayerNorm", states + dense(f"{place}.attention.output.dense", seen)
        )
        wide = dense(f"{place}.intermediate.dense", states)
        wide = wide * (1 + erf(wide / np.sqrt(2))) / 2
        states = normalized(f"{place}.output.LayerNorm", states + dense(f"{place}.output.dense", wide))
    return states


def test_states_are_those_of_the_formulas(encoder):
    arrays = bert_arrays()
    bert_weights.set_bert_weights(encoder, arrays)
    states = np.asarray(encoder(IDS))
    assert states[0] == pytest.approx(bert(arrays, IDS[0], SIZES["heads"], SIZES["depth"]), abs=2e-4)
    assert states[1, :3] == pytest.approx(bert(arrays, IDS[1, :3], SIZES["heads"], SIZES["depth"]), abs=2e-4)


def test_nobody_sees_padding(encoder):
    padded = np.asarray(encoder(np.pad(IDS, ((0, 0), (0, 4)))))
    assert np.asarray(encoder(IDS))[1, :3] == pytest.approx(padded[1, :3], abs=1e-6)


def changed_states(model, place):
    """Which positions of a row change when the piece at `place` does."""
    other = IDS[:1].copy()
    other[0, place] = 15
    difference = np.asarray(model(other)) - np.asarray(model(IDS[:1]))
    return (np.abs(difference).max(axis=-1)[0] > 1e-7).tolist()


def test_bert_sees_all_and_gpt_only_what_came_before(encoder):
    assert changed_states(encoder, 2) == [True] * 5
    gpt = text.build_encoder(**SIZES, causal=True)
    assert changed_states(gpt, 2) == [False, False, True, True, True]


def test_layers_and_attention(encoder):
    states = text.layer_states(encoder)(IDS)
    assert len(states) == SIZES["depth"] + 1
    assert np.asarray(states[-1]) == pytest.approx(np.asarray(encoder(IDS)), abs=1e-6)
    weights = text.attention_weights(encoder, IDS, layer=2)
    assert weights.shape == (2, 2, 5, 5)
    assert weights.sum(axis=-1) == pytest.approx(1, abs=1e-5)
    assert weights[1, :, :, 3:].max() == 0


def test_sentence_vectors_are_scaled_means_without_padding(encoder, fresh_cache):
    vectors = text.sentence_vectors(encoder, IDS)
    mean = np.asarray(encoder(IDS))[1, :3].mean(axis=0)
    assert vectors[1] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    assert np.array_equal(text.sentence_vectors(encoder, IDS), vectors)
    in_first = text.sentence_vectors(encoder, IDS, layer=0)
    assert not np.allclose(in_first, vectors)
    with pytest.raises(ValueError, match=r"layer must be from 0 \(the embeddings\) to 2, got 3"):
        text.sentence_vectors(encoder, IDS, layer=3)


def test_word_vectors_are_the_states_of_first_pieces(encoder):
    first = np.array([[1, 3, -1], [1, -1, -1]])
    vectors = text.word_vectors(encoder, IDS, first, layer=1)
    states = np.asarray(text.layer_states(encoder)(IDS)[1])
    assert [len(row) for row in vectors] == [2, 1]
    assert vectors[0] == pytest.approx(states[0, [1, 3]], abs=1e-5)


def test_layers_start_differently_and_repeat_by_seed(encoder):
    kernels = [encoder.get_layer(f"wide_{number}").get_weights()[0] for number in (1, 2)]
    query, _, key, *_ = encoder.get_layer("attention_1").get_weights()
    assert not np.allclose(*kernels)
    assert not np.allclose(query, key)
    keras.utils.set_random_seed(0)
    again = text.build_encoder(**SIZES)
    assert all(map(np.array_equal, again.get_weights(), encoder.get_weights()))


def test_heads_must_share_the_width():
    with pytest.raises(ValueError, match="3 heads cannot share a width of 8 evenly"):
        text.build_encoder(**SIZES | {"heads": 3})


@pytest.mark.parametrize("head", [True, False])
def test_the_head_has_a_logit_for_each_piece(head):
    model = text.build_encoder(**SIZES, head=head)
    assert model.output_shape == (None, None, 20 if head else 8)


def written(path, content, end=None):
    """A .safetensors file of named arrays, whole or cut at `end`."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, array in content.items():
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    head = json.dumps(header).encode()
    whole = len(head).to_bytes(8, "little") + head + b"".join(array.tobytes() for array in content.values())
    path.write_bytes(whole[:end])
    return path


def test_a_safetensors_file_is_read(tmp_path):
    content = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.float32([7])}
    read = bert_weights.read_safetensors(written(tmp_path / "whole", content))
    assert {name: array.tolist() for name, array in read.items()} == {"a": [[0, 1, 2], [3, 4, 5]], "b": [7]}
    for end in (4, 40, -4):
        with pytest.raises(ValueError, match=r"cut is no whole \.safetensors file"):
            bert_weights.read_safetensors(written(tmp_path / "cut", content, end))


@pytest.mark.needs_mirror
def test_minilm_gives_the_published_numbers(fresh_cache):
    if not teachers.available("minilm"):
        pytest.skip("TLCOURSE_MIRROR has no MiniLM")
    encoder, tokenizer = teachers.load("minilm"), teachers.tokenizer("minilm")
    ids = tokenizer.encode(["This is an example sentence", "Each sentence is converted"])
    vectors = text.sentence_vectors(encoder, ids, cached=False)
    # From the first lines of the output that the makers' own library prints for these two sentences.
    assert vectors[0, :5] == pytest.approx([0.0677, 0.0635, 0.0487, 0.0793, 0.0374], abs=1e-4)
    assert vectors[1, :3] == pytest.approx([0.0864, 0.1028, 0.0054], abs=1e-4)
    arrays = bert_weights.read_safetensors(next(iter(teachers.text_teachers.paths("minilm"))))
    states = bert(arrays, ids[0], heads=12, depth=6)
    assert np.asarray(encoder(ids[:1]))[0] == pytest.approx(states, abs=1e-4)
