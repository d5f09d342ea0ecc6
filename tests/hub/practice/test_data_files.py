"""Files that people wrote: `--data`, `--customers`. What cannot be used is said at once; what a vendor could send is served."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import httpx
import pytest

from connectors.kit import registry
from hub.practice import serving, twin
from hub.practice.twins import Base, Spec
from hub.words import Problem, tell

HALF = "half \ud83d"


def written(folder: Path, rows: object) -> str:
    (folder / "rows.json").write_text(json.dumps(rows))
    return str(folder / "rows.json")


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        ({"customers": [{"id": "1"}, {"name": "nobody"}]}, "twin_data_row", {"object": "customers", "row": 2}),
        ({"custmers": [{"id": "1"}]}, "twin_data_object", {"object": "custmers", "name": "stripe"}),
        ({"customers": {"id": "1"}}, "twin_data_shape", {}),
        (["customers"], "twin_data_shape", {}),
    ],
)
def test_what_cannot_be_served_is_named_before_anything_runs(tmp_path, rows, code, said):
    with pytest.raises(Problem) as told:
        serving.names_to_serve([], [f"stripe={written(tmp_path, rows)}"])
    assert told.value.code == code
    assert said.items() <= told.value.data.items()


def test_rows_that_are_none_of_that_vendor_are_a_problem_and_no_crash(tmp_path):
    file = Path(written(tmp_path, {"companies": [{"id": "not a number", "properties": 5}]}))
    with pytest.raises(Problem) as told:
        twin._twin(Spec("hubspot", tmp_path, Base(7, date(2026, 11, 1)), file))
    assert told.value.code == "twin_data_unusable"
    assert told.value.data["path"] == str(file)


@pytest.mark.parametrize("name", ["stripe", "hubspot"])
def test_half_a_character_goes_out_as_it_stands(name):
    rows = {
        "stripe": {"customers": [{"id": "1", "name": HALF}]},
        "hubspot": {"companies": [{"id": "1", "properties": {"name": HALF}}]},
    }
    plugin = registry.discover().get(name)
    assert plugin.twin is not None
    made = plugin.twin(data=rows[name])
    path = {"stripe": "/v1/customers", "hubspot": "/crm/v3/objects/companies?properties=name"}[name]
    request = httpx.Request("GET", f"http://twin{path}", headers={"authorization": f"Bearer {made.token}"})
    answer = made.answer(request).response
    assert answer is not None
    assert answer.status_code == 200
    assert b"half \\ud83d" in answer.content


def test_empty_properties_are_served_as_none_at_all():
    served = registry.discover().get("hubspot").twin(data={"companies": [{"id": "1", "properties": None}]})
    assert served.table("companies")["1"]["properties"]["hs_object_id"] == "1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"city\nBerlin\n", "has no column for names. One has to be called name, Security or Company; found 'city'."),
        (b"", "has no column for names"),
        (b"name\n", "holds a header and no customers."),
        (b"name,city\nA,B,C\n", "row 2 does not fit its header: 3 cells, the header has 2."),
        (b"name,city\n,Berlin\n", "row 2 has no name."),
        (b"name\nCaf\xe9\n", "row 2 is not UTF-8 (byte 0xe9). Save the file as UTF-8."),
        (b"name\n" + b"x" * 301, "row 2: the name is longer than 300 letters"),
        (b"name,Security\na,b\n", "several columns mean name. Keep one of them."),
    ],
)
def test_a_customer_file_that_cannot_be_used_is_told_in_words(tmp_path, text, said):
    (tmp_path / "customers.csv").write_bytes(text)
    with pytest.raises(Problem) as told:
        Base(7, date(2026, 11, 1), tmp_path / "customers.csv").world()
    assert f"{tmp_path / 'customers.csv'}" in tell(told.value)
    assert said in tell(told.value)
