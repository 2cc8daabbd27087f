"""The lines of a file, one after the other: unpacked within limits, decoded as declared, never guessed."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple, cast

from domain.errors import Refused
from words import N_

OnBytes = Callable[[int, int], None]
"""Called with the bytes of the file read so far and its size, for a progress bar."""

CHUNK = 1 << 16
LONGEST_LINE = 1 << 20
"""Characters. A quotation mark that is never closed makes a line of the rest of the file."""
PACKED_FREELY = 64 << 20
MOST_PACKED = 200
"""Bytes out of one byte in, once `PACKED_FREELY` bytes are out. Real exports stay below 30."""

CONTINUING, BEYOND_ASCII = bytes(range(0x80, 0xC0)), bytes(range(0x80, 0x100))

NOT_FOUND = N_("There is no file {file}. Please check the name and the folder.")
A_FOLDER = N_("{file} is a folder. Please name a file in it.")
NOT_ALLOWED = N_("{file} may not be read. Please check the rights of the file.")
UNREADABLE = N_("{file} cannot be read: {reason}.")
DAMAGED = N_("{file} is damaged or not complete: it cannot be unpacked. Please fetch it anew.")
NOT_PACKED = N_("{file} is named .gz, yet it is not packed with gzip. Please name it without .gz.")
BOMB = N_("{file} grows more than {limit}-fold when unpacked. That is no export; it was not read on.")
NOT_THIS_ENCODING = N_(
    "Line {line}, byte {byte}: this is not {encoding}. Please say how the file is written, such as --encoding {hint}."
)
IS_UTF8 = N_(
    "Line {line}: this is written in UTF-8, not in {encoding}. Please say so: --encoding utf-8, or encoding in the "
    "mapping."
)
UNKNOWN_ENCODING = N_("There is no encoding “{found}”. Usual ones are utf-8, cp1252 and utf-16.")
LONG_LINE = N_(
    "The line is longer than {limit} characters. Most often a quotation mark is not closed, "
    "or the file is no text file."
)
A_WORKBOOK = N_("{file} is an Excel workbook, not text. Please give it the ending .xlsx.")


class Line(NamedTuple):
    """A line with its end, and its number as an editor shows it."""

    number: int
    text: str


class TooLong(NamedTuple):
    """Stands in for a line that was skipped."""

    number: int


def chunks(path: Path, on_bytes: OnBytes | None = None) -> Iterator[bytes]:
    """The bytes of a file, unpacked where its name ends in .gz."""
    with ExitStack() as stack:
        try:
            raw = stack.enter_context(path.open("rb"))
            size = path.stat().st_size
        except OSError as error:
            raise refused_file(path, error) from None
        packed = path.suffix.casefold() == ".gz"
        file: IO[bytes] = raw
        if packed:
            file = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=raw)))
        out = 0
        while True:
            try:
                chunk = file.read(CHUNK)
            except gzip.BadGzipFile:
                raise Refused("damaged_file", NOT_PACKED if out == 0 else DAMAGED, file=path.name) from None
            except (EOFError, zlib.error):
                raise Refused("damaged_file", DAMAGED, file=path.name) from None
            except OSError as error:
                raise refused_file(path, error) from None
            out += len(chunk)
            if packed and out > PACKED_FREELY and out > MOST_PACKED * raw.tell():
                raise Refused("too_large", BOMB, file=path.name, limit=MOST_PACKED)
            if on_bytes is not None:
                on_bytes(raw.tell(), size)
            if not chunk:
                return
            yield chunk


def refused_file(path: Path, error: OSError) -> Refused:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Refused("file_not_found", NOT_FOUND, file=str(path))
    if isinstance(error, IsADirectoryError) or path.is_dir():
        return Refused("not_a_file", A_FOLDER, file=str(path))
    if isinstance(error, PermissionError):
        return Refused("no_permission", NOT_ALLOWED, file=str(path))
    return Refused("unreadable_file", UNREADABLE, file=str(path), reason=error.strerror or str(error))


def decoded(parts: Iterable[bytes], encoding: str | None, *, file: str) -> Iterator[str]:
    """The text of a file. Without a declared encoding it is UTF-8, with or without byte-order mark."""
    first, parts = _peeked(parts)
    if first.startswith(codecs.BOM_UTF8):
        # The file itself says how it is written.
        encoding = None
    decoder = _decoder(encoding)
    name = encoding or "utf-8"
    disguise = _Disguise(encoding)
    read, line = 0, 1
    for n, part in enumerate(_and_an_end(parts)):
        disguise.look(part, line)
        held = len(decoder.getstate()[0])
        start = read - held
        read += len(part)
        if n == 0:
            _refuse_another_kind(part, encoding, file)
            if _is_utf8(name) and part.startswith(codecs.BOM_UTF8):
                start, part = len(codecs.BOM_UTF8), part.removeprefix(codecs.BOM_UTF8)
        try:
            text = decoder.decode(part, final=not part)
        except UnicodeDecodeError as error:
            # What could not be decoded begins with the bytes that the decoder had held back.
            line += error.object[: error.start].decode(name, "ignore").count("\n")
            raise _not_this_encoding(encoding, line, start + error.start + 1) from None
        except UnicodeError:
            # UTF-16 and UTF-32 without the byte-order mark that tells their order.
            two_bytes_each = b"\x00" in first[:1000]
            raise _not_this_encoding(encoding, 1, 1, hint="utf-16-le" if two_bytes_each else "utf-8") from None
        line += text.count("\n")
        if text:
            yield text


def _peeked(parts: Iterable[bytes]) -> tuple[bytes, Iterable[bytes]]:
    rest = iter(parts)
    first = next(rest, b"")
    return first, chain([first] if first else [], rest)


class _Disguise:
    """Finds UTF-8 where another encoding was declared that takes every byte: “MÃ¼ller” would be recorded for good.

    What is written in such an encoding and yet is UTF-8 in every sign beyond ASCII does not happen by chance.
    """

    def __init__(self, encoding: str | None) -> None:
        self.encoding = encoding
        self.looking = encoding is not None and _takes_single_bytes(encoding)

    def look(self, part: bytes, line: int) -> None:
        """At the first part that holds such a sign."""
        if not self.looking or part.isascii():
            return
        # A sign may be cut in two at either end.
        inside = part.lstrip(CONTINUING).rstrip(BEYOND_ASCII)
        self.looking = inside.isascii()
        if self.looking or not _is_decodable(inside):
            return
        place = next(n for n, byte in enumerate(part) if byte >= 0x80)
        line += part.count(b"\n", 0, place)
        raise Refused("encoding", IS_UTF8, line=line, encoding=(self.encoding or "").upper())


def _is_decodable(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _takes_single_bytes(encoding: str) -> bool:
    try:
        return len("é".encode(encoding, "replace")) == 1 == len(b"\xe9".decode(encoding, "replace"))
    except (LookupError, UnicodeError, ValueError):
        return False


def _is_utf8(name: str) -> bool:
    return codecs.lookup(name).name == "utf-8"


def _not_this_encoding(encoding: str | None, line: int, byte: int, hint: str | None = None) -> Refused:
    return Refused(
        "encoding", NOT_THIS_ENCODING,
        line=line, byte=byte, encoding=(encoding or "utf-8").upper(),
        hint=hint or ("cp1252" if encoding is None else "utf-8"),
    )  # fmt: skip


def _and_an_end(parts: Iterable[bytes]) -> Iterator[bytes]:
    yield from parts
    yield b""


def _decoder(encoding: str | None) -> codecs.IncrementalDecoder:
    name = encoding or "utf-8"
    try:
        # bytes-to-bytes codecs such as zlib or hex are known by name too; this refuses them.
        "".encode(name)
        return codecs.getincrementaldecoder(name)()
    except (LookupError, UnicodeError, ValueError):
        raise Refused("unknown_encoding", UNKNOWN_ENCODING, found=name[:40]) from None


def _refuse_another_kind(start: bytes, encoding: str | None, file: str) -> None:
    if start.startswith(b"PK\x03\x04"):
        raise Refused("wrong_kind_of_file", A_WORKBOOK, file=file)
    if encoding is not None:
        return
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _not_this_encoding(encoding, 1, 1, hint="utf-16")
    head = start[:1000]
    if head.count(b"\x00") * 3 > len(head):
        # Every second byte empty: UTF-16 without a mark, which would pass for UTF-8.
        place = head.index(b"\x00")
        raise _not_this_encoding(encoding, 1, place + 1, hint="utf-16-le" if place % 2 else "utf-16-be")


def lines(parts: Iterable[str]) -> Iterator[Line | TooLong]:
    """Lines end with a line feed and keep it; one that is too long is skipped without being held."""
    number = 1
    rest: list[str] = []
    held = 0
    skipping = False
    for part in parts:
        pieces = part.split("\n")
        for piece in pieces[:-1]:
            if skipping or held + len(piece) > LONGEST_LINE:
                yield TooLong(number)
            else:
                yield Line(number, "".join((*rest, piece, "\n")) if rest else piece + "\n")
            number += 1
            rest, held, skipping = [], 0, False
        last = pieces[-1]
        if last and not skipping:
            held += len(last)
            skipping = held > LONGEST_LINE
            rest = [] if skipping else [*rest, last]
    if skipping:
        yield TooLong(number)
    elif rest:
        yield Line(number, "".join(rest))


def too_long(line: TooLong) -> Refused:
    return Refused("line_too_long", LONG_LINE, row=line.number, limit=LONGEST_LINE)
