"""Writes whole files or none. Does not import Keras."""

import os
import pathlib
import platform

POSIX = os.name == "posix"


def write_atomically(path, write, overwrite=True):
    """Calls `write(temporary_path)` and then renames the file to `path`.

    After a crash or with a full disk, the path has the old or the new file.

    Args:
        path: path of the new file. Its folder is created if it is missing.
        write: function of a path with the same ending as `path`.
        overwrite: bool. If False, an existing file is an error.

    Raises:
        FileExistsError: if the file exists and `overwrite` is False.
    """
    if "://" in str(path):  # a remote store cannot rename
        return write(path)
    path = pathlib.Path(path).expanduser()
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"Expected a new file, as overwrite=False. Received: {path}, "
            "which exists. Choose another name or pass overwrite=True."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    # Hidden, so that no pattern over the folder finds the file. The ending
    # stays, because writers choose the format by the ending.
    temporary = path.parent / f".{_owner()}.{path.name}"
    try:
        write(str(temporary))
        # Windows flushes only files that are open for writing.
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
        path: path of the new file. Its folder is created if it is missing.
        text: string, the content of the file.
    """
    write_atomically(
        path, lambda path: pathlib.Path(path).write_text(text, encoding="utf-8")
    )


def _owner():
    """Returns the name of this process, on a disk that machines share."""
    return f"{os.getpid()}@{platform.node()}"


def _flush_folder(folder):
    """Flushes the folder, so that the name survives a power failure."""
    if not POSIX:
        return  # Windows opens no folders
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(path):
    """Removes files that killed processes of this machine left there."""
    for left in path.parent.glob(f".*.{path.name}"):
        owner = left.name[1 : -len(path.name) - 1]
        process, _, machine = owner.partition("@")
        here = machine == platform.node()
        if here and process.isdigit() and not _runs(int(process)):
            left.unlink(missing_ok=True)


def _runs(process):
    """Returns whether a process may still run."""
    if not POSIX:
        return True  # on Windows, `os.kill` would end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
