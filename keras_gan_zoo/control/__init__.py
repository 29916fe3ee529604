"""Controls of a trained model, in pictures and in the browser."""

from keras_gan_zoo.control import (
    directions,
    picture_files,
    project_files,
    score_files,
    video,
)
from keras_gan_zoo.control.anomaly import AnomalyScores, anomaly_scores
from keras_gan_zoo.control.arrange import (
    class_grid,
    interpolate,
    interpolate_classes,
    latent_arithmetic,
    linear,
    picture,
    spherical,
    traverse,
)
from keras_gan_zoo.control.blending import blend
from keras_gan_zoo.control.editing import edit
from keras_gan_zoo.control.encodings import (
    attribute,
    encode,
    interpolate_pictures,
)
from keras_gan_zoo.control.inpainting import inpaint
from keras_gan_zoo.control.interpolation import interpolate_networks
from keras_gan_zoo.control.learned_encoder import LearnedEncoder
from keras_gan_zoo.control.projection import (
    Projection,
    generate_from,
    project,
)
from keras_gan_zoo.control.seeds import from_seeds
from keras_gan_zoo.control.style_grid import style_grid

__all__ = [
    "AnomalyScores",
    "LearnedEncoder",
    "Projection",
    "anomaly_scores",
    "attribute",
    "blend",
    "class_grid",
    "directions",
    "edit",
    "encode",
    "from_seeds",
    "generate_from",
    "inpaint",
    "interpolate",
    "interpolate_classes",
    "interpolate_networks",
    "interpolate_pictures",
    "latent_arithmetic",
    "linear",
    "picture",
    "picture_files",
    "project",
    "project_files",
    "score_files",
    "spherical",
    "style_grid",
    "traverse",
    "video",
]
