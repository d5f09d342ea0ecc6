"""`hub try`: one verb of one connection, raw and mapped side by side. `hub new-connector`: a scaffold."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hub.cli import rim
from hub.cli.rim import AsJson, _
from hub.words import Problem

if TYPE_CHECKING:
    from connectors.kit.contract import Change, Connector, Record
    from hub.context import Hub
    from hub.redaction import Redactor
    from mappings.mapping import Mapping

Verb = Literal["check", "pull", "fetch", "push"]


def register(app: typer.Typer) -> None:
    app.command("try", help=_("One verb of one connection; nothing is stored. Raw and mapped side by side, secrets hidden."))(
        try_
    )
    app.command("new-connector", help=_("A connector for one more vendor, whose tests pass at once."))(new_connector)


def try_(
    connection: Annotated[str, typer.Argument(help=_("The connection's name."))],
    verb: Annotated[Verb, typer.Argument(help=_("check; pull OBJECT; fetch OBJECT:ID; push FILE."))],
    what: Annotated[str | None, typer.Argument(help=_("OBJECT, OBJECT:ID or FILE."))] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help=_("So many records at most."))] = 5,
    no_send: Annotated[bool, typer.Option("--no-send", help=_("Show what would be sent, and send nothing."))] = False,
    json: AsJson = False,
) -> None:
    from connectors.kit.errors import VendorError
    from hub import connections

    with rim.opened() as hub:
        [known] = rim.chosen(hub, [connection])
        trial = Trial(hub, known)
        try:
            with connections.opened(hub, known) as connector:
                rows = trial.rows(connector, verb, what, limit, send=not no_send)
        except VendorError as error:
            rim.say(f"{connection}: {trial.redactor.text(rim.worded(error.code, error.data, 'vendor'))}")
            rim.leave(rim.FAILED)
    for row in rows:
        if json:
            rim.line(row)
        else:
            _side_by_side(row)


class Trial:
    """What one connection's records mean, with its secrets hidden."""

    def __init__(self, hub: Hub, connection: Any) -> None:
        from hub.connections import secret_fields, unsealed
        from hub.redaction import Redactor
        from hub.session import view_of

        kind = hub.catalog.connector(connection.connector)
        hidden, settings = secret_fields(kind.config_model), unsealed(hub, connection)
        self.redactor: Redactor = Redactor([str(settings[key]) for key in hidden if settings.get(key)])
        self.view, self.name, self.objects = view_of(hub), connection.name, kind.facts.objects

    def rows(self, connector: Connector, verb: Verb, what: str | None, limit: int, *, send: bool) -> list[dict[str, Any]]:
        if verb == "check":
            found = connector.check()
            return [
                {
                    "workspace": found.workspace,
                    "reads": sorted(found.reads),
                    "writes": sorted(found.writes),
                    "missing": found.missing,
                }
            ]
        if what is None:
            raise Problem("argument_missing", verb=verb, wanted={"pull": "OBJECT", "fetch": "OBJECT:ID", "push": "FILE"}[verb])
        if verb == "push":
            return [self._push(connector, Path(what), send=send)]
        object, _, id = what.partition(":")
        self._known(object)
        if verb == "fetch":
            return [self._record(self._fetch(connector, object, id))]
        found_records = (record for page in connector.pull(object, None) for record in page.records)
        return [self._record(record) for record in islice(found_records, limit)]

    def _known(self, object: str) -> None:
        from hub.cli.entries import unknown

        if object not in self.objects:
            raise Problem("object_unknown", connection=self.name, object=object, nearest=unknown(object, self.objects))

    def _fetch(self, connector: Connector, object: str, id: str) -> Record:
        from connectors.kit.contract import Ref

        return connector.fetch(Ref(object, id))

    def _record(self, record: Record) -> dict[str, Any]:
        from mappings.strict_json import BadJson, load_json

        row: dict[str, Any] = {"object": record.object, "id": record.id, "deleted": record.deleted, "version": record.version}
        mapping = self.view.mapping(self.name, record.object)
        try:
            raw = load_json(record.body)
        except BadJson as bad:
            return {**row, "raw": None, "mapped": {}, "refused": [{"field": "", "code": bad.code}]}
        return {**row, "raw": self._hidden(raw), **self._mapped(mapping, raw)}

    def _mapped(self, mapping: Mapping | None, raw: dict[str, Any]) -> dict[str, Any]:
        from hub.settling.values import dump_values

        if mapping is None:
            return {"entity": None, "mapped": {}, "refused": []}
        decoded = mapping.decode(raw)
        values = dump_values(self.view.entities[mapping.entity], decoded.values)
        refused = [{"field": bad.field, "code": bad.code, "raw": self._hidden(bad.raw)} for bad in decoded.refused]
        return {"entity": mapping.entity, "mapped": self._hidden(values), "keys": list(decoded.keys), "refused": refused}

    def _push(self, connector: Connector, path: Path, *, send: bool) -> dict[str, Any]:
        change = self._change(connector, path)
        row = {
            "object": change.object,
            "id": change.id,
            "verb": change.verb,
            "would_send": self._hidden(dict(change.data)),
            "sent": send,
        }
        return {**row, "answer": self._record(connector.push(change))} if send else row

    def _change(self, connector: Connector, path: Path) -> Change:
        """From {"object", "id" (none: create), "fields": {FIELD: value}}."""
        from connectors.kit.contract import Change
        from mappings.strict_json import load_json
        from mappings.types import Refused

        wanted = _read(path)
        object, id, fields = wanted.get("object", ""), wanted.get("id"), wanted.get("fields", {})
        self._known(object)
        mapping = self.view.mapping(self.name, object)
        if mapping is None:
            raise Problem("object_not_mapped", connection=self.name, object=object)
        base = None if id is None else self._fetch(connector, object, id)
        try:
            values = {name: _value(self.view.entities[mapping.entity].fields, name, value) for name, value in fields.items()}
            data = mapping.encode(values, None if base is None else load_json(base.body), creating=base is None)
        except Refused as refused:
            raise Problem("cannot_be_sent", why=refused.code, field=refused.data.get("field", "")) from None
        key = f"concord-try-{self.name}-{path.name}"
        return Change(object, "create" if id is None else "update", id, data, key, None if base is None else base.version)

    def _hidden(self, value: Any) -> Any:
        import json

        return json.loads(self.redactor.text(json.dumps(value, default=str)))


