"""Inception score against its formula and against its bounds."""

import numpy as np
import pytest

from keras_gan_zoo.metrics import InceptionScore
from keras_gan_zoo.metrics.features import FeatureExtractor

# Images (num, 1, 1, classes) whose pixels are shifted probabilities.
CLASSIFIER = FeatureExtractor("pixels_as_p", lambda x: x[:, 0, 0] + 1)


def score(p, splits, batch_size=7):
    metric = InceptionScore(CLASSIFIER, splits=splits)
    for start in range(0, len(p), batch_size):
        images = p[start : start + batch_size, None, None, :] - 1
        metric.update_fake(images)
    return metric.result()


def test_against_the_formula(rng):
    p = rng.dirichlet(np.full(5, 0.3), size=60)
    scores = []
    for part in range(4):
        mine = p[part::4]
        marginal = mine.mean(axis=0)
        divergence = np.sum(mine * np.log(mine / marginal), axis=1)
        scores.append(np.exp(divergence.mean()))
    result = score(p, splits=4)
    assert result["inception_score"] == pytest.approx(np.mean(scores), 1e-4)
    assert result["inception_score_std"] == pytest.approx(np.std(scores), 1e-3)


def test_bounds():
    # Sure and even over 5 classes: 5. The same for every image: 1.
    assert score(np.tile(np.eye(5), (6, 1)), 1)["inception_score"] == (
        pytest.approx(5)
    )
    uniform = np.full((30, 5), 0.2)
    assert score(uniform, 1)["inception_score"] == pytest.approx(1)


def test_logits_are_refused(rng):
    metric = InceptionScore(FeatureExtractor("logits", lambda x: x[:, 0, 0]))
    with pytest.raises(ValueError, match=r"logits.*\n?.*Softmax"):
        metric.update_fake(rng.uniform(-1, 1, (4, 1, 1, 3)))


def test_generated_images_only():
    with pytest.raises(ValueError, match="uses generated images only"):
        InceptionScore(CLASSIFIER).update_real(np.zeros((4, 1, 1, 3)))
