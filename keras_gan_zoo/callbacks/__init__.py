"""Callbacks for `fit`. They read the model and never train it.

Keras' own callbacks work, too. `ModelCheckpoint` and `EarlyStopping` need
`mode="min"` or `"max"`, as Keras cannot guess it from our names.
`TerminateOnNaN` checks only a log named `loss`: use `StopOnNaN` instead.
"""

from keras_gan_zoo.callbacks.backup import Backup
from keras_gan_zoo.callbacks.class_grid import ClassGrid, CodeTraversal
from keras_gan_zoo.callbacks.collapse_monitor import (
    CollapseMonitor,
    CollapseWarning,
)
from keras_gan_zoo.callbacks.evaluate import Evaluate
from keras_gan_zoo.callbacks.grid import grid_for
from keras_gan_zoo.callbacks.progress import Progress
from keras_gan_zoo.callbacks.sample_grid import SampleGrid
from keras_gan_zoo.callbacks.stop_on_nan import StopOnNaN
from keras_gan_zoo.callbacks.translation_grid import (
    TranslationGrid,
    translation_picture,
)

__all__ = [
    "Backup",
    "ClassGrid",
    "CodeTraversal",
    "CollapseMonitor",
    "CollapseWarning",
    "Evaluate",
    "Progress",
    "SampleGrid",
    "StopOnNaN",
    "TranslationGrid",
    "grid_for",
    "translation_picture",
]
