"""Frames: bytes packed by Zstandard, alone or as what differs from earlier bytes, and never more than was promised."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ALONE_LEVEL = 9
# Among so much that is already there a longer search finds little: 13 % of the differences for three times the time.
BESIDE_LEVEL = 3
_LEAST_WINDOW_LOG, _USUAL_WINDOW_LOG, _MOST_WINDOW_LOG = 10, 23, 27

FrameError = zstd.ZstdError


def packed(data: bytes, base: bytes | None = None) -> bytes:
    """*data* as one frame with a checksum; with *base* only what differs from it."""
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: ALONE_LEVEL if base is None else BESIDE_LEVEL,
        zstd.CompressionParameter.checksum_flag: 1,
    }
    if base is None:
        return zstd.compress(data, options=options)
    # All of the base can be pointed at from everywhere only where both fit into the window.
    window = (len(data) + len(base)).bit_length()
    options[zstd.CompressionParameter.window_log] = min(max(window, _LEAST_WINDOW_LOG), _MOST_WINDOW_LOG)
    return zstd.compress(data, options=options, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix)


def unpacked(frame: bytes, size: int, base: bytes | None = None) -> bytes:
    """The *size* bytes that were packed. Raises FrameError for anything but one whole frame of them.

    What a frame may cost is bounded by *size* and *base*, whatever it says: the file may come from elsewhere.
    """
    try:
        is_whole = zstd.get_frame_info(frame).decompressed_size == size and zstd.get_frame_size(frame) == len(frame)
    except FrameError as error:
        raise FrameError("the stored bytes are no Zstandard frame") from error
    if not is_whole:
        raise FrameError("the stored bytes are not one whole frame of the length recorded")
    window = (size + len(base or b"")).bit_length()
    options: dict[int, int] = {
        zstd.DecompressionParameter.window_log_max: min(max(window, _USUAL_WINDOW_LOG), _MOST_WINDOW_LOG)
    }
    among = None if base is None else zstd.ZstdDict(base, is_raw=True).as_prefix
    try:
        return zstd.decompress(frame, options=options, zstd_dict=among)
    except FrameError as error:
        raise FrameError("the stored bytes are a damaged Zstandard frame") from error
