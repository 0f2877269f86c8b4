"""The catalogue of pre-trained teachers as data: the embedded one, and those of keras.applications."""

from dataclasses import dataclass, field

_IMAGENET = "ImageNet (ILSVRC 2012), about 1.28 million photos of 1,000 classes"
_STORE = "https://storage.googleapis.com/"
_KERAS = _STORE + "tensorflow/keras-applications/"


@dataclass(frozen=True)
class Teacher:
    """A pre-trained network: what it is, what it takes, and whose it is.

    Attributes
    ----------
    name, family : str
    input_size : int
        Height and width in pixels for which it was trained.
    parameters : int
        With its head.
    classes : int
        Outputs of the head.
    trained_on : str
    licence, source : str
        Of the weights.
    weights_file, base_file : str
        With the head and without it, as keras.applications names them; the embedded teacher has one file for both.
    embedded : bool
        Whether it comes with the course.
    scaling : str
        What `preprocess` does: "none", "tf" (to -1..1) or "caffe" (blue first, ImageNet's mean colour subtracted).
    minimum_size : int
        The smallest input in pixels.
    url : str
        The folder that both files are downloaded from.
    md5 : tuple of 2 (str or None)
        Published checksums of both files.
    """

    name: str
    family: str
    input_size: int
    parameters: int
    classes: int = 1000
    trained_on: str = _IMAGENET
    licence: str = "Apache-2.0"
    source: str = "the TensorFlow authors"
    weights_file: str = ""
    base_file: str = ""
    embedded: bool = False
    scaling: str = "tf"
    minimum_size: int = 32
    url: str = field(default=_KERAS, repr=False)
    md5: tuple = field(default=(None, None), repr=False)


# The licences are those of the weights, as the Keras 2 documentation of keras.applications states them;
# EfficientNet's is that of github.com/tensorflow/tpu, from whose checkpoints Keras' files were converted.
_VGG = {
    "family": "VGG",
    "licence": "CC-BY-4.0",
    "source": "Visual Geometry Group, University of Oxford (Simonyan and Zisserman 2015)",
    "scaling": "caffe",
}
_RESNET = {
    "family": "ResNet",
    "licence": "MIT",
    "source": "Kaiming He, github.com/KaimingHe/deep-residual-networks (He et al. 2016)",
    "scaling": "caffe",
    "url": _KERAS + "resnet/",
}
_INCEPTION = {"family": "Inception", "minimum_size": 75, "source": "the TensorFlow authors (Szegedy et al. 2016, 2017)"}
_MOBILENET = {"family": "MobileNet", "source": "the TensorFlow authors (Sandler et al. 2018)"}
_EFFICIENTNET = {
    "family": "EfficientNet",
    "source": "the TensorFlow authors (Tan and Le 2019)",
    "scaling": "none",
    "url": _STORE + "keras-applications/",
}


def _imagenet(name, facts, input_size, parameters, stem, md5=(None, None)):
    """A teacher of keras.applications; `stem` is where its two files' names begin, after an own folder if any."""
    folder, _, stem = stem.rpartition("/")
    url = facts.get("url", _KERAS) + (folder and f"{folder}/")
    base_file = stem + ("_no_top.h5" if facts["family"] == "MobileNet" else "_notop.h5")
    facts = {**facts, "url": url, "weights_file": f"{stem}.h5", "base_file": base_file, "md5": md5}
    return Teacher(name=name, input_size=input_size, parameters=parameters, **facts)


_KERNELS = "_weights_tf_dim_ordering_tf_kernels"
_TEACHERS = (
    Teacher(
        name="faces_vgg16",
        family="VGG",
        input_size=48,
        parameters=1_292_526,
        classes=2622,
        trained_on="synthetic portraits of 2,622 people, drawn by tlcourse.datasets.faces",
        licence="MIT",
        source="this course, `make teachers`",
        weights_file="faces_vgg16.npz",
        base_file="faces_vgg16.npz",
        embedded=True,
        scaling="none",
        minimum_size=48,
        url="",
    ),
    _imagenet("VGG16", _VGG, 224, 138_357_544, "vgg16/vgg16" + _KERNELS,
              ("64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc")),
    _imagenet("VGG19", _VGG, 224, 143_667_240, "vgg19/vgg19" + _KERNELS,
              ("cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6")),
    _imagenet("ResNet50", _RESNET, 224, 25_636_712, "resnet50" + _KERNELS,
              ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626")),
    _imagenet("ResNet101", _RESNET, 224, 44_707_176, "resnet101" + _KERNELS,
              ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21")),
    _imagenet("ResNet152", _RESNET, 224, 60_419_944, "resnet152" + _KERNELS,
              ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c")),
    _imagenet("InceptionV3", _INCEPTION, 299, 23_851_784, "inception_v3/inception_v3" + _KERNELS,
              ("9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63")),
    _imagenet("InceptionResNetV2", _INCEPTION, 299, 55_873_736, "inception_resnet_v2/inception_resnet_v2" + _KERNELS,
              ("e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4")),
    _imagenet("MobileNetV2", _MOBILENET, 224, 3_538_984, f"mobilenet_v2/mobilenet_v2{_KERNELS}_1.0_224"),
    _imagenet("EfficientNetB0", _EFFICIENTNET, 224, 5_330_571, "efficientnetb0",
              ("902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d")),
    _imagenet("EfficientNetB1", _EFFICIENTNET, 240, 7_856_239, "efficientnetb1",
              ("1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432")),
    _imagenet("EfficientNetB2", _EFFICIENTNET, 260, 9_177_569, "efficientnetb2",
              ("b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39")),
    _imagenet("EfficientNetB3", _EFFICIENTNET, 300, 12_320_535, "efficientnetb3",
              ("ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226")),
    _imagenet("EfficientNetB4", _EFFICIENTNET, 380, 19_466_823, "efficientnetb4",
              ("18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba")),
    _imagenet("EfficientNetB5", _EFFICIENTNET, 456, 30_562_527, "efficientnetb5",
              ("ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f")),
    _imagenet("EfficientNetB6", _EFFICIENTNET, 528, 43_265_143, "efficientnetb6",
              ("165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743")),
    _imagenet("EfficientNetB7", _EFFICIENTNET, 600, 66_658_687, "efficientnetb7",
              ("8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a")),
)  # fmt: skip
CATALOGUE = {teacher.name: teacher for teacher in _TEACHERS}