def _value(fields: Dict[str, Any], name: str, value: Any) -> Any:
    from hub.cli.entries import unknown

    if name not in fields:
        raise Problem("field_unknown", entity="", field=name, nearest=unknown(name, fields))
    return fields[name].type.check(fields[name].type.load(value))


def _read(path: Path) -> dict[str, Any]:
    from mappings.strict_json import BadJson, load_json

    try:
        return load_json(path.read_bytes())
    except OSError as error:
        raise Problem("file_unreadable", path=str(path), why=error.strerror or str(error)) from None
    except BadJson as bad:
        raise Problem("file_not_json", path=str(path), why=bad.code) from None


def _side_by_side(row: dict[str, Any]) -> None:
    import json

    from rich.table import Table

    if "raw" not in row:
        rim.show(json.dumps(row, indent=2, ensure_ascii=False, default=str))
        return
    table = Table(
        _("as the vendor says it"), _("as we understand it"), title=f"{row['object']} {row['id']}", title_justify="left"
    )
    sides = [json.dumps(row[side], indent=2, ensure_ascii=False, default=str) for side in ("raw", "mapped")]
    refused = "".join(f"\n{bad['field']}: {bad['code']}" for bad in row["refused"])
    table.add_row(sides[0], sides[1] + refused)
    rim.show(table)


def new_connector(name: Annotated[str, typer.Argument(help=_("Lower-case letters, digits and _."))]) -> None:
    from connectors.kit.scaffold import Refused, scaffold

    try:
        files = scaffold(name, Path.cwd())
    except Refused as refused:
        raise Problem(f"scaffold_{refused.code}", **refused.data) from None
    for file in files:
        rim.say(str(file.relative_to(Path.cwd())))
    rim.say(_("Its tests: `pytest tests/connectors/test_{name}.py`.", name=name))
