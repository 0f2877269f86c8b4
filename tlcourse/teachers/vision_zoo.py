"""The vision teachers of the lectures in one table: those of the catalog, and a Vision Transformer."""

from typing import NamedTuple

from tlcourse.teachers.catalog import CATALOG


class PublishedTeacher(NamedTuple):
    """One published teacher."""

    name: str
    input_size: int  # height and width in pixels
    parameters: int  # with its head
    multiply_adds: int  # for one image
    accuracy: float | None  # top-1 on ImageNet in percent, as Keras publishes it; None where it does not
    license: str  # of the weights
    loads: str  # what loads it


# Keras' table has no transformer. Parameters are those with a class token, multiply-adds those of
# `vision_transformer.build_vit`; the license is that of github.com/google-research/vision_transformer.
VIT_B16 = PublishedTeacher(
    "ViT-B/16", 224, 86_567_656, 17_471_649_792, None, "Apache-2.0", "keras-hub, another package"
)


def rows():
    """All ImageNet teachers of the catalog, in its order, and ViT-B/16: a list of `PublishedTeacher`."""
    fields = PublishedTeacher._fields[:-1]
    listed = [
        PublishedTeacher(*(getattr(teacher, field) for field in fields), f"keras.applications.{teacher.name}")
        for teacher in CATALOG.values()
        if not teacher.shipped
    ]
    return [*listed, VIT_B16]
