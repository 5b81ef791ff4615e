"""Build: what one publishing of a Wix site stamps on its pages without meaning anything by it.

Hashed class names, request ids, tokens and image renditions all come from here. They are derived from the build's name
by SHA-256, so that the bytes of a page are the same each time it is asked for, as they are behind Wix's own cache.
"""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

_MEDIA = "https://static.wixstatic.com/media"


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build of the site's viewer. *name* seeds all that is hashed; *frame* is the template's generation.

    *published_version* rises each time the site is published, *viewer* is the version of the viewer's code, *share*
    the order of the share bar.
    """

    name: str
    published_version: int
    viewer: str
    quality: str
    share: tuple[str, ...]
    frame: Literal["classic", "studio"] = "classic"

    def css(self, *roles: str) -> str:
        """The hashed class names of *roles*, for a `class` attribute."""
        return " ".join(self._class(role) for role in roles)

    def token(self, subject: str, length: int = 43) -> str:
        """A token as the inline scripts carry them: base64 without padding signs."""
        raw = b"".join(sha256(f"{self.name}/{subject}/{part}".encode()).digest() for part in range(length // 43 + 1))
        return b64encode(raw, altchars=b"-_").decode("ascii")[:length]

    def uuid(self, subject: str) -> str:
        """A request or instance id."""
        return str(UUID(bytes=sha256(f"{self.name}/{subject}".encode()).digest()[:16], version=4))

    def placeholder(self, image: str) -> str:
        """The address of the small blurred rendition that stands in `src` until the picture is loaded."""
        return f"{_MEDIA}/{image}/v1/fill/w_147,h_98,al_c,{self.quality},blur_2,enc_avif,quality_auto/{image}"

    def rendition(self, image: str, width: int, height: int) -> str:
        """The address of *image* at a size, in this build's quality."""
        return f"{_MEDIA}/{image}/v1/fill/w_{width},h_{height},al_c,{self.quality}/{image}"

    def _class(self, role: str) -> str:
        letters = b64encode(sha256(f"{self.name}.{role}".encode()).digest(), altchars=b"_x").decode("ascii")
        return "abcdefghijklmnopqrstuvwxyz_"[ord(letters[0]) % 27] + letters[1:6]


def block_key(slug: str, text: str) -> str:
    """The key of a viewer block. It stays with the block's words when the block is moved, as an editor's keys do."""
    digest = sha256(f"{slug}/{text}".encode()).hexdigest()
    return digest[:5].translate(str.maketrans("0123456789", "ghijklmnop")) + str(int(digest[5:10], 16) % 100_000)
