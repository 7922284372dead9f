"""The code of a function as a zip that is the same on every machine."""

import atexit
import functools
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

_PACKAGE = Path(__file__).parents[3]
_ROOMS = ("contracts", "lambdas", "model")
_MODULES = ("__init__.py", "_version.py")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold; a real one would make each bundle a new one."""
_READABLE = 0o100644 << 16


def shared_bundle(texts: Mapping[str, str] | None = None) -> Path:
    """Return the zip of `write_bundle` as a file that exists until the process ends.

    Functions with the same files share it: the CDK hashes and copies a path once, however many stacks use it.
    """
    return _shared(tuple(sorted((texts or {}).items())))


def write_bundle(file: Path, *, texts: Mapping[str, str] | None = None) -> None:
    """Write the model and the runtime of this library into a zip.

    Nothing is compressed, as compression differs between versions of zlib.

    Args:
        file: Where to write it.
        texts: Further files for the root of the zip, by name.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
        for name, text in sorted({**_sources(), **(texts or {})}.items()):
            entry = zipfile.ZipInfo(name, date_time=_FIRST_DAY)
            entry.external_attr = _READABLE
            bundle.writestr(entry, text)


@functools.cache
def _shared(texts: tuple[tuple[str, str], ...]) -> Path:
    bundle = Path(tempfile.mkdtemp(dir=_folder()), "code.zip")
    write_bundle(bundle, texts=dict(texts))
    return bundle


@functools.cache
def _folder() -> str:
    folder = tempfile.mkdtemp(prefix="patching-constructs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def _sources() -> Mapping[str, str]:
    modules = [_PACKAGE / name for name in _MODULES]
    modules += [module for room in _ROOMS for module in (_PACKAGE / room).rglob("*.py")]
    return {module.relative_to(_PACKAGE.parent).as_posix(): module.read_text("utf-8") for module in modules}
