"""Writes files that are never half written. Does not import Keras."""

import os
import pathlib
import platform

POSIX = os.name == "posix"


def write_atomically(path, write, overwrite=True):
    """Calls `write(temporary_path)` and then renames the file to `path`.

    A kill or a full disk at any moment leaves the old file or the new one.

    Args:
        path: where the file will be. Its folder is made if it is missing.
        write: function of a path with the same ending as `path`.
        overwrite: bool. If False, an existing file is an error.

    Raises:
        FileExistsError: if the file exists and `overwrite` is False.
    """
    if "://" in str(path):  # a remote store has no rename: its own business
        return write(path)
    path = pathlib.Path(path)
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"Expected a new file, as overwrite=False. Received: {path}, "
            "which exists. Choose another name or pass overwrite=True."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    # Hidden, so that no pattern over the folder finds it. The ending stays:
    # writers choose the format by it.
    temporary = path.parent / f".{_owner()}.{path.name}"
    try:
        write(str(temporary))
        # Windows flushes only what is open for writing.
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _flush_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
    _sweep(path)


def write_text(path, text):
    """Writes a text file in UTF-8, atomically.

    Args:
        path: where the file will be. Its folder is made if it is missing.
        text: string.
    """
    write_atomically(
        path, lambda path: pathlib.Path(path).write_text(text, encoding="utf-8")
    )


def _owner():
    """Returns the name of this process, on a disk that machines share."""
    return f"{os.getpid()}@{platform.node()}"


def _flush_folder(folder):
    """Makes the new name in the folder survive a power failure."""
    if not POSIX:
        return  # Windows opens no folders
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(path):
    """Removes what killed processes of this machine left next to `path`."""
    for left in path.parent.glob(f".*.{path.name}"):
        owner = left.name[1 : -len(path.name) - 1]
        process, _, machine = owner.partition("@")
        here = machine == platform.node()
        if here and process.isdigit() and not _runs(int(process)):
            left.unlink(missing_ok=True)


def _runs(process):
    """Says whether a process may still run."""
    if not POSIX:
        return True  # on Windows, `os.kill` would end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
