"""YAML documents read strictly: every scalar stays text, every node knows its line, and all errors are told at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from mappings.scalars import nearest

__all__ = ["BadDocument", "Document", "DocumentError", "Node", "load", "nearest"]

SIZE_LIMIT = 256 * 1024
DEPTH_LIMIT = 32


@dataclass(frozen=True, slots=True)
class DocumentError:
    """One thing wrong in a document: where, a code, and data (often `nearest`, the valid word that looks most like it)."""

    file: str
    line: int
    field: str
    code: str
    data: dict[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        data = ", ".join(f"{key}={value!r}" for key, value in self.data.items())
        return f"{self.file}:{self.line}: {self.field}: {self.code}" + (f" ({data})" if data else "")


class BadDocument(ValueError):
    """A document with errors; `errors` lists all of them."""

    def __init__(self, errors: list[DocumentError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


@dataclass(slots=True)
class Node:
    """One node: `value` is text, a list of nodes, or a dict of nodes. `path` is its place, as `fields.name.at`."""

    value: str | list[Node] | dict[str, Node]
    line: int
    path: str = ""
    quoted: bool = False

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    @property
    def is_blank(self) -> bool:
        """Nothing was written here: an empty value, `~` or `null`."""
        return not self.quoted and self.value in ("", "~", "null")

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def items(self) -> dict[str, Node]:
        return self.value if isinstance(self.value, dict) else {}

    @property
    def list(self) -> list[Node]:
        """The nodes of a list; a single scalar counts as a list of one."""
        if isinstance(self.value, list):
            return self.value
        return [self] if self.is_text and not self.is_blank else []

    def __getitem__(self, key: str) -> Node:
        return self.items[key]

    def get(self, key: str) -> Node | None:
        return self.items.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self.items

    def __iter__(self) -> Iterator[str]:
        return iter(self.items)

    def plain(self) -> Any:
        """The same as plain text, lists and dicts."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value] if isinstance(self.value, list) else self.value


@dataclass(slots=True)
class Document:
    """A loaded document and the errors found in it so far."""

    file: str
    root: Node
    source: str
    errors: list[DocumentError] = dataclasses.field(default_factory=list)

    def error(self, node: Node, code: str, **data: Any) -> None:
        self.errors.append(DocumentError(self.file, node.line, node.path, code, data))

    def raise_errors(self) -> None:
        if self.errors:
            raise BadDocument(sorted(self.errors, key=lambda error: error.line))

    def known_keys(self, node: Node, words: Iterable[str]) -> None:
        """An error for every key of this node that is not one of `words`."""
        known = list(words)
        for key, child in self.mapping(node).items():
            if key not in known:
                self.error(child, "unknown_key", word=key, nearest=nearest(key, known))

    def mapping(self, node: Node) -> dict[str, Node]:
        if isinstance(node.value, dict):
            return node.value
        if not node.is_blank:
            self.error(node, "not_a_mapping")
        return {}

    def string(self, node: Node) -> str:
        if not isinstance(node.value, str):
            self.error(node, "not_text")
        elif node.is_blank:
            self.error(node, "empty")
        return node.text

    def word(self, node: Node, words: Iterable[str], code: str = "unknown_word") -> str | None:
        """The text of the node if it is one of `words`; else an error with the nearest of them, and None."""
        known = list(words)
        text = self.string(node)
        if text in known:
            return text
        if text:
            self.error(node, code, word=text, nearest=nearest(text, known))
        return None

    def boolean(self, node: Node) -> bool:
        return self.word(node, ("true", "false"), "not_true_or_false") == "true"

    def integer(self, node: Node) -> int | None:
        text = self.string(node)
        if text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 18:
            return int(text)
        if text:
            self.error(node, "not_a_whole_number", word=text)
        return None


def load(source: Path | str, name: str | None = None) -> Document:
    """A document from a file or from its text. Raises BadDocument."""
    if isinstance(source, Path):
        name = name or source.name
        try:
            data = source.read_bytes()
        except OSError as error:
            _refuse(name, 0, "unreadable", reason=error.strerror)
    else:
        data = source.encode(errors="surrogatepass")
    name = name or "document"
    if len(data) > SIZE_LIMIT:
        _refuse(name, 0, "too_big", bytes=len(data), limit=SIZE_LIMIT)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        _refuse(name, data[: error.start].count(b"\n") + 1, "not_utf8")
    try:
        return _Builder(name).build(text)
    except yaml.reader.ReaderError as error:
        _refuse(name, text[: error.position].count("\n") + 1, "not_printable")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _refuse(name, mark.line + 1 if mark else 0, "syntax", problem=error.problem or error.context or "")


def _refuse(name: str, line: int, code: str, path: str = "", **data: Any) -> NoReturn:
    raise BadDocument([DocumentError(name, line, path, code, data)])


class _Builder:
    """Builds the tree from parser events with its own stack, so that neither depth nor aliases can blow it up."""

    def __init__(self, name: str) -> None:
        self.document = Document(name, Node("", 1), "")
        self.stack: list[Node] = []
        self.keys: list[str | None] = []
        self.documents = 0

    def build(self, text: str) -> Document:
        self.document.source = text
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            self._event(event)
        self.document.raise_errors()
        return self.document

    def _event(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 0
        name = self.document.file
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                _refuse(name, line, "several_documents")
        elif isinstance(event, yaml.AliasEvent):
            _refuse(name, line, "alias", alias=event.anchor)
        elif isinstance(event, yaml.NodeEvent):
            tag = getattr(event, "tag", None)
            if tag not in (None, "!"):
                _refuse(name, line, "tag", tag=tag)
            self._node(event, line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.stack.pop()
            self.keys.pop()

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        if isinstance(event, yaml.ScalarEvent):
            if self.stack and isinstance(self.stack[-1].value, dict) and self.keys[-1] is None:
                self.keys[-1] = event.value
                return
            self._place(Node(event.value, line, quoted=event.style is not None))
            return
        if self.stack and isinstance(self.stack[-1].value, dict) and self.keys[-1] is None:
            _refuse(self.document.file, line, "key_not_text", self.stack[-1].path)
        if len(self.stack) >= DEPTH_LIMIT:
            _refuse(self.document.file, line, "too_deep", limit=DEPTH_LIMIT)
        node = Node({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        self._place(node)
        self.stack.append(node)
        self.keys.append(None)

    def _place(self, node: Node) -> None:
        if not self.stack:
            self.document.root = node
            return
        parent, key = self.stack[-1], self.keys[-1]
        if isinstance(parent.value, list):
            node.path = f"{parent.path}[{len(parent.value)}]"
            parent.value.append(node)
        elif isinstance(parent.value, dict) and key is not None:
            node.path = f"{parent.path}.{key}" if parent.path else key
            if key in parent.value:
                self.document.error(node, "duplicate_key", word=key)
            parent.value[key] = node
            self.keys[-1] = None
