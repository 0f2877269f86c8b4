"""The catalog of pretrained teachers, read from catalog.toml: shipped ones, those of keras.applications, those of text.

A family's facts, such as license and scaling, hold for each of its teachers that does not state its own.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

_IMAGENET = "ImageNet (ILSVRC 2012), about 1.28 million photos of 1,000 classes"


@dataclass(frozen=True)
class Teacher:
    """A pretrained network: what it is, what it takes, and whose it is."""

    name: str
    family: str
    input_size: int  # height and width in pixels for which it was trained
    parameters: int  # with its head
    license: str  # of the weights, like the source
    source: str
    scaling: str  # for `preprocess`: "none", "tf" (to -1..1) or "caffe" (blue first, ImageNet's mean color subtracted)
    minimum_size: int  # the smallest input in pixels
    weights_file: str  # with the head, as keras.applications names it
    base_file: str  # without the head; the shipped teacher has one file for both
    trained_on: str = _IMAGENET
    classes: int = 1000  # outputs of the head
    shipped: bool = False  # whether it comes with the course
    multiply_adds: int | None = None  # for one image, with the head; see `tlcourse.counting.multiply_adds`
    accuracy: float | None = None  # top-1 on ImageNet in percent, as Keras publishes it
    url: str = field(default="", repr=False)  # the folder that both files are downloaded from
    md5: tuple = field(default=(None, None), repr=False)  # published checksums of both files, or None


@dataclass(frozen=True)
class TextTeacher:
    """A pretrained encoder of text."""

    name: str
    license: str
    source: str
    trained_on: str
    parameters: int  # of the encoder, without a head
    depth: int  # transformer layers
    width: int  # numbers for each piece
    shipped: bool = False
    sizes: dict = field(default_factory=dict)  # further arguments of `build_encoder`, for what is not shipped
    folder: str = ""  # in a mirror
    url: str = field(default="", repr=False)
    files: dict = field(default_factory=dict, repr=False)  # name to SHA-256: weights, then vocabulary


def _read(content):
    """The teachers of a catalog by name, in its order."""
    teachers = {}
    for name, own_facts in content["teachers"].items():
        facts = content["families"][own_facts["family"]] | own_facts
        md5 = tuple(facts.pop("md5", (None, None)))
        teachers[name] = Teacher(name=name, license=facts.pop("license"), md5=md5, **facts)
    return teachers


_CONTENT = tomllib.loads(Path(__file__).with_name("catalog.toml").read_text(encoding="utf-8"))
CATALOG = _read(_CONTENT)
TEXT_CATALOG = {name: TextTeacher(name=name, **facts) for name, facts in _CONTENT["text_teachers"].items()}
