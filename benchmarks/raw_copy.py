"""Contestant: COPY of the raw records into one table, every time anew. The least that storing them can cost; it merges nothing."""

from __future__ import annotations

import psycopg

from benchmarks.contest import arguments, contest
from benchmarks.download import pages
from benchmarks.situations import Situation


def main() -> None:
    given = arguments()
    url = given.database.replace("postgresql+psycopg://", "postgresql://")

    def load(situation: Situation) -> int:
        read = 0
        with psycopg.connect(url) as database:
            database.execute("DROP TABLE IF EXISTS raw")
            database.execute("CREATE TABLE raw (body jsonb NOT NULL)")
            database.commit()
            for page in pages(given.api, situation.served):
                with database.cursor().copy("COPY raw (body) FROM STDIN (FORMAT BINARY)") as out:
                    out.set_types(["jsonb"])
                    for record in page:
                        out.write_row((bytes(record).decode(),))
                database.commit()  # a page a transaction, as Concord
                read += len(page)
        return read

    contest(load)


if __name__ == "__main__":
    main()
