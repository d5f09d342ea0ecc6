"""The metadata that all tables belong to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, MetaData, Sequence

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

log_position = Sequence("log_position", metadata=metadata)
record_id = Sequence("record_id", metadata=metadata)


def instant(name: str, *, nullable: bool = True) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)
