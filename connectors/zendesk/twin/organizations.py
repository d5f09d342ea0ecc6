"""Organizations: two of them merge by a job, and the loser is deleted."""

from __future__ import annotations

from functools import partial

import httpx

from connectors.zendesk.twin import pages
from connectors.zendesk.twin.answers import Row, body_of, not_found, ok, wrapped
from connectors.zendesk.twin.records import Records


class Organizations(Records):
    object = "organizations"

    def read(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        match parts:
            case [id, "merges"]:
                merges = [row for row in self.twin.table("organization_merges").values() if id in _both(row)]
                return pages.listed(self.twin, request, "organization_merges", merges, self.merge_shown)
            case [id, ("users" | "tickets") as other]:
                self.must(id)
                rows = [row for row in self.twin.living(other) if str(row["organization_id"]) == id]
                return pages.listed(self.twin, request, other, rows, partial(self.store.shown, other))
        return super().read(request, parts)

    def written(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        match request.method, parts:
            case "POST", [id, "merge"]:
                return self.merged(self.must(id), wrapped(body_of(request), "organization_merge"))
        return super().written(request, parts)

    def merged(self, loser: Row, sent: Row) -> httpx.Response:
        winner = self.store.get(self.object, sent.get("winner_id"))
        if winner is None or winner is loser:
            raise not_found()
        row = self.twin.merge(self.object, str(loser["id"]), str(winner["id"]), after=self.twin.job_seconds)
        return ok({"organization_merge": self.merge_shown(row)})

    def merge_shown(self, row: Row) -> Row:
        left = row.get("at", 0) - self.twin.clock.now().timestamp()
        status = "complete" if left <= 0 else "in_progress" if left < self.twin.job_seconds else "new"
        address = f"https://{self.twin.subdomain}.zendesk.com/api/v2/organization_merges/{row['id']}.json"
        return {"id": row["id"], "url": address, "loser_id": row["loser_id"], "winner_id": row["winner_id"], "status": status}

    def merge_by_id(self, id: str) -> httpx.Response:
        row = self.twin.table("organization_merges").get(id)
        if row is None:
            raise not_found()
        return ok({"organization_merge": self.merge_shown(row)})


def _both(merge: Row) -> tuple[str, str]:
    return str(merge["loser_id"]), str(merge["winner_id"])
