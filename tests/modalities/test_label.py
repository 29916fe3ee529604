"""Labels as a kind of sample."""

import numpy as np
import pytest
from modality_checks import ModalityChecks

from keras_gan_zoo.modalities import Label
from keras_gan_zoo.modalities.label import one_hot


class TestLabel(ModalityChecks):
    modality = Label(4)
    wrong = {
        "large": (np.array([0, 4]), r"in \[0, 4\).*Received: \[4\]"),
        "negative": (np.array([-1, 2]), r"Received: \[-1\]"),
        "shape": (np.zeros((2, 3)), r"\(num, 4\).*\(2, 3\)"),
        "type": (np.zeros(2), "ints.*float64"),
        "two": (np.array([[1, 1, 0, 0]]), "one-hot"),
        "none": (np.zeros((1, 4)), "one-hot"),
        "nan": (np.full((1, 4), np.nan), "one-hot"),
    }


class TestNames(ModalityChecks):
    modality = Label(2, names=["cat", "barn owl"])
    wrong = {"large": (np.array([2]), r"Received: \[2\]")}


@pytest.mark.parametrize("num", [0, -1, 2.5])
def test_numbers_of_classes_that_are_none(num):
    with pytest.raises(ValueError, match=f"Received: num_classes={num}"):
        Label(num)


@pytest.mark.parametrize(
    "names", [["a"], ["a", "a"], ["a", "a "], ["a", ""], ["a", "b\nc"], "abc"]
)
def test_names_that_do_not_fit(names):
    with pytest.raises(ValueError, match=r"Expected 2 names.*Received: names="):
        Label(2, names)


def test_one_hot_and_back():
    numbers = np.array([2, 0, 1])
    rows = one_hot(numbers, 3)
    np.testing.assert_array_equal(rows, np.eye(3)[numbers])
    np.testing.assert_array_equal(one_hot(rows, 3), rows)
    Label(3).check(rows)


def test_examples_are_of_all_classes():
    assert sorted(Label(3).example(6)) == [0, 0, 1, 1, 2, 2]


def test_preview_marks_the_class():
    picture = Label(3).preview([1, 2], gap=0)
    assert picture[..., 0].tolist() == [[0, 255, 0], [0, 0, 255]]
    np.testing.assert_array_equal(
        Label(3).preview(np.eye(3)[[1, 2]], gap=0), picture
    )


def test_files_hold_one_label_a_line(tmp_path):
    label = Label(2, names=["cat", "barn owl"])
    (path,) = label.write(tmp_path / "x.txt", np.eye(2)[[1, 0]])
    assert path.read_bytes() == b"barn owl\ncat\n"
    assert label.read_all(path).tolist() == [1, 0]
    with pytest.raises(ValueError, match=r"one label\. Received: 2 labels"):
        label.read(path)
    path.write_text("barn owl\r\n\n")  # of another system, and by hand
    np.testing.assert_array_equal(label.read(path), [0, 1])
    path.write_text("dog\n")
    with pytest.raises(ValueError, match=r"cat, barn owl. Received: \['dog'\]"):
        label.read(path)


def test_names_in_any_script(tmp_path):
    label = Label(2, names=["고양이", "çà"])
    (path,) = label.write(tmp_path / "x", [1, 0])
    assert path.read_text(encoding="utf-8") == "çà\n고양이\n"
    assert label.read_all(path).tolist() == [1, 0]


def test_no_file_of_labels_that_are_none(tmp_path):
    with pytest.raises(ValueError, match=r"Received: \[2\]"):
        Label(2).write(tmp_path / "x", [2])
    assert not list(tmp_path.iterdir())
