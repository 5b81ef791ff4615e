"""DER (ITU-T X.690, section 10), as much of it as a time token takes: elements, and what they hold."""

from dataclasses import dataclass, field

from ..errors import NotProved

SEQUENCE, SET, INTEGER, OCTETS, OBJECT = 0x30, 0x31, 0x02, 0x04, 0x06
_MOST_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element: its *tag*, its *content*, and both with the length as they stand in the file."""

    tag: int
    content: bytes = field(repr=False)
    encoded: bytes = field(repr=False)

    @property
    def parts(self) -> "tuple[Element, ...]":
        """The elements that its content consists of. Raises NotProved where that is something else."""
        found, rest = [], self.content
        while rest:
            one = _first(rest)
            found.append(one)
            rest = rest[len(one.encoded) :]
        return tuple(found)

    @property
    def number(self) -> int:
        """The whole number that it is."""
        return int.from_bytes(self.content, "big", signed=True)

    @property
    def name(self) -> str:
        """The object identifier that it is, such as "1.2.840.113549.1.9.4"; "" for none."""
        if self.tag != OBJECT or not self.content or self.content[-1] & 0x80:
            return ""
        numbers, value = [], 0
        for byte in self.content:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(value)
                value = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))

    def inside(self, tag: int) -> "Element":
        """The same bytes under another *tag*, as what was tagged implicitly is signed."""
        return Element(tag=tag, content=self.content, encoded=bytes([tag]) + self.encoded[1:])


def element(data: bytes) -> Element:
    """The one element that *data* is. Raises NotProved where it is none, or more than one."""
    found = _first(data)
    if len(found.encoded) != len(data):
        raise NotProved(f"found {len(data) - len(found.encoded):,} bytes behind a DER element, expected none")
    return found


def made(tag: int, content: bytes) -> bytes:
    """The encoding of an element."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _first(data: bytes) -> Element:
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        raise NotProved("found no DER element")
    start, size = 2, data[1]
    if size & 0x80:
        start += size & 0x7F
        if not 2 < start <= 2 + _MOST_LENGTH_BYTES:
            raise NotProved("found a DER element without a length")
        size = int.from_bytes(data[2:start], "big")
    if start + size > len(data):
        raise NotProved("found a DER element that was cut short")
    return Element(tag=data[0], content=data[start : start + size], encoded=data[: start + size])
