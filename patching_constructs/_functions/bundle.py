"""The code of a function as a zip that is the same on every machine."""

import functools
import zipfile
from collections.abc import Mapping
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]
_ROOMS = ("model", "runtime")
_MODULES = ("__init__.py", "_version.py")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold; a real one would make each bundle a new one."""
_READABLE = 0o100644 << 16


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
def _sources() -> Mapping[str, str]:
    modules = [_PACKAGE / name for name in _MODULES]
    modules += [module for room in _ROOMS for module in (_PACKAGE / room).rglob("*.py")]
    return {module.relative_to(_PACKAGE.parent).as_posix(): module.read_text("utf-8") for module in modules}
