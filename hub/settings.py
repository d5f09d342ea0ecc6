"""Settings: the only reader of the environment. Every variable is here, and nothing else asks `os.environ`."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Annotated, Literal, NoReturn

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hub.words import Problem, Problems

PREFIX = "HUB_"


def _database_url(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    if not mark or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("it does not begin with postgresql://")
    return f"postgresql+psycopg://{rest}"


def _redis_url(url: str) -> str:
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("it does not begin with redis://, rediss:// or unix://")
    return url


def _public_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("it does not begin with http:// or https://")
    return url.rstrip("/")


def _hosts(text: object) -> object:
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


def _host_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    if not name or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{host!r} is not host:port")
    return host.lower()


class Settings(BaseSettings):
    """One per process, made by `settings.read()`; tests make their own with keyword arguments."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True
    )

    home: Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())] = Field(
        default=Path(".concord"), validate_default=True
    )
    database_url: Annotated[str, AfterValidator(_database_url)] | None = Field(default=None, repr=False)
    redis_url: Annotated[str, AfterValidator(_redis_url)] | None = Field(default=None, repr=False)
    key: SecretStr | None = None
    connections: Path | None = None
    arr_policy: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8400, ge=0, le=65535)
    public_url: Annotated[str, AfterValidator(_public_url)] | None = None
    lang: str = Field(default="en", pattern="^[a-z]{2,3}(_[A-Z]{2})?$")
    log: Literal["debug", "info", "warning", "error"] = "info"
    browser: Path | None = None
    allow_hosts: Annotated[frozenset[Annotated[str, AfterValidator(_host_port)]], NoDecode, BeforeValidator(_hosts)] = (
        frozenset()
    )
    vendor_specs: Path | None = None
    as_: str | None = Field(default=None, validation_alias="HUB_AS")  # "as" alone is a word of Python

    @property
    def address(self) -> str:
        """Where a person opens the web pages."""
        return self.public_url or f"http://{self.host}:{self.port}"


REMEDIES = {
    "home": "a folder where this user may write",
    "database_url": "postgresql://user:password@host:5432/name",
    "redis_url": "redis://host:6379/0",
    "key": "32 random bytes in URL-safe base64",
    "connections": "the path of a YAML file",
    "arr_policy": "the path of a policy file",
    "host": "a host name or address, such as 127.0.0.1",
    "port": "a number from 0 (any free one) to 65535",
    "public_url": "an address such as https://hub.example.com",
    "lang": "a language code such as en or de_CH",
    "log": "debug, info, warning or error",
    "browser": "the path of a Chromium",
    "allow_hosts": "host:port, several separated by commas",
    "vendor_specs": "the folder that holds the vendors' published specifications",
    "as_": "a name that `hub people` lists",
}
"""What a usable value looks like, per field; also the list that documentation is checked against."""


def variable_of(field: str) -> str:
    """The variable that a field is read from."""
    return PREFIX + field.upper().rstrip("_")


VARIABLES = tuple(map(variable_of, REMEDIES))


def read() -> Settings:
    """The settings of this process; raises Problems naming each variable and its remedy."""
    unknown = [problem for name in sorted(os.environ) if (problem := _misspelt(name))]
    if unknown:
        raise Problems("settings_invalid", unknown)
    try:
        return Settings()
    except ValidationError as error:
        _explain(error)


def variable(name: str) -> str:
    """The value of a variable that an operator named (`--env k=VAR`)."""
    try:
        return os.environ[name]
    except KeyError:
        raise Problem("variable_unset", variable=name) from None


def environment(**changes: str) -> dict[str, str]:
    """The environment for a child process: ours, with these changes."""
    return {**os.environ, **changes}


def _misspelt(name: str) -> Problem | None:
    # Only near misses: other programs may own a HUB_ variable, but HUB_DATABSE_URL must not be silently ignored.
    if not name.startswith(PREFIX) or name in VARIABLES:
        return None
    near = difflib.get_close_matches(name, VARIABLES, n=1, cutoff=0.88)
    return Problem("setting_unknown", variable=name, nearest=near[0]) if near else None


def _explain(error: ValidationError) -> NoReturn:
    found = []
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        field = str(one["loc"][0])
        why = one["msg"].removeprefix("Value error, ")
        found.append(Problem("setting_invalid", variable=PREFIX + field.upper(), why=why, remedy=REMEDIES.get(field, "")))
    raise Problems("settings_invalid", found) from None
