"""LeCam: a penalty whose moving averages are a part of the model."""

import keras
import numpy as np
import pytest
from checks import EAGERLY, GANChecks, equal, scalar, to_numpy, values_of
from keras import ops

from keras_gan_zoo import CycleGAN, VanillaGAN
from keras_gan_zoo.objectives.lecam import LeCam, LogitAverages
from keras_gan_zoo.objectives.regularizers import Regularizer


class TestLeCam(GANChecks):
    """Resumed, evaluated and on two replicas, the averages are right."""

    cls = VanillaGAN
    config = {
        "image_shape": (4, 4, 1),
        "latent_dim": 3,
        "generator_units": (8,),
        "discriminator_units": (8,),
        "input_dropout": 0.0,
        "dropout": 0.0,
    }
    compile_arguments = {
        "regularizers": [Regularizer("discriminator", "lecam", name="penalty")],
        "discriminator_steps": 2,
        "ema_decay": 0.9,
    }
    logs = {"d_loss", "g_loss", "penalty"}


def test_the_averages_and_the_penalty_are_the_papers(rng):
    averages = LogitAverages(decay=0.9)
    real, fake = rng.normal(size=(2, 3, 8, 1)).astype("float32")
    mean_real, mean_fake = real[0].mean(), fake[0].mean()
    for step, (r, f) in enumerate(zip(real, fake)):
        if step:
            mean_real = 0.9 * mean_real + 0.1 * r.mean()
            mean_fake = 0.9 * mean_fake + 0.1 * f.mean()
        logits = ops.convert_to_tensor(r), ops.convert_to_tensor(f)
        moved = averages.moved(*logits)
        assert [scalar(x) for x in moved] == pytest.approx(
            [mean_real, mean_fake], rel=1e-4, abs=1e-6
        )
        assert scalar(averages.real) == pytest.approx(mean_real, abs=1e-6)
        expected = np.mean(np.maximum(r - mean_fake, 0) ** 2)
        expected += np.mean(np.maximum(mean_real - f, 0) ** 2)
        assert scalar(LeCam()(*logits, moved)) == pytest.approx(
            expected, rel=1e-4
        )


def test_each_step_of_the_discriminator_moves_the_averages_once():
    checks = TestLeCam()
    gan = checks.compiled(
        updates="simultaneous",
        discriminator_steps=1,
        discriminator_optimizer=keras.optimizers.SGD(0.0),
        generator_optimizer=keras.optimizers.SGD(0.0),
        **EAGERLY,
    )
    images = checks.x_and_y(gan)[0]
    gan.fit(images[:4], batch_size=4, verbose=0)
    first = to_numpy(gan.discriminator(images[:4])).mean()
    assert scalar(gan.logit_averages.real) == pytest.approx(first, abs=1e-6)
    gan.fit(images[4:], batch_size=4, verbose=0)
    second = to_numpy(gan.discriminator(images[4:])).mean()
    assert scalar(gan.logit_averages.real) == pytest.approx(
        0.9 * first + 0.1 * second, abs=1e-6
    )


def test_compiled_without_it_a_model_is_saved_and_loaded(tmp_path):
    checks = TestLeCam()
    gan = checks.compiled(ema_decay=None, **EAGERLY)
    checks.train(gan)
    gan.compile(**EAGERLY)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    assert equal(
        values_of(gan.trainable_variables),
        values_of(loaded.trainable_variables),
    )
    assert checks.train(gan) == checks.train(loaded)


def test_several_generators_are_refused():
    gan = CycleGAN((8, 8, 1), filters=2, num_blocks=1, patch=16)
    gan.compile(regularizers=[Regularizer("discriminator", "lecam")], **EAGERLY)
    images = np.zeros((1, 8, 8, 1), "float32")
    with pytest.raises(ValueError, match=r"one generator.*CycleGAN with 2"):
        gan.fit(images, images, batch_size=1, verbose=0)
