"""What can go wrong outside the parsers. Each error names the thing, what was found, what was expected and what to do.

ScraperError
 +-- UsageError        what was asked for cannot be done: a missing file, an unknown page, a bad date
 +-- MistakenFile      a file that somebody wrote has mistakes, all of them at once
 |    +-- SourceError     a source file
 |    +-- NotifyError     the file of feeds and notifications
 +-- ArchiveError      the archive cannot be opened or written
 |    +-- NotAnArchive    the file is no fonds archive
 |    +-- NewerArchive    made by a later fonds
 |    +-- ArchiveBusy     another process holds it
 |    +-- BytesRemoved    the bytes asked for were removed for good
 +-- ParserUnavailable the process that parses pages cannot be had
 +-- KeyUnusable       the key that signs, or one to check signatures by, cannot be had
 +-- DoesNotApply      changes and a record, or what was written of changes, do not fit
 +-- NotProved         a record, a proof or a signed note is not what it claims to be
 +-- FetchError        a page could not be had; *transient* says whether trying later may help
      +-- AddressRefused  the host resolves to an address fonds does not connect to
"""


class ScraperError(Exception):
    """The root of all errors raised by this package; its text is one clear line for a person."""


class UsageError(ScraperError):
    """What was asked for cannot be done."""


class MistakenFile(ScraperError):
    """A file that somebody wrote has mistakes. *mistakes* has one line for each, with the field's name."""

    def __init__(self, path: str, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(f"{path}: {mistake}" for mistake in mistakes))
        self.path = path
        self.mistakes = mistakes


class SourceError(MistakenFile):
    """A source file has mistakes."""


class NotifyError(MistakenFile):
    """The file of feeds and notifications has mistakes."""


class DoesNotApply(ScraperError):
    """Changes cannot be applied: they start from another record, or what is written of them cannot be read."""


class ArchiveError(ScraperError):
    """The archive cannot be opened or written. *path* is its file."""

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


class NotAnArchive(ArchiveError):
    """The file is no fonds archive; it was left as it is."""


class NewerArchive(ArchiveError):
    """The archive was made by a later version of fonds; it was left as it is."""


class ArchiveBusy(ArchiveError):
    """Another process is writing. *holder* says which, where that is known."""

    def __init__(self, message: str, *, path: str, holder: str = "") -> None:
        super().__init__(message, path=path)
        self.holder = holder


class BytesRemoved(ArchiveError):
    """The bytes of a capture were removed for good, as the log says; digest and length of them are kept."""


class ParserUnavailable(ScraperError):
    """The process that parses pages ends before it can be asked; this is no fault of a page."""


class KeyUnusable(ScraperError):
    """A key cannot be had: no file, one that others may read, another passphrase, no library to use it."""


class NotProved(ScraperError):
    """A record, a proof or a signed note is not what it claims to be."""


class FetchError(ScraperError):
    """A page could not be had. *transient* says whether trying later may help."""

    def __init__(self, message: str, *, url: str, transient: bool) -> None:
        super().__init__(f"{url}: {message}")
        self.message = message
        self.url = url
        self.transient = transient


class AddressRefused(FetchError):
    """The host resolves to an address fonds does not connect to; nothing was sent."""

    def __init__(self, *, url: str, address: str) -> None:
        super().__init__(
            f"address {address} is private or reserved; nothing was sent (--allow-address lets one through)",
            url=url,
            transient=False,
        )
        self.address = address


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error in *group* that tells what happened: one of ours where there is one."""
    ours = group.subgroup(ScraperError) or group
    first = ours.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
