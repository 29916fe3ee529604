"""Symptoms of a failing training: numbers, thresholds and remedies.

The samples of a generator and its discriminator are, as `GAN.probe` returns
them, `(real, fake, real_logits, fake_logits)` in numpy.
"""

import numpy as np
from keras import ops

#: The smallest number of images that can count as equal.
FEW = 8
# The thresholds. Healthy and failing values are from 27 and 17 trainings of
# 250 to 500 steps on 8x8 digits: VanillaGAN, DCGAN, ConditionalGAN, InfoGAN,
# all losses but minimax, with and without penalties, seeds 0 to 2. On larger
# images only `EQUAL` was tested, and nothing on more than 64x64 pixels.
#: Images with a lower `variety` count as equal. Healthy from 0.20 up, already
#: at step 50; collapsed 0 to 0.004. At 28x28 (MNIST) and 64x64 (emoji): the
#: presets have 0.93 to 1.08. The first 300 steps of a DCGAN with 16 filters
#: have 0.14 and more at 28x28, and 0.069 and more at 64x64, so the margin is
#: small there. One or four images that repeat with noise of deviation 0.01
#: have 0.017 to 0.027. With noise of 0.03 (0.050 to 0.080) there is no alarm.
EQUAL = 0.05
#: Images are unchanged if no pixel changes by more. Healthy from 0.5 up;
#: frozen 0, which another order of sums may make 1e-6.
UNCHANGED = 1e-5
#: Share of pairs in which the discriminator is right. Healthy: often all.
ACCURATE = 0.99
#: Its loss then, relative to the loss of guessing. Healthy from 0.09 up, once
#: 0.053; far too strong 3e-8 to 0.015.
WON = 0.02
#: Standard deviation of its loss from step to step, relative to the same.
#: Healthy up to 0.20; swinging 1.7 to 22.
SWING = 0.5
#: Its loss, relative to the same. Healthy up to 0.99; diverging 5.5 to 6.7.
BLOWN_UP = 3.0
#: Number of checks in a row that find a symptom. One check may be chance.
#: Generators begin with nearly equal images, and need time to separate them.
PATIENCE = {
    "not finite": 1,
    "generator frozen": 2,
    "divergence": 2,
    "oscillation": 2,
    "discriminator wins": 2,
    "mode collapse": 3,
}
MEANINGS = {
    "not finite": "The weights are NaN, too, or will be soon.",
    "generator frozen": "The generator does not learn.",
    "mode collapse": (
        "Different latents give the same image: the generator has found one "
        "(or a few) that fool the discriminator, and makes only these."
    ),
    "discriminator wins": (
        "The discriminator is so sure that its logits no longer show the "
        "generator how to improve: the loss stays high, or its gradient "
        "vanishes."
    ),
    "oscillation": (
        "The networks react to each other in cycles instead of converging."
    ),
    "divergence": "The discriminator's logits grow without limit; NaN may "
    "follow.",
}
REMEDIES = {
    "not finite": (
        "Training stops here and these weights are lost; Backup keeps its "
        "last file with finite ones. Lower both learning rates, clip the "
        "gradients (Adam(..., clipnorm=1)), and look for NaN in the data. "
        "With mixed_float16 try mixed_bfloat16."
    ),
    "generator frozen": (
        "Check the learning rate of generator_optimizer (0, or a schedule "
        "that has ended?), and whether generator.trainable is True. If both "
        "are right, no gradient arrives: with loss='minimax' use "
        "'non_saturating', and start over with a discriminator that is not "
        "yet sure of everything."
    ),
    "mode collapse": (
        "Lower the generator's learning rate, or raise the discriminator's "
        "or discriminator_steps. packing=2 (if the model has it), "
        "penalty='r1', or loss='wasserstein' with penalty='wgan_gp' make it "
        "rarer. A collapsed model rarely "
        "recovers: go back to an earlier checkpoint or start over. If it "
        "was so from the first step on, the generator does not use its "
        "inputs."
    ),
    "discriminator wins": (
        "Lower the learning rate of discriminator_optimizer, set "
        "discriminator_steps=1, and regularize: compile(penalty='r1'), or "
        "spectral_normalization=True in the model. If a small set of images "
        "was memorized, use more images, a smaller discriminator, or "
        "augmentation='color,translation,cutout' or 'ada' (if the model has "
        "it)."
    ),
    "oscillation": (
        "Lower both learning rates, use Adam(..., beta_1=0) or 0.5, and "
        "regularize: compile(penalty='r1'). ema_decay=0.999 makes "
        "generate() work with averaged weights, which swing less."
    ),
    "divergence": (
        "Lower both learning rates and bound the discriminator: "
        "compile(penalty='r1'), or spectral_normalization=True in the "
        "model. loss='wasserstein' needs penalty='wgan_gp' or the latter."
    ),
}


def symptoms(loss, d_losses, games, before):
    """Finds the current symptoms.

    Args:
        loss: the `keras_gan_zoo.losses` object of the training, or None for
            a model with another loss.
        d_losses: float array, the discriminator's loss of the last steps;
            empty if there is no such loss.
        games: list of samples, one tuple for each pair of a generator and a
            discriminator; empty if they are unknown.
        before: the samples of an earlier time with the same latents, or
            None.

    Returns:
        Dict of names as in `REMEDIES` to a text with the observation.
    """
    found = _frozen_or_equal(games, before)
    if loss is None:
        return found
    found = found or _victory(loss, games)
    if not len(d_losses):
        return found
    return {**found, **_unrest(loss, d_losses, games)}


