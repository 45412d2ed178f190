"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from undeb.errors import UndebError
from undeb.vocabulary import flag, known, path_of


def place(
    path: str | os.PathLike[str], overwrite: bool, what: str, endings: Iterable[str], write: Callable[[Path, str], object]
) -> Path:
    """Writes a file of one of some endings aside and moves it into place, so that no half of a file is ever there."""
    target = path_of("path", path)
    ending = known(target.suffix.lower(), what, endings)
    replaces = flag("overwrite", overwrite)
    aside = target.with_name(f".{target.name}.part")
    try:
        if target.exists() and not replaces:
            raise UndebError(f"{target} is there already; give overwrite=True to replace it")
        write(aside, ending)
        aside.replace(target)
    except OSError as error:
        try:
            aside.unlink(missing_ok=True)
        except OSError:
            # A name that cannot be written cannot be taken away either.
            pass
        raise UndebError(f"cannot write {target}: {error.strerror or error}; nothing was changed") from error
    return target
