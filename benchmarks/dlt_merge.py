"""Contestant: dlt, as its own guide has it: rest_api source to PostgreSQL, merge by primary key. Runs in .venv-bench."""

from __future__ import annotations

import os
import tempfile
from urllib.parse import parse_qs, quote, urlsplit

from benchmarks.contest import arguments, contest
from benchmarks.situations import Situation

# No reports to its makers, no progress: both would be measured.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt  # after its settings
from dlt.sources.rest_api import rest_api_source


def _address(url: str) -> str:
    """The same socket as libpq's URL names it: dlt wants a host and a password in their places."""
    parts = urlsplit(url)
    socket = parse_qs(parts.query)["host"][0]
    return f"postgresql://{parts.username}:none@{quote(socket, safe='')}{parts.path}"


def main() -> None:
    given = arguments()
    folder = tempfile.mkdtemp(prefix="bench-dlt-")
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=folder,
        destination=dlt.destinations.postgres(_address(given.database)),
        dataset_name="bench",
    )

    def load(situation: Situation) -> int:
        source = rest_api_source(
            {
                "client": {"base_url": given.api, "paginator": {"type": "json_link", "next_url_path": "next"}},
                "resources": [
                    {
                        "name": "accounts",
                        "write_disposition": "merge",
                        "primary_key": "id",
                        "endpoint": {"path": f"{situation.served}/0.json", "data_selector": "data"},
                    }
                ],
            }
        )
        pipeline.run(source).raise_on_failed_jobs()
        return int(pipeline.last_trace.last_normalize_info.row_counts["accounts"])

    contest(load)


if __name__ == "__main__":
    main()
