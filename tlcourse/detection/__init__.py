"""What detection needs and the units do not teach: images with boxes, a base for any size, a published detector."""

from tlcourse.datasets.faces.scenes import BoxedImages, boxed_scenes
from tlcourse.detection.blaze_face import DetectorUnavailable, FaceDetector
from tlcourse.detection.blood_cells import CellsUnavailable, boxed_cells
from tlcourse.detection.feature_maps import moved, teacher_maps

__all__ = [
    "BoxedImages",
    "CellsUnavailable",
    "DetectorUnavailable",
    "FaceDetector",
    "boxed_cells",
    "boxed_scenes",
    "moved",
    "teacher_maps",
]
