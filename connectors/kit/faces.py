"""Three faces of one way out: what SDKs built on httpx, requests or urllib3 take as their transport."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import responses
from typing import Any

import httpx
import requests
import urllib3
from requests.adapters import HTTPAdapter

from connectors.kit.calls import Answer, Ask
from connectors.kit.errors import VendorError

Send = Callable[[Ask], Answer]


@contextmanager
def unwrapped() -> Iterator[None]:
    """Around calls of an SDK that wraps what its transport raises: our own error comes out as itself."""
    try:
        yield
    except VendorError:
        raise
    except Exception as error:
        ours = _ours(error)
        if ours is None:
            raise
        raise ours from error


def _ours(error: BaseException | None) -> VendorError | None:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, VendorError):
            return error
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None


class HttpxFace(httpx.BaseTransport):
    def __init__(self, send: Send) -> None:
        self._send = send

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        answer = self._send(Ask(request.method, str(request.url), headers, request.read()))
        return httpx.Response(answer.status, headers=list(answer.headers), content=answer.body, request=request)


class RequestsFace(HTTPAdapter):
    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Time-outs, proxies and TLS options of the caller are ignored: they are the lender's."""
        del args, kwargs
        headers = [(name, _text(value)) for name, value in request.headers.items()]
        body = _bytes(request.body)
        answer = self._send(Ask(request.method or "GET", request.url or "", headers, body))
        return self.build_response(request, _raw(answer, request.method, preload=False))


class Urllib3Face(urllib3.PoolManager):
    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send = send

    # The stubs of urllib3 override this method in the same way.
    def urlopen(self, method: str, url: str, redirect: bool = True, **kw: Any) -> urllib3.BaseHTTPResponse:  # type: ignore[override]
        """Time-outs, retries and redirects of the caller are ignored: they are the lender's."""
        del redirect
        headers = [(name, _text(value)) for name, value in dict(kw.get("headers") or {}).items()]
        answer = self._send(Ask(method, url, headers, _bytes(kw.get("body"))))
        return _raw(answer, method, preload=kw.get("preload_content", True))


def http_client(send: Send, base_url: str, headers: Mapping[str, str] | None) -> httpx.Client:
    return httpx.Client(transport=HttpxFace(send), base_url=base_url, headers=headers, trust_env=False, timeout=None)  # noqa: S113 - the lender's


def requests_session(send: Send) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, RequestsFace(send))
    return session


def _raw(answer: Answer, method: str | None, *, preload: bool) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(
        body=io.BytesIO(answer.body),
        headers=urllib3.HTTPHeaderDict(answer.headers),
        status=answer.status,
        reason=responses.get(answer.status, ""),
        preload_content=preload,
        request_method=method,
    )


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return (
        bytes(body) if isinstance(body, bytes | bytearray) else bytes(body.read()) if hasattr(body, "read") else b"".join(body)
    )


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