def _frozen_or_equal(games, before):
    """Finds the cause of a discriminator that wins, if there is one."""
    for real, fake, _, _ in games:
        ratio = variety(fake, real)
        if ratio is not None and ratio < EQUAL:
            return {
                "mode collapse": "the median distance of a generated image "
                f"to its nearest neighbor is {ratio:.2%} of that among real "
                "images."
            }
    if not games or before is None:
        return {}
    change = max(np.abs(g[1] - b[1]).max() for g, b in zip(games, before))
    if change > UNCHANGED:
        return {}
    return {
        "generator frozen": "since the last check no pixel of the generated "
        f"images has changed by more than {change:.1g}."
    }


def _victory(loss, games):
    guessing = _of_guessing(loss)
    if guessing <= 0:  # without a scale no loss is low
        return {}
    for _, _, real_logits, fake_logits in games:
        accuracy = share_in_order(fake_logits, real_logits)
        value = _d_loss(loss, real_logits, fake_logits)
        if accuracy >= ACCURATE and value < WON * guessing:
            return {
                "discriminator wins": f"in {accuracy:.1%} of pairs a real "
                "image gets a larger logit than a generated one, and the "
                f"discriminator's loss of {value:.2g} is "
                f"{value / guessing:.2%} of its loss when it guesses."
            }
    return {}


def _unrest(loss, d_losses, games):
    scale = _of_guessing(loss)
    if scale <= 0 and games:
        scale = max(distance(real, fake) for real, fake, _, _ in games)
    if scale <= 0:
        return {}
    size, swing, found = np.median(d_losses), np.std(d_losses), {}
    if abs(size) > BLOWN_UP * scale:
        found["divergence"] = (
            f"the median d_loss of {len(d_losses)} steps is {size:.3g}, "
            f"where its scale is {scale:.3g}."
        )
    if swing > SWING * scale:
        found["oscillation"] = (
            f"the d_loss of {len(d_losses)} steps has a standard deviation "
            f"of {swing:.3g}, where its scale is {scale:.3g}."
        )
    return found


def _of_guessing(loss):
    """Returns the loss of a guessing discriminator; 0 for Wasserstein."""
    return _d_loss(loss, np.zeros(1, "float32"), np.zeros(1, "float32"))


def _d_loss(loss, real_logits, fake_logits):
    logits = map(ops.convert_to_tensor, (real_logits, fake_logits))
    return float(loss.discriminator(*logits))


def of_each_step(means):
    """Undoes the running means that Keras logs.

    Args:
        means: list of `(num, mean)`, the mean of the first `num` steps of an
            epoch. A smaller `num` than before starts a new epoch.

    Returns:
        float64 array with the value of each step. A value is the mean of
        several steps if `num` grows by several. The first value is left out
        if its `num` is not 1.

    Example:

    >>> of_each_step([(1, 2.0), (2, 3.0), (3, 3.0), (1, 5.0)]).tolist()
    [2.0, 4.0, 3.0, 5.0]
    """
    values, steps, total = [], 0, 0.0
    for num, mean in means:
        if num <= steps:
            steps, total = 0, 0.0
        values.append((num * mean - total) / (num - steps))
        steps, total = num, num * mean
    return np.asarray(values)


def variety(fake, real):
    """Measures how different generated images are, relative to real ones.

    Args:
        fake: float array `(num, ...)`, generated images.
        real: float array of the same shape, real images.

    Returns:
        Ratio of the median distances of an image to its nearest neighbor. 0
        if each image has an equal one. None for fewer than 8 images.

    Example:

    >>> real = np.arange(8.0)[:, None]
    >>> variety(real / 2, real), variety(real // 2, real)
    (0.5, 0.0)
    """
    if len(fake) < FEW:
        return None
    # Real images that are equal themselves give no scale.
    return _nearest(fake) / max(_nearest(real), 1e-12)


def _nearest(images):
    distances = _distances(images, images)
    np.fill_diagonal(distances, np.inf)
    return float(np.median(distances.min(axis=1)))


def _distances(some, others):
    some = some.reshape(len(some), -1)
    others = others.reshape(len(others), -1)
    return np.stack([np.linalg.norm(others - one, axis=1) for one in some])


def distance(real, fake):
    """Returns the mean distance between a real and a generated image."""
    return float(_distances(real, fake).mean())


def share_in_order(smaller, larger):
    """Returns the share of pairs, one number of each array, in order.

    This is the area under the ROC curve: 0.5 means guessing, and 1 means that
    a threshold separates the numbers, whatever its value. So it measures the
    discriminator's accuracy for every loss. Some losses do not fix the offset
    of the logits.

    Example:

    >>> share_in_order(np.array([0, 1]), np.array([1, 2, 3, 4]))
    0.9375
    """
    smaller, larger = np.sort(np.ravel(smaller)), np.ravel(larger)
    below = np.searchsorted(smaller, larger, "left")
    equal = np.searchsorted(smaller, larger, "right") - below
    return float((below + equal / 2).mean() / len(smaller))
