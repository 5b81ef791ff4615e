"""The rules of a folder of sources: what is insignificant on a page, by the source that found it."""

from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import MistakenFile, ScraperError, UsageError
from .insignificant import Rule
from .sources import Scope, load_source, load_valid
from .urls import address


class Rulebook:
    """The rules of the sources in *folder*, each file read when it is first asked for.

    A file that cannot be used hides nothing, and *say* is told so once.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._told: set[Path] = set()
        self._rules: dict[str, tuple[Rule, ...]] = {}
        self._scopes: list[tuple[Scope, tuple[Rule, ...]]] | None = None

    def of(self, source: str, url: str) -> tuple[Rule, ...]:
        """The rules for a page that *source* found; where there is no such file, of the source that *url* is of."""
        path = self._folder / f"{source}.toml"
        # The name stands in an archive, which may come from anywhere.
        if not source or Path(source).name != source or not path.is_file():
            return self._of_url(url)
        if source not in self._rules:
            self._rules[source] = ()
            try:
                self._rules[source] = load_source(path).insignificant
            except ScraperError as error:
                self._mistaken(path, error)
        return self._rules[source]

    def _of_url(self, url: str) -> tuple[Rule, ...]:
        if self._scopes is None:
            self._scopes = list(self._read())
        try:
            place = address(url)
        except UsageError:  # a file that was imported may have any address
            return ()
        return next((rules for scope, rules in self._scopes if not scope.reason(place)), ())

    def _read(self) -> Iterator[tuple[Scope, tuple[Rule, ...]]]:
        if not self._folder.is_dir():
            return
        try:
            sources, wrong = load_valid(self._folder)
        except UsageError as error:
            self._say(f"{error}; no rule of {self._folder} is used")
            return
        for mistaken in wrong:
            self._mistaken(Path(mistaken.path), mistaken)
        yield from ((Scope(source), source.insignificant) for source in sources if source.insignificant)

    def _mistaken(self, path: Path, error: ScraperError) -> None:
        if path in self._told:
            return
        self._told.add(path)
        wrong = f"mistakes ({len(error.mistakes)})" if isinstance(error, MistakenFile) else f"{error}"
        self._say(f"{path}: nothing is ignored by its rules: {wrong}; `fonds sources check` lists what is wrong")
