"""JSON bodies as they were sent: a number is no text, and no instant."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException, ValidationException


class StrictRequest(Request[Any, Any, Any]):
    """Reads a JSON body strictly, as the OpenAPI document describes it.

    Litestar converts bodies as it does query strings, where all is text: ``5`` would be an instant of 1970, ``"5"`` a
    number, ``"true"`` a yes.
    """

    async def json(self) -> Any:
        """The body as plain values; ``ValidationException`` where a value is not of the type that the handler takes.

        415 where the sender says that the body is something else than JSON.
        """
        sent, _ = self.content_type
        if sent and "json" not in sent:
            raise HTTPException(status_code=415)
        given = await super().json()
        field = self.route_handler.parsed_data_field
        if field is not None:
            try:
                msgspec.convert(given, field.annotation, dec_hook=self.route_handler.default_deserializer)
            except msgspec.ValidationError as exc:
                raise ValidationException(extra=[{"message": str(exc), "source": "body"}]) from exc
        return given
