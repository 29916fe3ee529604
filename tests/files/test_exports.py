"""Exported networks give what `generate` gives."""

import keras
import numpy as np
import pytest

import keras_gan_zoo as kgz

FROM_TENSORFLOW = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="exports from TensorFlow"
)


def latents(num=3):
    return np.random.default_rng(0).normal(size=(num, 4)).astype("float32")


def dcgan():
    return kgz.DCGAN((8, 8, 1), latent_dim=4, filters=2)


def progan():
    gan = kgz.ProGAN((16, 16, 3), latent_dim=4, fmap_base=32, fmap_max=8)
    gan.stage.assign(2)
    return gan


def check_saved_model(gan, folder):
    """Exports a model and compares what is served with `generate`."""
    import tensorflow as tf

    gan.export(folder, verbose=False)
    loaded = tf.saved_model.load(str(folder))  # whose variables must live
    np.testing.assert_allclose(
        loaded.serve(latents()),
        gan.generate(3, latents=latents()),
        atol=1e-5,
    )


@FROM_TENSORFLOW
@pytest.mark.parametrize("make", [dcgan, progan])
def test_a_saved_model_generates_the_same(tmp_path, make):
    gan = make()
    check_saved_model(gan, tmp_path / "exported")


@FROM_TENSORFLOW
def test_the_average_is_exported(tmp_path):
    gan = dcgan()
    gan.compile(ema_decay=0.9)
    for variable in gan.ema_generator.weights:
        variable.assign(np.full(variable.shape, 0.25, "float32"))
    check_saved_model(gan, tmp_path / "exported")


@FROM_TENSORFLOW
def test_onnx_generates_the_same(tmp_path):
    pytest.importorskip("tf2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    gan = dcgan()
    gan.export(tmp_path / "gan.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "gan.onnx")
    (name,) = (each.name for each in session.get_inputs())
    np.testing.assert_allclose(
        session.run(None, {name: latents()})[0],
        gan.generate(3, latents=latents()),
        atol=1e-5,
    )


@FROM_TENSORFLOW
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
def test_litert_generates_the_same(tmp_path):
    import tensorflow as tf

    gan = dcgan()
    gan.export(tmp_path / "gan.tflite", format="litert", verbose=False)
    interpreter = tf.lite.Interpreter(str(tmp_path / "gan.tflite"))
    (given,) = interpreter.get_input_details()
    (made,) = interpreter.get_output_details()
    interpreter.resize_tensor_input(given["index"], (3, 4))
    interpreter.allocate_tensors()
    interpreter.set_tensor(given["index"], latents())
    interpreter.invoke()
    np.testing.assert_allclose(
        interpreter.get_tensor(made["index"]),
        gan.generate(3, latents=latents()),
        atol=1e-5,
    )


def test_an_export_replaces_nothing_by_itself(tmp_path):
    theirs = tmp_path / "exported"
    theirs.mkdir()
    (theirs / "saved_model.pb").write_text("theirs")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        dcgan().export(theirs)
    assert (theirs / "saved_model.pb").read_text() == "theirs"


def test_several_networks_are_to_be_named(tmp_path):
    gan = kgz.CycleGAN((16, 16, 3), filters=2, patch=16)
    with pytest.raises(ValueError, match="network='generator_ab'"):
        gan.export(tmp_path / "exported")
    with pytest.raises(ValueError, match="generator_xy"):
        gan.export(tmp_path / "exported", network="generator_xy")
    assert not list(tmp_path.iterdir())
