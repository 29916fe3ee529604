"""What classes take, as their files say it, is what they take."""

import inspect

import keras
import pytest

import keras_gan_zoo as kgz
from keras_gan_zoo.files import registry, signatures

NAMES = registry.shipped()


def parameters(cls, method):
    found = inspect.signature(getattr(cls, method)).parameters.values()
    kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [p.name for p in found if p.kind not in kinds and p.name != "self"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", ["__init__", "compile"])
def test_the_text_says_what_the_class_takes(name, method):
    known = registry.architecture(name)
    found = signatures.arguments(known, method)
    own = parameters(known.load(), method)
    assert list(found[: len(own)]) == own
    ours = [c for c in known.load().__mro__ if not keras.Model.mro().count(c)]
    anywhere = {
        name
        for cls in ours
        if method in vars(cls)
        for name in parameters(cls, method)
    }
    assert set(found) <= anywhere | set(signatures.OF_KERAS[method])


@pytest.mark.parametrize("name", NAMES)
def test_what_a_card_holds_is_among_it(name):
    known = registry.architecture(name)
    for card in kgz.list_presets(known.class_name).values():
        found = signatures.arguments(known, "__init__")
        # The names of classes come from the data.
        assert card["config"].keys() - {"class_names"} <= set(found)
        found = signatures.arguments(known, "compile")
        assert card["compile"].keys() <= set(found)


def test_arguments_of_bases_are_found_and_taken():
    known = registry.architecture("progan")
    small = {"latent_dim": 2, "fmap_base": 8, "fmap_max": 2}
    gan = kgz.ProGAN((8, 8, 1), **small, seed=0, dtype="float32", name="mine")
    assert {"seed", "dtype", "name"} <= set(
        signatures.arguments(known, "__init__")
    )
    found = signatures.arguments(known, "compile")
    assert {"phase_images", "discriminator_steps", "run_eagerly"} <= set(found)
    gan.compile(phase_images=10, discriminator_steps=1, run_eagerly=True)


def test_what_a_class_fills_in_for_its_base_is_not_among_it():
    known = registry.architecture("dcgan")
    assert "sample" not in signatures.arguments(known, "__init__")
    with pytest.raises(TypeError, match="sample"):
        kgz.DCGAN((8, 8, 1), filters=2, sample=None)


def test_of_a_class_from_elsewhere_nothing_is_known():
    mine = registry.Architecture("mine", "Mine", "my_module", "", "", "")
    assert signatures.arguments(mine, "compile") is None
