"""Loading an app's cloud code: from a path, a dotted module or package, or a function."""

import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Final, TypeAlias

from parsepy.cloud import loading
from parsepy.cloud.registry import RegistrationError, Registry
from parsepy.options.errors import OptionsError

Source: TypeAlias = str | Callable[..., object]
"""`cloud/main.py`, `myapp.cloud`, or a function that registers."""

_INSTALLED: Final = "site-packages"
_MARK: Final = "__parsepy_cloud__"
_FAILURES: Final = (Exception, SystemExit)
"""A `sys.exit()` at the top of a module is a mistake in it, and ends no server that reloads it."""
_OTHER_LANGUAGES: Final = frozenset((".js", ".cjs", ".mjs", ".ts"))


class CloudCodeError(OptionsError):
    """The code could not be loaded; the text has the file and the traceback."""


@dataclass(slots=True)
class CloudCode:
    """`sources` as the option `cloud` gives them."""

    sources: Sequence[Source]
    folders: set[Path] = field(default_factory=set)
    """Where the code is that was loaded last: what is to be watched for changes."""

    _pending: list[tuple[str, Awaitable[object]]] = field(default_factory=list)

    def load(self) -> Registry:
        """A registry with everything that the code registers. Raises `CloudCodeError`.

        Modules are imported anew each time: two apps, or two loads, share nothing. What an async
        function registers is there after `settle`.
        """
        registry = Registry()
        with loading.into(registry):
            for source in self.sources:
                if isinstance(source, str):
                    self._import(source)
                else:
                    self._call(source, registry)
        if not self._pending:
            _settle(registry)
        return registry

    async def settle(self, registry: Registry) -> None:
        """Waits for the async functions among the sources. Raises `CloudCodeError`."""
        pending, self._pending = self._pending, []
        with loading.into(registry):
            for name, result in pending:
                try:
                    await result
                except _FAILURES as error:
                    raise CloudCodeError(_told(name, error)) from error
        if pending:
            _settle(registry)

    def _call(self, source: Callable[..., object], registry: Registry) -> None:
        name = getattr(source, "__name__", "cloud")
        try:
            result = source(registry) if _takes_one(source) else source()
        except _FAILURES as error:
            raise CloudCodeError(_told(name, error)) from error
        if inspect.isawaitable(result):
            self._pending.append((name, result))

    def _import(self, source: str) -> None:
        found = _located(source)
        self.folders.add(found.folder)
        _forget()
        # In front: another app's folder may have modules of the same names.
        sys.path[:] = [str(found.search), *(path for path in sys.path if path != str(found.search))]
        importlib.invalidate_caches()
        # So may the server itself, as `main.py`: its own comes back afterwards.
        servers_own = sys.modules.pop(found.module, None)
        known = set(sys.modules)
        try:
            importlib.import_module(found.module)
        except _FAILURES as error:
            raise CloudCodeError(_told(source, error)) from error
        finally:
            _mark(sys.modules.keys() - known, found.folder)
            if servers_own is not None and not _is_in(servers_own, found.folder):
                sys.modules[found.module] = servers_own


def _settle(registry: Registry) -> None:
    try:
        registry.settle()
    except RegistrationError as error:
        raise CloudCodeError(f"The cloud code could not be loaded. {error}") from None


@dataclass(frozen=True, slots=True)
class _Location:
    """`search` belongs on Python's path; `folder` is what counts as the app's code."""

    module: str
    search: Path
    folder: Path


def _located(source: str) -> _Location:
    """Raises `CloudCodeError` for code that is not there."""
    path = Path(source)
    if path.suffix in _OTHER_LANGUAGES:
        raise _not_python(source)
    if path.suffix == ".py" or path.is_dir() or "/" in source or "\\" in source:
        return _at(source, path.resolve())
    return _named(source)


def _at(source: str, path: Path) -> _Location:
    if path.is_dir():
        path = _within(path)
    if not path.is_file():
        raise CloudCodeError(
            f"Option cloud: there is no {source}."
            " Give the path of a Python file or folder, or a module's name."
        )
    names = [] if path.name == "__init__.py" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").exists():
        names.insert(0, folder.name)
        folder = folder.parent
    top = path.parent if not (path.parent / "__init__.py").exists() else folder / names[0]
    return _Location(".".join(names), folder, top)


def _within(folder: Path) -> Path:
    """Raises `CloudCodeError` for a folder that has only the code of a Node server."""
    package, main = folder / "__init__.py", folder / "main.py"
    if package.exists() or main.exists():
        return package if package.exists() else main
    for suffix in _OTHER_LANGUAGES:
        if main.with_suffix(suffix).exists():
            raise _not_python(str(main.with_suffix(suffix)))
    return main


def _not_python(source: str) -> CloudCodeError:
    return CloudCodeError(
        f"Option cloud: {source} is JavaScript, and this server runs Python."
        " Write its functions and triggers in Python, for example in cloud/main.py (the"
        " documentation of cloud code has a table from one to the other). Those that are to stay"
        " in JavaScript go on running in a server of their own, as webhooks: leave the option out"
        " and register their addresses with POST /hooks/functions and /hooks/triggers."
    )


def _named(name: str) -> _Location:
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError) as error:
        raise CloudCodeError(_told(name, error)) from error
    if spec is None or spec.origin is None:
        raise CloudCodeError(
            f"Option cloud: there is no module {name} on Python's path ({Path.cwd()} is on it)."
        )
    return _at(name, Path(spec.origin).resolve())


def _forget() -> None:
    """Takes what was loaded before out of Python's memory: importing runs it again, and another
    app's modules of the same names are not taken for it."""
    for name, module in list(sys.modules.items()):
        if hasattr(module, _MARK):
            del sys.modules[name]


def _mark(names: Iterable[str], folder: Path) -> None:
    """Only what a loader has brought in is forgotten: other modules there may be the server's."""
    for name in names:
        module = sys.modules.get(name)
        if module is not None and _is_in(module, folder):
            setattr(module, _MARK, True)


def _is_in(module: ModuleType | None, folder: Path) -> bool:
    origin = getattr(module, "__file__", None)
    if not isinstance(origin, str):
        return False
    path = Path(origin)
    return path.is_relative_to(folder) and _INSTALLED not in path.relative_to(folder).parts


def _takes_one(source: Callable[..., object]) -> bool:
    return bool(inspect.signature(source).parameters)


def _told(source: str, error: BaseException) -> str:
    """The error as the person who writes the code wants to see it: from his own file on."""
    summary = traceback.extract_tb(error.__traceback__)
    own = _without_machinery(summary)
    lines = [*traceback.format_list(own), *traceback.format_exception_only(error)]
    return f"The cloud code {source} could not be loaded.\n{''.join(lines).rstrip()}"


def _without_machinery(frames: Iterable[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    return [
        frame
        for frame in frames
        if not frame.filename.startswith("<frozen importlib")
        and frame.filename not in (__file__, importlib.__file__)
    ]
