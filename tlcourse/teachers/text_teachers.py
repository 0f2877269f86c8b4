"""Teachers of text: their networks, and the tokenizers that belong to them."""

import functools
import json

from tlcourse import storage
from tlcourse.teachers import weights
from tlcourse.teachers.catalog import TEXT_CATALOG
from tlcourse.text.word_pieces import WordPieces


def load(name, head):
    """See `teachers.load`."""
    import keras

    from tlcourse.text import bert_weights, encoder

    teacher = TEXT_CATALOG[name]
    if teacher.shipped:
        model = weights.load_shipped(name)
        return model if head else keras.Model(model.inputs[0], model.get_layer(f"states_{teacher.depth}").output)
    arrays = bert_weights.read_safetensors(paths(name)[0])
    model = encoder.build_encoder(width=teacher.width, depth=teacher.depth, **teacher.sizes)
    bert_weights.set_bert_weights(model, arrays)
    return model


@functools.cache
def tokenizer(name):
    """The tokenizer that a teacher of text was trained with; raises what `teachers.load` does."""
    if name not in TEXT_CATALOG:
        raise ValueError(f"no teacher of text {name!r}: there are {', '.join(TEXT_CATALOG)}")
    if TEXT_CATALOG[name].shipped:
        card = json.loads(weights.shipped_files(name)[1].read_text(encoding="utf-8"))
        return WordPieces(card["vocabulary"].split(" "))
    return WordPieces(paths(name)[1].read_text(encoding="utf-8").splitlines())


def available(name):
    """Whether all files of a teacher of text are on this machine."""
    teacher = TEXT_CATALOG[name]
    if teacher.shipped:
        return all(file.is_file() for file in weights.shipped_files(name))
    return all(any((folder / file).is_file() for folder in _folders(teacher)) for file in teacher.files)


def _folders(teacher):
    return storage.places(teacher.folder, f"teachers/{teacher.name}")


def paths(name):
    """The files of weights and vocabulary of a teacher that is not shipped; they are downloaded if need be."""
    teacher = TEXT_CATALOG[name]

    def unavailable(reason):
        return weights.TeacherUnavailable(f"{name}: {reason}")

    folders, url = _folders(teacher), teacher.url
    return [storage.find_or_fetch(file, folders, url, sha256, unavailable) for file, sha256 in teacher.files.items()]
