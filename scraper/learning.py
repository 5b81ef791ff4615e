"""Learning the chrome of sites from what was captured of them, and reading again what that changes.

What is learned depends on the captures alone and not on the order in which they came: it is computed from all that was
seen of a site, and every capture is read with it in the end. How far that is stands in the archive, so whoever comes
next goes on where a process was killed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .archive import Archive, SiteRow
from .rereading import reread
from .wording import counted
from .worker import parse

_AT_ONCE = 200  # readings in a commit
_EARLY = 32  # pages: by then the chrome of a site is known, unless there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What was learned of a *site* since the last time: its lines, how many of them are new and how many are gone.

    *suffix* is what its titles are rid of. So many *captures* were read again.
    """

    site: str
    lines: int
    new: int
    gone: int
    suffix: str
    captures: int

    @property
    def said(self) -> str:
        """All that in one line."""
        gone = f", {self.gone} gone" if self.gone else ""
        ending = f", titles without '{self.suffix}'" if self.suffix else ""
        lines = f"{counted(self.lines, 'line')} ({self.new} new{gone}){ending}"
        return f"learned chrome of {self.site}: {lines}; {self.captures} captures read again"


def learn(archive: Archive) -> Iterator[Learned | None]:
    """Learns what there is to learn, at all sites, and reads again what that changes.

    A step at a time, each committed when it is given; what was learned of a site is given when it is done.
    """
    yield from _outlined(archive)
    for site in archive.sites_waiting():
        yield from _learn(archive, site)


def learn_all(archive: Archive) -> tuple[Learned, ...]:
    """As `learn`, all at once."""
    return tuple(filter(None, learn(archive)))


def learn_early(archive: Archive, url: str) -> None:
    """Learns the chrome of the site of *url* when twice as many of its pages were seen as the last time.

    So most of a site is read once, with what is learned in the end, though that is only known then.
    """
    site = archive.site(url)
    if site and site.is_due and 2 * max(site.pages_learned, 1) <= site.pages <= _EARLY:
        archive.learn(site.host)


def _outlined(archive: Archive) -> Iterator[None]:
    """Looks at what was read before there was anything to learn."""
    if not archive.has_unseen():
        return
    from parsers.learned import outlined  # noqa: PLC0415 -- costs start-up time, for archives of an older fonds

    while archive.give_outlines(outlined, _AT_ONCE):
        yield None


def _learn(archive: Archive, site: SiteRow) -> Iterator[Learned | None]:
    now = archive.learn(site.host) if site.is_due else archive.profile(site.profile)
    captures = 0
    for count in reread(archive, site.host, archive.stale(site.host), parse=parse):
        captures += count
        yield None
    archive.settle(site.host)
    known, told = ({(line.place, line.key) for line in one.lines} for one in (now, archive.profile(site.told)))
    # An end of titles that no record had tells nobody anything.
    if now.id != site.told and (known != told or captures):
        yield Learned(
            site=site.host,
            lines=len(known),
            new=len(known - told),
            gone=len(told - known),
            suffix=now.suffix,
            captures=captures,
        )
