"""`make bench`: every contestant in its own process, one after the other, on one PostgreSQL cluster with fsync on."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks import report
from benchmarks.report import Results
from hub.keeper import keep
from hub.settings import Settings

ROOT = Path(__file__).parents[1]
CONTESTANTS = {
    "download": "benchmarks.download",
    "copy": "benchmarks.raw_copy",
    "dlt": "benchmarks.dlt_merge",
    "concord": "benchmarks.concord",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS))
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout instead of the table")
    parser.add_argument(
        "--dlt-python", default=str(ROOT / ".venv-bench/bin/python"), help="a Python with requirements/bench.txt"
    )
    given = parser.parse_args()
    sizes = sorted({max(given.records // 10, 1), given.records})
    results = run(sizes, given.only, given.dlt_python)
    print(json.dumps(report.as_json(results)) if given.json else report.table(results))


def run(sizes: list[int], only: list[str], dlt_python: str = sys.executable) -> Results:
    """A size after the other: the small one shows whether memory grows with the number of records."""
    results: Results = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o711)  # as root, PostgreSQL runs as another user, who must get in
        with keep(Settings(home=Path(folder) / "home"), redis=False, durable=True) as services:
            assert services.database_url is not None
            for size in sizes:
                with served(Path(folder) / str(size), size) as api:
                    for name in only:
                        python = dlt_python if name == "dlt" else sys.executable
                        with _database(services.database_url, f"bench_{name}_{size}") as url:
                            results[name, size] = _contest(python, CONTESTANTS[name], api, url)
    return results


def _contest(python: str, module: str, api: str, database: str) -> list[dict[str, float]]:
    print(f"{module} ...", file=sys.stderr, flush=True)
    command = [python, "-m", module, "--api", api, "--database", database]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


@contextmanager
def served(folder: Path, records: int) -> Iterator[str]:
    print(f"{records:,} records ...", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "benchmarks.api", str(folder), str(records)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextmanager
def _database(cluster: str, name: str) -> Iterator[str]:
    """A fresh one, gone afterwards; what the contestant before left to be written is written first."""
    engine = create_engine(cluster, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
            connection.execute(text("CHECKPOINT"))
        yield cluster.replace("/postgres?", f"/{name}?")
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
