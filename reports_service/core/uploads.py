"""Bodies of requests: how large they may be, and what of them is kept while they are read."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from typing import IO, Any, BinaryIO

import orjson
from flask import Request, current_app
from werkzeug.datastructures import FileStorage, Headers
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser, MultiPartParser

from reports_service.domain.errors import Malformed, MediaTypeUnknown, TooLarge, Unavailable

SPOOL_BYTES = 512 * 1024  # smaller files stay in memory


class BodyNotJson(Malformed):
    """The body, or the part that should hold JSON, cannot be read as JSON."""

    code = "body_not_json"


class PartMissing(Malformed):
    """The multipart body lacks a part, perhaps because it broke off."""

    code = "part_missing"


class TooManyParts(TooLarge):
    """The form has more parts, fields and files together, than are taken."""

    code = "too_many_parts"


class PartTooLarge(TooLarge):
    """A part of the form that is no file, or the head of a part, has more bytes than are taken."""

    code = "part_too_large"


class SenderTooSlow(TimeoutError):
    """The rest of a request does not come, or so slowly that it is not waited for."""


class CappedFile(tempfile.SpooledTemporaryFile[bytes]):
    """A file that stops growing one byte past its cap: too large is seen, and costs no disk."""

    def __init__(self, cap: int) -> None:
        super().__init__(max_size=SPOOL_BYTES)
        self._room = cap + 1

    def write(self, data: Any) -> int:
        """Keep what there is room for. Raises ``Unavailable`` where the disk has none."""
        kept = data[: self._room]
        self._room -= len(kept)
        try:
            super().write(kept)
        except OSError as full:
            raise Unavailable(part="storage") from full
        return len(data)

    def close(self) -> None:
        """Let go of it, also of what could not be written."""
        with suppress(OSError):
            super().close()


class CountingParser(MultiPartParser):
    """Reads a form of parts, and knows how many: fields that have ended, files that have begun."""

    parts = 0

    def get_part_charset(self, headers: Headers) -> str:
        """As werkzeug's, which asks for it once a field has ended."""
        self.parts += 1
        return super().get_part_charset(headers)

    def start_file_streaming(self, event: Any, total_content_length: int | None) -> IO[bytes]:
        """As werkzeug's, which calls it when a file begins."""
        self.parts += 1
        return super().start_file_streaming(event, total_content_length)


class BoundedForm(FormDataParser):
    """Reads forms, and says by which of its bounds one was refused: werkzeug says the same of all
    three, too many parts, too large a part, too long a body.
    """

    def _parse_multipart(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str],
    ) -> Any:
        # Raises ``TooManyParts``, ``PartTooLarge``; of a body without a length, werkzeug's own.
        parser = CountingParser(
            stream_factory=self.stream_factory,
            max_form_memory_size=self.max_form_memory_size,
            max_form_parts=self.max_form_parts,
            cls=self.cls,
        )
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("a form without a boundary")  # read as one without parts
        try:
            return stream, *parser.parse(stream, boundary, content_length)
        except RequestEntityTooLarge as refused:
            longest = self.max_content_length
            if longest is not None and stream.tell() >= longest:
                raise
            # One part too many is refused as it begins: all before it are counted by then.
            if self.max_form_parts is not None and parser.parts >= self.max_form_parts:
                raise TooManyParts(most=self.max_form_parts) from refused
            raise PartTooLarge(most=in_bytes(self.max_form_memory_size or 0)) from refused


class BoundedRequest(Request):
    """A request whose JSON is bounded apart from its pictures."""

    form_data_parser_class = BoundedForm

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        file = CappedFile(current_app.config["PHOTO_MAX_BYTES"])
        self._spooled = [*getattr(self, "_spooled", ()), file]
        return file

    def close(self) -> None:
        """Let go of every file, also of the one that a body broke off in."""
        super().close()
        for file in getattr(self, "_spooled", ()):
            file.close()

    def json_body(self) -> Any:
        """The JSON of the body; an empty body says nothing: {}.

        Raises ``TooLarge``, ``MediaTypeUnknown``, ``BodyNotJson``.
        """
        longest = current_app.config["MAX_JSON_BYTES"]
        if (self.content_length or 0) > longest:
            raise TooLarge(most=in_bytes(longest))
        body = self.stream.read(longest + 1)
        if len(body) > longest:
            raise TooLarge(most=in_bytes(longest))
        if not body:
            return {}
        if not self.is_json:
            raise MediaTypeUnknown()
        return read_json(body)

    def json_part(self, name: str) -> Any:
        """The JSON of a part of a multipart body. Raises ``PartMissing``, ``BodyNotJson``."""
        part: FileStorage | None = self.files.get(name)
        text = part.stream.read() if part else self.form.get(name)
        if text is None:
            raise PartMissing(field=name)
        return read_json(text)

    @property
    def is_multipart(self) -> bool:
        """Whether the body is multipart/form-data."""
        return self.mimetype == "multipart/form-data"


def in_bytes(count: int) -> str:
    """A number of bytes as people say it: 900 kB, 1.5 MB."""
    return f"{count / 1e6:.3g} MB" if count >= 1_000_000 else f"{count / 1e3:.3g} kB"


def read_json(body: bytes | str) -> Any:
    """Strict JSON (RFC 8259): no NaN, no halves of surrogate pairs, no depth that ends the stack.

    Raises ``BodyNotJson``.
    """
    try:
        read = orjson.loads(body)
        # More levels are read than can be written; some room is left for what is put around it.
        orjson.dumps([[[[[[[[read]]]]]]]])
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError) as wrong:
        raise BodyNotJson() from wrong
    return read


def opened(file: FileStorage) -> BinaryIO:
    """The bytes of an uploaded file, from the start."""
    file.stream.seek(0)
    return file.stream  # type: ignore[return-value]
