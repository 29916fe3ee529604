import pytest

from keras_gan_zoo.files.lookup import look_up


def test_look_up_names_the_near_miss():
    with pytest.raises(ValueError, match=r"Did you mean 'hinge'\? Known"):
        look_up("hingee", {"hinge": 1, "minimax": 2}, "loss")
