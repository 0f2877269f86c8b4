"""Scenes with boxes, images moved with their boxes, the teacher's maps at another size, and a published detector."""

import numpy as np
import pytest

from tlcourse import detection, plots, teachers
from tlcourse.datasets import faces
from tlcourse.detection import blaze_face

PEOPLE = faces.DEVELOPMENT_PEOPLE[:30]


@pytest.fixture(scope="module")
def scenes():
    return detection.boxed_scenes(PEOPLE, 12, seed=1)


def test_boxes_lie_inside_the_scene_and_do_not_cover_each_other(scenes):
    assert scenes.images.shape == (12, 96, 96, 3)
    assert {len(boxes) for boxes in scenes.boxes} <= {1, 2, 3, 4}
    for boxes in scenes.boxes:
        assert (boxes >= 0).all()
        assert (boxes <= 96).all()
        assert (boxes[:, 2:] - boxes[:, :2] >= 5).all()
        for number, box in enumerate(boxes):
            others = np.delete(boxes, number, axis=0)
            shared = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
            assert not (shared > 0.5 * (box[2:] - box[:2])).all(axis=1).any()


def test_scenes_depend_on_the_seed_alone(scenes):
    again, other = detection.boxed_scenes(PEOPLE, 3, seed=1), detection.boxed_scenes(PEOPLE, 3, seed=2)
    assert np.array_equal(again.images, scenes.images[:3])
    assert not np.array_equal(other.images, again.images)


def test_a_box_surrounds_what_was_painted_as_a_face():
    planes = np.zeros((3, 96, 96), np.float32)
    canvas = faces.scenes.HeadCanvas(planes, (40, 50), 20, np.random.default_rng(0))
    square = ((np.abs(canvas.grid_x) < 0.5) & (np.abs(canvas.grid_y) < 0.25)).astype(np.float32)
    assert canvas.box_of(square) == [30, 45, 50, 55]


def test_too_few_people_or_pixels_are_an_error():
    with pytest.raises(ValueError, match="4 people"):
        detection.boxed_scenes(PEOPLE[:3], 1, seed=0)
    with pytest.raises(ValueError, match="64 pixels"):
        detection.boxed_scenes(PEOPLE, 1, seed=0, size=32)


def test_moved_boxes_follow_their_images():
    image = np.zeros((1, 32, 32, 3), np.uint8)
    image[0, 10:20, 12:18] = 200
    scene = detection.BoxedImages(image, (np.array([[12, 10, 18, 20]], np.float32),), "test")
    for seed in range(8):
        moved = detection.moved(scene, np.random.default_rng(seed), shift=6)
        left, top, right, bottom = moved.boxes[0][0].astype(int)
        assert moved.images[0, top:bottom, left:right].min() > 0
        moved.images[0, top:bottom, left:right] = 0
        assert moved.images.max() == 0


def test_boxes_that_leave_the_image_are_dropped():
    scene = detection.BoxedImages(np.zeros((1, 32, 32, 3), np.uint8), (np.array([[0, 0, 4, 32]], np.float32),), "test")
    counts = {len(detection.moved(scene, np.random.default_rng(seed)).boxes[0]) for seed in range(20)}
    assert counts == {0, 1}


def test_the_teachers_maps_do_not_depend_on_the_size_of_the_image(scenes):
    teacher = teachers.load("faces_vgg16")
    small, large = (detection.teacher_maps(teacher, "block2_conv2_relu", size) for size in (48, 96))
    image = scenes.images[:1].astype("float32")
    part = small(image[:, 24:72, 24:72], training=False).numpy()[0]
    inside = large(image, training=False).numpy()[0, 12:36, 12:36]
    assert np.allclose(inside[4:-4, 4:-4], part[4:-4, 4:-4], atol=1e-3)  # beyond the reach of the padded edges


def test_block_4_alone_continues_where_the_lower_blocks_end(scenes):
    teacher = teachers.load("faces_vgg16")
    lower = detection.teacher_maps(teacher, "block3_pool", 96)
    upper = detection.teacher_maps(teacher, "block4_conv3_relu", 96, first="block3_pool")
    whole = detection.teacher_maps(teacher, "block4_conv3_relu", 96)
    images = scenes.images[:2].astype("float32")
    assert np.allclose(upper(lower(images)).numpy(), whole(images).numpy(), atol=1e-3)


def test_the_published_detector_has_896_anchors_in_rows():
    anchors = blaze_face._anchors()
    assert anchors.shape == (896, 2)
    assert anchors[0].tolist() == anchors[1].tolist() == [1 / 32, 1 / 32]
    assert anchors[2].tolist() == [3 / 32, 1 / 32]
    assert anchors[512].tolist() == [1 / 16, 1 / 16]


@pytest.mark.needs_mirror
def test_the_published_detector_gives_boxes_by_falling_score(mirror, scenes):
    detector = detection.FaceDetector()
    boxes, scores = detector.raw_boxes(scenes.images[0], 0.0)
    assert len(boxes) == len(scores) == 896
    assert (np.diff(scores) <= 0).all()
    few, high = detector.raw_boxes(scenes.images[0], float(scores[5]))
    assert len(few) == len(high) < 896
    assert (high >= scores[5]).all()


@pytest.mark.needs_mirror
def test_blood_cells_lie_inside_their_windows(mirror):
    photos = detection.boxed_cells()
    assert photos.images.shape[1:] == (96, 96, 3)
    assert all(len(boxes) and (boxes >= 0).all() and (boxes <= 96).all() for boxes in photos.boxes)


def test_missing_files_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("TLCOURSE_MIRROR", str(tmp_path))
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("TLCOURSE_OFFLINE", "1")
    with pytest.raises(detection.CellsUnavailable, match=r"bccd\.npz"):
        detection.boxed_cells()
    with pytest.raises(detection.DetectorUnavailable, match="face_detection_short_range"):
        detection.FaceDetector()


def test_boxes_are_drawn_on_each_image(scenes):
    axes = plots.boxed_images(scenes.images[:3], {"true": scenes.boxes[:3]}, columns=2)
    assert [len(ax.patches) for ax in axes] == [len(boxes) for boxes in scenes.boxes[:3]]
    with pytest.raises(ValueError, match="for each"):
        plots.boxed_images(scenes.images[:2], {"true": scenes.boxes[:1]})
