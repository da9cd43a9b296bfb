"""Uploads stay in memory: nothing that a person sends is written to disk before the vault has sealed it."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class MemoryUploadHandler(FileUploadHandler):
    """Keeps uploaded files in memory and refuses the request once all of them together exceed the limit."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._content = BytesIO()
        self._received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the next file of the request."""
        super().new_file(*args, **kwargs)
        self._content = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece of the file."""
        self._received += len(raw_data)
        if self._received > settings.UPLOAD_LIMIT:
            raise RequestDataTooBig("The uploaded files exceed GUIJU_UPLOAD_MEGABYTES.")
        self._content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Return the finished file."""
        self._content.seek(0)
        return InMemoryUploadedFile(
            file=self._content,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
