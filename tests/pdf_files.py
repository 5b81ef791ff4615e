"""PDFs for tests, written by hand: every byte of them is known."""

import zlib
from dataclasses import dataclass, field

A4 = (595, 842)
ADVANCE = 0.6  # every letter of Courier is that wide
FONTS = {
    "plain": "/BaseFont /Courier /Encoding /WinAnsiEncoding",
    "bold": "/BaseFont /Courier-Bold /Encoding /WinAnsiEncoding",
    "italic": "/BaseFont /Courier-Oblique /Encoding /WinAnsiEncoding",
    # Letters of this one are what the table says, as programs write them that embed their fonts.
    "named": "/BaseFont /Courier /ToUnicode 1 0 R",
    "unnamed": "/BaseFont /Nothing /ToUnicode 2 0 R",
}


def _table(names: dict[int, str]) -> bytes:
    rows = "".join(f"<{code:02x}> <{text.encode('utf-16-be').hex()}>\n" for code, text in names.items())
    return f"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /T def /CMapType 2 def 1 begincodespacerange <00> <ff> endcodespacerange
{len(names)} beginbfchar
{rows}endbfchar endcmap CMapName currentdict /CMap defineresource pop end end""".encode()


@dataclass
class Paper:
    """One page. Places are as PDF has them, in points from the bottom left corner."""

    size: tuple[int, int] = A4
    turned: int = 0
    drawn: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, text: str, *, size: float = 10, font: str = "plain", matrix: str = "1 0 0 1"
    ) -> "Paper":
        """Writes *text*; *matrix* turns it."""
        shown = text.encode("cp1252").hex()
        self.drawn.append(f"BT /{font} {size} Tf {matrix} {x} {y} Tm <{shown}> Tj ET")
        return self

    def lines(
        self, x: float, y: float, *lines: str, size: float = 10, step: float = 12, font: str = "plain"
    ) -> "Paper":
        """Writes *lines* one below the other, from *y*."""
        for at, line in enumerate(lines):
            self.text(x, y - at * step, line, size=size, font=font)
        return self

    def box(self, x0: float, y0: float, x1: float, y1: float) -> "Paper":
        """Fills a rectangle: a rule where it is thin, a bullet where it is small."""
        self.drawn.append(f"{x0} {y0} {x1 - x0} {y1 - y0} re f")
        return self

    def link(self, x0: float, y0: float, x1: float, y1: float, target: str) -> "Paper":
        self.links.append(
            f"<< /Type /Annot /Subtype /Link /Rect [{x0} {y0} {x1} {y1}] /A << /S /URI /URI ({target}) >> >>"
        )
        return self

    def picture(self) -> "Paper":
        """Shows a picture of one point, as large as a page."""
        self.drawn.append("q 595 0 0 842 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q")
        return self


def pdf(*pages: Paper, info: str = "", root: str = "", names: dict[int, str] | None = None) -> bytes:
    """A PDF of *pages*; *info* and *root* are added to those dictionaries, *names* is what the font "named" says."""
    bodies: list[bytes] = [stream(_table(names or {})), stream(_table({65: "\ufffd"}))]
    fonts = " ".join(f"/{name} << /Type /Font /Subtype /Type1 {what} >>" for name, what in FONTS.items())
    kids = []
    for page in pages:
        content = len(bodies) + 1
        bodies.append(stream("\n".join(page.drawn).encode("latin-1")))
        kids.append(len(bodies) + 1)
        bodies.append(
            f"<< /Type /Page /Parent {{tree}} 0 R /MediaBox [0 0 {page.size[0]} {page.size[1]}] /Rotate {page.turned} "
            f"/Resources << /Font << {fonts} >> >> /Contents {content} 0 R /Annots [{' '.join(page.links)}] >>".encode()
        )
    tree = len(bodies) + 1
    bodies = [body.replace(b"{tree}", str(tree).encode()) for body in bodies]
    bodies.append(f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode())
    bodies.append(f"<< /Type /Catalog /Pages {tree} 0 R {root} >>".encode())
    bodies.append(f"<< {info} >>".encode("latin-1"))
    return file(bodies, root=tree + 1, info=tree + 2)


def stream(data: bytes, *, packed: bool = True, more: str = "") -> bytes:
    """A stream object of *data*."""
    body, how = (zlib.compress(data), "/Filter /FlateDecode") if packed else (data, "")
    return f"<< /Length {len(body)} {how} {more} >>\nstream\n".encode() + body + b"\nendstream"


def file(bodies: list[bytes], *, root: int, info: int = 0) -> bytes:
    """A PDF of the objects *bodies*, numbered from 1."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    about = f"/Info {info} 0 R" if info else ""
    out += f"trailer\n<< /Size {len(bodies) + 1} /Root {root} 0 R {about} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
