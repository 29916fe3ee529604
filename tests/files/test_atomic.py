import errno
import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

from keras_gan_zoo.files import atomic


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def write(temporary):
        pathlib.Path(temporary).write_text("ne")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        atomic.write_atomically(path, write)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file.txt"]


def test_killed_while_writing(tmp_path):
    path = tmp_path / "new" / "file.txt"
    path.parent.mkdir()
    path.write_text("old")
    script = f"""
        import pathlib, time
        from keras_gan_zoo.files import atomic
        def write(temporary):
            pathlib.Path(temporary).write_text("half")
            print("writing", flush=True)
            time.sleep(60)
        atomic.write_atomically({str(path)!r}, write)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "writing\n"
        process.kill()
    assert path.read_text() == "old"
    assert len(os.listdir(path.parent)) == 2
    # What another machine writes on a shared disk is none of our business.
    foreign = path.parent / f".{process.pid}@another-machine.file.txt"
    foreign.write_text("half")
    # The next write that succeeds sweeps what the dead process left.
    atomic.write_atomically(path, lambda p: pathlib.Path(p).write_text("new"))
    assert set(path.parent.iterdir()) == {path, foreign}
    assert path.read_text() == "new"


def test_as_windows_does(tmp_path, monkeypatch):
    """Only writable files are flushed there, and `os.kill` would end one."""
    path = tmp_path / "file.txt"
    left = tmp_path / f".4194304@{atomic.platform.node()}.file.txt"
    left.write_text("half")
    flush = os.fsync

    def fsync(descriptor):
        try:
            os.write(descriptor, b"")
        except OSError:
            raise OSError(errno.EBADF, "Bad file descriptor") from None
        flush(descriptor)

    def end(*_):
        raise AssertionError("a process was ended")

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "kill", end)
    monkeypatch.setattr(atomic, "POSIX", False)
    atomic.write_text(path, "Fréchet")
    monkeypatch.undo()
    assert path.read_bytes() == "Fréchet".encode()
    assert left.exists()
