"""The catalogue of pretrained teachers, read from catalogue.toml: the embedded one, and those of keras.applications.

A family's facts, such as license and scaling, hold for each of its teachers that does not state its own.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

_IMAGENET = "ImageNet (ILSVRC 2012), about 1.28 million photos of 1,000 classes"


@dataclass(frozen=True)
class Teacher:
    """A pretrained network: what it is, what it takes, and whose it is.

    Attributes
    ----------
    name, family : str
    input_size : int
        Height and width in pixels for which it was trained.
    parameters : int
        With its head.
    licence, source : str
        Of the weights.
    scaling : str
        What `preprocess` does: "none", "tf" (to -1..1) or "caffe" (blue first, ImageNet's mean color subtracted).
    minimum_size : int
        The smallest input in pixels.
    weights_file, base_file : str
        With the head and without it, as keras.applications names them; the embedded teacher has one file for both.
    trained_on : str
    classes : int
        Outputs of the head.
    embedded : bool
        Whether it comes with the course.
    url : str
        The folder that both files are downloaded from.
    md5 : tuple of 2 (str or None)
        Published checksums of both files.
    """

    name: str
    family: str
    input_size: int
    parameters: int
    licence: str
    source: str
    scaling: str
    minimum_size: int
    weights_file: str
    base_file: str
    trained_on: str = _IMAGENET
    classes: int = 1000
    embedded: bool = False
    url: str = field(default="", repr=False)
    md5: tuple = field(default=(None, None), repr=False)


def _read(file):
    """The teachers of a catalogue file by name, in its order."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    teachers = {}
    for name, own_facts in content["teachers"].items():
        facts = content["families"][own_facts["family"]] | own_facts
        md5 = tuple(facts.pop("md5", (None, None)))
        teachers[name] = Teacher(name=name, licence=facts.pop("license"), md5=md5, **facts)
    return teachers


CATALOGUE = _read(Path(__file__).with_name("catalogue.toml"))
