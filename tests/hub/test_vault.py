"""Secrets at rest: what was sealed opens, only where it belongs, and only with its key."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import vault
from hub.settings import Settings
from hub.vault import Vault
from hub.words import Problem, tell

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(names, names, names)
def test_what_was_sealed_opens(secret: str, connection: str, field: str) -> None:
    box = Vault([KEY])
    sealed = box.seal(secret, connection, field)
    assert box.open(sealed, connection, field) == secret
    assert sealed != box.seal(secret, connection, field)


@given(st.floats(0, 1), st.permutations("ABCDabcd0123-_=!"))
def test_any_changed_character_is_noticed(where: float, others: list[str]) -> None:
    """Nothing is drawn by what was sealed: each sealing has another nonce."""
    box = Vault([KEY])
    sealed = box.seal("sk_live_1", "stripe", "key")
    first, last = sealed.index(".") + 1, len(sealed) - 4  # the very last letters carry spare bits
    at = first + round(where * (last - first))
    new = next(one for one in others if one != sealed[at])
    changed = sealed[:at] + new + sealed[at + 1 :]
    with pytest.raises(Problem, match="seal_broken"):
        box.open(changed, "stripe", "key")


@given(names, names, names, names)
def test_a_sealed_value_cannot_be_moved(connection: str, field: str, to_connection: str, to_field: str) -> None:
    box = Vault([KEY])
    sealed = box.seal("secret", connection, field)
    if (connection, field) != (to_connection, to_field):
        with pytest.raises(Problem) as raised:
            box.open(sealed, to_connection, to_field)
        assert raised.value.code == "seal_broken"


def test_the_wrong_key_is_a_clear_error_without_the_secret() -> None:
    sealed = Vault([KEY]).seal("sk_live_1", "stripe", "api_key")
    with pytest.raises(Problem) as raised:
        Vault([OTHER]).open(sealed, "stripe", "api_key")
    told = tell(raised.value)
    assert "api_key of stripe" in told
    assert "HUB_KEY" in told
    assert "sk_live_1" not in told


def test_a_key_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    sealed = vault.open_vault(settings).seal("secret", "c", "f")
    assert vault.open_vault(settings).open(sealed, "c", "f") == "secret"
    assert stat.S_IMODE((tmp_path / "home" / "key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["key"]


def test_many_at_once_make_one_key(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    with ThreadPoolExecutor(16) as pool:
        vaults = list(pool.map(lambda _: vault.open_vault(settings), range(64)))
    sealed = vaults[0].seal("secret", "c", "f")
    assert {one.open(sealed, "c", "f") for one in vaults} == {"secret"}


def test_rotation_keeps_old_secrets_readable_and_reseals_them(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    old = vault.open_vault(settings)
    sealed = old.seal("secret", "c", "f")
    new = vault.rotate(settings)
    assert new.open(sealed, "c", "f") == "secret"
    resealed = new.reseal(sealed, "c", "f")
    assert resealed != sealed
    assert new.reseal(resealed, "c", "f") == resealed
    (tmp_path / "key").write_text((tmp_path / "key").read_text().splitlines()[0])
    alone = vault.open_vault(settings)
    assert alone.open(resealed, "c", "f") == "secret"
    with pytest.raises(Problem, match="key_wrong"):
        alone.open(sealed, "c", "f")


def test_keys_from_the_environment_come_before_the_file_and_may_be_several(tmp_path: Path) -> None:
    one, two = vault.new_key(), vault.new_key()
    sealed = vault.open_vault(Settings(home=tmp_path, key=one)).seal("secret", "c", "f")
    assert vault.open_vault(Settings(home=tmp_path, key=f"{two},{one}")).open(sealed, "c", "f") == "secret"
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize("bad", ["short", "", "é" * 43, "A" * 43 + "=,x"])
def test_what_is_no_key_is_named_but_not_shown(tmp_path: Path, bad: str) -> None:
    (tmp_path / "key").write_text(bad.replace(",", "\n"))
    with pytest.raises(Problem) as raised:
        vault.open_vault(Settings(home=tmp_path))
    assert raised.value.code == "key_invalid"
    assert str(tmp_path / "key") in tell(raised.value)
    assert len(bad) < 6 or bad not in tell(raised.value)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(Problem) as raised:
        vault.open_vault(Settings(home=tmp_path / "home"))
    assert raised.value.code == "key_unreadable"


def test_a_vault_shows_no_key() -> None:
    assert repr(Vault([KEY])) == f"Vault({vault.key_id(KEY)})"
