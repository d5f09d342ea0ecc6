"""Leases: one holder, a fence that rises, and no waiting for the dead."""

from __future__ import annotations

from sqlalchemy import Engine, text

from hub import leases
from hub.opening import make_hub
from hub.settings import Settings


def test_one_at_a_time(engine: Engine, settings: Settings) -> None:
    hub = make_hub(settings, engine)
    with leases.held(hub, "sync:a", 60) as first:
        assert first is not None
        with leases.held(hub, "sync:a", 60) as second:
            assert second is None
        with leases.held(hub, "sync:b", 60) as other:
            assert other is not None
    with leases.held(hub, "sync:a", 60) as third:
        assert third is not None
        assert third.fence == first.fence + 1


def test_a_dead_holders_lease_ends_with_its_database_session(engine: Engine, settings: Settings) -> None:
    hub = make_hub(settings, engine)
    holder = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    lost = leases.take(hub, holder, "sync:a", 3600, here=True)
    assert lost is not None
    backend = holder.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with engine.begin() as database:
        assert leases.take(hub, database, "sync:a", 60) is None
        database.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})
    with engine.begin() as database:
        assert leases.take(hub, database, "sync:a", 60) is not None
        assert not leases.hold(hub, database, lost, 60)
    holder.invalidate()
    holder.close()


def test_a_lease_without_a_session_runs_out_by_time_alone(engine: Engine, settings: Settings) -> None:
    hub = make_hub(settings, engine)
    with engine.begin() as database:
        assert leases.take(hub, database, "tick", 60) is not None
    with engine.begin() as database:
        assert leases.take(hub, database, "tick", 60) is None
        database.execute(text("UPDATE lease SET until = 0"))
        assert leases.take(hub, database, "tick", 60) is not None
