"""Pages for people at a practice system: whole without scripts, an edit is a person's edit, nothing a name holds is markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.kit import registry
from connectors.kit.faults import GENERIC, Fault
from connectors.kit.screens import DAY, LINES, NUMBER, TEXT, Field, Kind, Related, Screen, choice, minor, paths
from connectors.kit.screens.asked import ROOT, Asked, link
from connectors.kit.twin import Twin, serve, stop

HOSTILE = "<script>alert(1)</script>\"'&"
TEAPOT: dict[str, Any] = {
    "id": "c/1 ü",
    "name": "Wobbly Teapot Works",
    "more": {"domain": "teapot.example", "kept": "1"},
    "seats": 40,
    "since": "2024-05-01",
    "tags": ["vip", "pilot"],
    "due": 120000,
    "currency": "usd",
}
ROWS = {
    "companies": [TEAPOT, {"id": "c2", "name": HOSTILE, "more": {}, "gone": True}],
    "people": [{"id": f"p{n}", "name": f"Person {n}", "company": "c/1 ü"} for n in range(120)],
}
SCREEN = Screen(
    "Small",
    "#336699",
    (
        Kind(
            "companies",
            "Companies",
            "Company",
            "name",
            (
                Field("Name", "name", counts=True),
                Field("Domain", "more.domain", listed=True, hint="Without www"),
                Field("Seats", "seats", NUMBER, listed=True, counts=True),
                Field("Since", "since", DAY),
                Field("Tags", "tags", LINES),
                Field("Tier", "tier", choice({"a": "Best", "b": "Other"})),
                Field("Due", "due", minor("currency"), listed=True),
            ),
            (Related("People", "people", "company", counts=True),),
            gone=lambda row: "gone" in row,
        ),
        Kind("people", "People", "Person", "name", (Field("Name", "name", TEXT),), edits=False),
    ),
    drops=frozenset({"more"}),
    actors=lambda _: ["lou@small.example"],
)


class Small(Twin):
    name = "small"
    objects = ("companies", "people")
    faults = GENERIC
    screen = SCREEN

    def prepare(self) -> None:
        self.edited: list[tuple[str, dict[str, Any]]] = []

    def edit(self, object: str, id: str, **changes: Any) -> dict[str, Any]:
        if changes.get("seats") == 13:
            raise ValueError("nobody buys 13 seats")
        self.edited.append((self.actor, changes))
        return super().edit(object, id, **changes)

    def route(self, request: httpx.Request) -> httpx.Response:
        del request
        return httpx.Response(200, json=self.table("companies"))

    def webhook(self, url: str, object: str, id: str, action: str) -> httpx.Request | None:
        return httpx.Request("POST", url, json={"object": object, "id": id, "action": action})


class Silent(Small):
    """A twin whose vendor says nothing of its screen."""

    screen = None


def served(twin: Twin) -> Iterator[httpx.Client]:
    running = serve(twin)
    with httpx.Client(base_url=running.url, headers={"accept": "text/html"}, follow_redirects=True) as client:
        client.headers["origin"] = running.url  # as a browser says it with every form
        yield client
    stop(running)


@pytest.fixture
def twin() -> Small:
    return Small(data=ROWS)


@pytest.fixture
def people(twin: Small) -> Iterator[httpx.Client]:
    yield from served(twin)


PAGE = link("records", "companies", "c/1 ü")


def form_of(html: str, action: str) -> dict[str, str]:
    """What a browser would send of that form, unchanged."""
    inside = html[html.index(f'action="{action}"') :].partition("</form>")[0]
    fields = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', inside))
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', inside, re.DOTALL):
        fields[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return {unescape(name): unescape(value) for name, value in fields.items()}


def submit(people: httpx.Client, page: str, **typed: str) -> httpx.Response:
    return people.post(page, data={**form_of(people.get(page).text, page), **typed})


def test_every_page_says_that_it_is_practice_and_needs_no_script(people: httpx.Client) -> None:
    pages = [
        "/",
        PAGE,
        f"{PAGE}?compact=1&live=1",
        *(link(*parts) for parts in (("records", "companies"), ("new", "companies"), ("log",), ("webhooks",), ("faults",))),
    ]
    for page in [*pages, link("records", "people", "p1")]:
        answer = people.get(page)
        assert answer.status_code == 200, page
        assert "PRACTICE" in answer.text
        assert "practice Small" in answer.text
        assert "<script" not in answer.text
        assert " style=" not in answer.text
        assert "http" not in re.sub(r'http-equiv|https?://[^"<]*', "", answer.text).replace("http-equiv", "")
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; form-action 'self'")
        assert "frame-ancestors http://127.0.0.1:* http://localhost:*" in answer.headers["content-security-policy"]


def test_only_a_live_page_renews_itself(people: httpx.Client) -> None:
    assert "refresh" not in people.get(PAGE).text
    assert '<meta http-equiv="refresh" content="2">' in people.get(f"{PAGE}?live=1").text


def test_an_edit_is_a_persons_edit(people: httpx.Client, twin: Small) -> None:
    answer = submit(people, PAGE, name="Anna's Teapots", actor="ada@small.example")
    assert "Saved." in answer.text
    assert twin.edited == [("ada@small.example", {"name": "Anna's Teapots"})]
    assert people.get("/anything").json()["c/1 ü"]["name"] == "Anna's Teapots"


def test_nothing_is_saved_where_nothing_was_typed(people: httpx.Client, twin: Small) -> None:
    assert "Nothing was changed." in submit(people, PAGE).text
    assert twin.edited == []


def test_what_changed_meanwhile_is_not_put_back(people: httpx.Client, twin: Small) -> None:
    """The form sends what the person changed, not what stood there when the page was opened."""
    form = form_of(people.get(PAGE).text, PAGE)
    twin.table("companies")["c/1 ü"]["seats"] = 41
    people.post(PAGE, data={**form, "name": "New"})
    assert (twin.table("companies")["c/1 ü"]["seats"], twin.edited) == (41, [("lou@small.example", {"name": "New"})])


@pytest.mark.parametrize(
    ("name", "typed", "changes"),
    [
        ("more.domain", "x.example", {"more": {"domain": "x.example", "kept": "1"}}),
        ("more.domain", "", {"more": {"kept": "1"}}),
        ("seats", "41", {"seats": 41}),
        ("seats", "", {"seats": None}),
        ("since", "2026-01-31", {"since": "2026-01-31"}),
        ("tags", "vip , , new", {"tags": ["vip", "new"]}),
        ("tier", "b", {"tier": "b"}),
    ],
)
def test_values_are_read_as_the_vendor_holds_them(
    people: httpx.Client, twin: Small, name: str, typed: str, changes: Any
) -> None:
    submit(people, PAGE, **{name: typed})
    assert twin.edited == [("lou@small.example", changes)]


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [("seats", "many", "many is not a number"), ("since", "May", "May is not a date"), ("seats", "13", "nobody buys 13 seats")],
)
def test_what_is_refused_is_told_and_nothing_typed_is_lost(
    people: httpx.Client, twin: Small, name: str, typed: str, said: str
) -> None:
    answer = submit(people, PAGE, **{name: typed}, **({} if name == "name" else {"name": "Typed too"}))
    assert answer.status_code == 400
    assert said in answer.text
    assert 'value="Typed too"' in answer.text
    assert twin.table("companies")["c/1 ü"]["name"] == "Wobbly Teapot Works"


def test_create_and_delete(people: httpx.Client, twin: Small) -> None:
    page = link("new", "companies")
    made = people.post(page, data={**form_of(people.get(page).text, page), "name": "Third", "seats": "3"})
    assert "Created." in made.text
    [id] = set(twin.table("companies")) - {"c/1 ü", "c2"}
    assert {key: twin.table("companies")[id][key] for key in ("name", "seats")} == {"name": "Third", "seats": 3}
    gone = people.post(link("delete", "companies", id), data={"actor": "lou@small.example"})
    assert "Deleted." in gone.text
    assert id not in twin.table("companies")
    assert people.get(link("records", "companies", id)).status_code == 404


def test_what_the_vendor_alone_writes_has_no_form(people: httpx.Client, twin: Small) -> None:
    page = link("records", "people", "p1")
    assert "<form" not in people.get(page).text
    assert people.post(page, data={"name": "X", "was:name": ""}).status_code == 404
    assert people.post(link("delete", "people", "p1")).status_code == 404
    assert twin.table("people")["p1"]["name"] == "Person 1"


@pytest.mark.parametrize(
    "headers", [{"origin": "https://elsewhere.example"}, {"origin": "null"}, {"host": "rebound.example:80"}]
)
def test_a_page_of_somebody_else_can_do_nothing(people: httpx.Client, twin: Small, headers: dict[str, str]) -> None:
    for path in (PAGE, link("faults"), "/_twin/reset"):
        assert people.post(path, data={"name": "Stolen"}, headers=headers).status_code == 403
    assert twin.table("companies")["c/1 ü"]["name"] == "Wobbly Teapot Works"


def test_a_hostile_name_stays_text(people: httpx.Client) -> None:
    for page in (link("records", "companies"), link("records", "companies", "c2"), link("records", "companies", q=HOSTILE)):
        html = people.get(page).text
        assert "alert(1)" in html
        assert "<script" not in html


def test_lists_are_searched_and_paged(people: httpx.Client) -> None:
    found = people.get(link("records", "people", q="PERSON 11")).text
    assert re.findall(r">(Person \d+)<", found) == ["Person 11", *(f"Person 11{n}" for n in range(10))]
    last = people.get(link("records", "people", page=3)).text
    assert re.findall(r">(Person \d+)<", last) == [f"Person {n}" for n in range(100, 120)]
    assert "Part 3 of 3" in last
    assert "Nothing holds" in people.get(link("records", "people", q="nobody")).text
    assert people.get(link("records", "people", page="x")).status_code == 200


def test_deleted_records_that_are_kept_are_marked_and_not_edited(people: httpx.Client) -> None:
    assert people.get(link("records", "companies")).text.count('<span class="mark">deleted</span>') == 1
    assert "<form" not in people.get(link("records", "companies", "c2")).text


def test_a_record_shows_values_as_people_read_them(people: httpx.Client) -> None:
    html = people.get(f"{PAGE}?live=1").text
    for shown in ("$1,200.00 USD", "May 1, 2024", "vip, pilot", "the first 8 of 120"):
        assert shown in html


def test_the_small_window_shows_what_counts_and_goes_on_as_one(people: httpx.Client) -> None:
    html = people.get(f"{PAGE}?compact=1&live=1").text
    assert "teapot.example" not in html
    assert "<nav" not in html
    assert "<form" not in people.get(f"{PAGE}?compact=1").text
    form = people.get(f"{PAGE}?compact=1&live=1&edit=1").text
    assert "refresh" not in form
    answer = people.post(PAGE, data={**form_of(form, PAGE), "seats": "7"})
    assert dict(answer.url.params) == {"said": "saved", "compact": "1", "live": "1"}


def test_the_request_log_tells_who_asked_what(people: httpx.Client) -> None:
    people.get("/v1/read", headers={"user-agent": "concord/1 more"})
    people.post("/v1/write", content=b'{"name": "<b>"}')
    html = people.get(link("log")).text
    assert html.index("POST /v1/write") < html.index("GET /v1/read")
    assert "concord/1" in html
    assert "{&#34;name&#34;: &#34;&lt;b&gt;&#34;}" in html
    writes = people.get(link("log", only="writes")).text
    assert "POST /v1/write" in writes
    assert "GET /v1/read" not in writes
    submit(people, PAGE, name="By hand")
    assert "_screen" not in people.get(link("log")).text.partition("<table>")[2]


def test_faults_are_armed_by_a_form(people: httpx.Client, twin: Small) -> None:
    answer = people.post(link("faults"), data={"name": "server_error", "times": "2", "match": "^GET /v1", "value": ""})
    assert answer.status_code == 200
    [armed] = twin.armed.left()
    assert (armed.fault, armed.times, armed.match, armed.value) == (Fault.SERVER_ERROR, 2, "^GET /v1", None)
    wrong = people.post(link("faults"), data={"name": "server_error", "times": "2", "match": "(", "value": ""})
    assert wrong.status_code == 400
    assert "Not armed" in wrong.text


def test_webhooks_are_shown(people: httpx.Client, twin: Small) -> None:
    twin.outbox.urls.append(f"{twin.url}/hook")
    submit(people, PAGE, name="Told")
    assert "&#34;action&#34;:&#34;update&#34;" in people.get(link("webhooks")).text


def test_an_edit_survives_the_twins_own_end(tmp_path: Path) -> None:
    first = Small(data=ROWS)
    first.keep(tmp_path)
    for client in served(first):
        submit(client, PAGE, name="Kept", actor="ada@small.example")
    again = Small(data=ROWS)
    again.keep(tmp_path)
    assert again.table("companies")["c/1 ü"]["name"] == "Kept"
    assert again.edited == [("ada@small.example", {"name": "Kept"})]


def test_a_twin_that_declares_nothing_has_pages_all_the_same() -> None:
    for client in served(Silent(data=ROWS)):
        assert "Wobbly Teapot Works" in client.get(link("records", "companies")).text
        assert "Saved." in submit(client, PAGE, name="Plain").text


@given(st.text(), st.dictionaries(st.sampled_from("abc"), st.integers() | st.text()), st.booleans())
def test_a_path_is_put_where_it_is_read(value: str, inside: dict[str, Any], merged: bool) -> None:
    row: dict[str, Any] = {"top": inside, "other": 1}
    changes: dict[str, Any] = {}
    paths.put(row, "top.b", value, changes, merged=merged, drop=False)
    assert paths.read({**row, **changes}, "top.b") == value
    assert set(changes) == {"top"}
    assert {key: kept for key, kept in changes["top"].items() if key != "b"} == (
        {} if merged else {key: kept for key, kept in inside.items() if key != "b"}
    )


@given(
    st.lists(st.text(min_size=1).filter(lambda text: text not in {".", ".."}), min_size=1, max_size=4)
)  # those are no names in an address
def test_any_id_is_addressed(parts: list[str]) -> None:
    asked = Asked(httpx.Request("GET", f"http://127.0.0.1{link(*parts)}"))
    assert link(*parts).startswith(ROOT)
    assert asked.parts == parts


@pytest.mark.parametrize("twin", [plugin.twin for plugin in registry.discover().all() if plugin.twin and plugin.twin.screen])
def test_every_vendor_shows_only_what_it_has(twin: type[Twin]) -> None:
    assert twin.screen is not None
    for kind in twin.screen.kinds:
        assert kind.object in twin.objects
        assert {related.object for related in kind.related} <= {other.object for other in twin.screen.kinds}
        assert len({field.name for field in kind.fields}) == len(kind.fields)
        assert len({field.label for field in kind.fields}) == len(kind.fields)
        assert not kind.edits or any(field.counts and field.editable for field in kind.fields)


@pytest.mark.parametrize(
    "name", [plugin.name for plugin in registry.discover().all() if plugin.twin is not None and plugin.populate is not None]
)
def test_every_page_of_a_vendor_opens(name: str) -> None:
    from datetime import date

    from hub.practice.customers import invented

    plugin = registry.discover().get(name)
    assert plugin.twin is not None
    assert plugin.populate is not None
    twin = plugin.twin(data=plugin.populate(invented(6, 7, date(2026, 11, 3))))
    for client in served(twin):
        for link_ in re.findall(r'href="(/_screen/records/[^"?]+)"', client.get("/").text):
            listed = client.get(link_)
            assert listed.status_code == 200
            for record in re.findall(r'<th scope="row"><a href="([^"]+)"', listed.text)[:3]:
                for way in ("", "?live=1", "?compact=1&live=1", "?compact=1&edit=1"):
                    answer = client.get(unescape(record) + way)
                    assert answer.status_code == 200, answer.text[-400:]
                    assert "<h1>" in answer.text
        assert json.loads(client.get("/_twin/log").text) == []
