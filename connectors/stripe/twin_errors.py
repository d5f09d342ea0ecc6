"""Stripe's error answers. https://docs.stripe.com/error-codes"""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Answered as `{"error": {...}}` with `status`."""

    def __init__(self, status: int, message: str, *, type: str = "invalid_request_error", **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.headers: dict[str, str] = more.pop("headers", {})
        self.body = {"error": {"message": message, "type": type, **more}}


def missing(what: str, id: str, param: str = "id") -> Refused:
    status = 404 if param == "id" else 400
    return Refused(status, f"No such {what}: '{id}'", code="resource_missing", param=param)


def unknown_parameter(name: str) -> Refused:
    return Refused(400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def invalid(param: str, message: str, code: str = "parameter_invalid") -> Refused:
    return Refused(400, message, code=code, param=param)
