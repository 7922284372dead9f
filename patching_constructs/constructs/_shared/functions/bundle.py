"""The code of a function as a zip that is the same on every machine."""

import ast
import atexit
import functools
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

_PACKAGE = Path(__file__).parents[3]
# The earliest time that a zip can hold; a real one would make each bundle a new one.
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16


def shared_bundle(handler: str, texts: Mapping[str, str] | None = None) -> Path:
    """Return the zip of `write_bundle` as a file that exists until the process ends.

    Functions with the same files share it: the CDK hashes and copies a path once, however many stacks use it.
    """
    return _shared(handler, tuple(sorted((texts or {}).items())))


def write_bundle(file: Path, *, handler: str, texts: Mapping[str, str] | None = None) -> None:
    """Write a handler and the modules of this library that it imports into a zip.

    Nothing is compressed, as compression differs between versions of zlib.

    Args:
        file: Where to write it.
        handler: Module of the handler below `patching_constructs.lambdas`.
        texts: Further files for the root of the zip, by name.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
        for name, text in sorted({**function_sources(handler), **(texts or {})}.items()):
            entry = zipfile.ZipInfo(name, date_time=_FIRST_DAY)
            entry.external_attr = _READABLE
            bundle.writestr(entry, text)


@functools.cache
def function_sources(handler: str) -> Mapping[str, str]:
    """Return the modules that a handler imports, directly or not, by their path in the zip."""
    root = _PACKAGE.name
    found: dict[str, str] = {}
    open_modules = [f"{root}.lambdas.{handler}"]
    while open_modules:
        path = _path(open_modules.pop())
        if path is None or (name := path.relative_to(_PACKAGE.parent).as_posix()) in found:
            continue
        found[name] = path.read_text("utf-8")
        open_modules += _imports(name.removesuffix(".py").replace("/", "."), found[name])
    # The package's own __init__.py lists the public names. Functions need none of them, and without it a new
    # public name deploys no function again.
    return found | {f"{root}/__init__.py": ""}


def _path(module: str) -> Path | None:
    """Return the file of a module or package of this library, or None for anything else."""
    base = _PACKAGE.parent.joinpath(*module.split("."))
    files = (base.with_suffix(".py"), base / "__init__.py")
    return next((file for file in files if file != _PACKAGE / "__init__.py" and file.is_file()), None)


def _imports(module: str, source: str) -> Iterator[str]:
    """Yield what a module may import: its packages, the modules it names, and names that may be modules."""
    parts = module.split(".")
    yield from (".".join(parts[:count]) for count in range(2, len(parts)))
    for node in _statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if _is_ours(alias.name))
        elif isinstance(node, ast.ImportFrom) and _is_ours(node.module or ""):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes but those that only type checkers read."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        yield node
        yield from _statements(node)


def _is_ours(module: str) -> bool:
    return module.split(".", 1)[0] == _PACKAGE.name


@functools.cache
def _shared(handler: str, texts: tuple[tuple[str, str], ...]) -> Path:
    bundle = Path(tempfile.mkdtemp(dir=_folder()), "code.zip")
    write_bundle(bundle, handler=handler, texts=dict(texts))
    return bundle


@functools.cache
def _folder() -> str:
    folder = tempfile.mkdtemp(prefix="patching-constructs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
