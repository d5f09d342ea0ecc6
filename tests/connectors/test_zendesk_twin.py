"""The practice account plays Zendesk's warts of lists, writes and merges; zenpy, the usual SDK, can read every answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from zendesk_desk import ACME, CUSTOMERS, OTHER, ROWS, START, calling, exported, seconds, served
from zenpy import Zenpy
from zenpy.lib.api_objects import Organization, User
from zenpy.lib.exception import APIException, RecordNotFoundException

from connectors.kit.faults import Fault
from connectors.kit.twin_clock import TwinClock
from connectors.zendesk.seed_tickets import as_surveys
from connectors.zendesk.twin import ZendeskTwin


@pytest.fixture
def twin() -> Iterator[ZendeskTwin]:
    yield from served()


@pytest.fixture
def http(twin: ZendeskTwin) -> Iterator[httpx.Client]:
    yield from calling(twin)


@pytest.fixture
def sdk(twin: ZendeskTwin, monkeypatch: pytest.MonkeyPatch) -> Zenpy:
    monkeypatch.setenv("ZENPY_FORCE_SCHEME", "http")
    monkeypatch.setenv("ZENPY_FORCE_NETLOC", twin.url.removeprefix("http://"))
    return Zenpy(subdomain=twin.subdomain, oauth_token=twin.sign_in.access_token, disable_cache=True)


# zenpy reads everything.


@pytest.mark.parametrize(
    "object", ["organizations", "tickets", "ticket_metrics", "satisfaction_ratings", "organization_fields", "user_fields"]
)
def test_zenpy_reads_every_list_to_its_end(sdk: Zenpy, object: str) -> None:
    assert {row.id for row in getattr(sdk, object)()} == {row["id"] for row in ROWS[object]}


def test_zenpy_reads_users_by_role_and_the_one_who_calls(sdk: Zenpy) -> None:
    assert {row.id for row in sdk.users(role="end-user")} == {row["id"] for row in CUSTOMERS}
    assert len(list(sdk.users(role=["agent", "admin"]))) == 4
    assert sdk.users.me().role == "admin"


def test_zenpy_reads_every_export(sdk: Zenpy) -> None:
    tickets = list(sdk.tickets.incremental(start_time=0, paginate_by_time=False, per_page=200, include=["metric_sets"]))
    assert {row.id for row in tickets} == {row["id"] for row in ROWS["tickets"]}
    assert all(row.to_dict()["metric_set"]["ticket_id"] == row.id for row in tickets)
    users = sdk.users.incremental(start_time=0, paginate_by_time=False, per_page=100)
    assert {row.id for row in users} == {row["id"] for row in ROWS["users"]}
    assert {row.id for row in sdk.organizations.incremental(start_time=0)} == {row["id"] for row in ROWS["organizations"]}


def test_zenpy_writes_searches_and_follows_a_job(sdk: Zenpy, twin: ZendeskTwin) -> None:
    made = sdk.organizations.create(Organization(name="Made", organization_fields={"tier": "smb"}))
    assert made.organization_fields["tier"] == "smb"
    assert [row.id for row in sdk.search("made", type="organization")] == [made.id]
    person = sdk.users.create_or_update(User(name="Pim", email="pim@made.example", organization_id=made.id))
    assert sdk.users.create_or_update(User(name="Pim II", email="PIM@made.example")).id == person.id
    job = sdk.organizations.update([Organization(id=made.id, name="Renamed"), Organization(id=7, name="Nobody")])
    assert job.status == "queued"
    twin.clock.advance(5)
    done = sdk.job_status(id=job.id)
    assert [(each.success, getattr(each, "error", None)) for each in done.results] == [(True, None), (False, "RecordNotFound")]
    assert sdk.organizations(id=made.id).name == "Renamed"
    sdk.organizations.delete(made)
    with pytest.raises(RecordNotFoundException):
        sdk.organizations(id=made.id)


def test_zenpy_merges_users(sdk: Zenpy) -> None:
    loser, winner = (User(id=row["id"]) for row in CUSTOMERS[:2])
    assert sdk.users.merge(source_user=loser, dest_user=winner).id == winner.id
    assert sdk.users(id=loser.id).active is False


# Lists and search.


def test_lists_by_number_end_at_page_100(http: httpx.Client) -> None:
    assert http.get("users.json", params={"page": 100, "per_page": 1}).status_code == 200
    refused = http.get("users.json", params={"page": 101, "per_page": 1})
    assert (refused.status_code, refused.json()["error"]) == (400, "InvalidPaginationDepth")
    assert http.get("users.json", params={"page[size]": 101}).status_code == 400


def test_a_row_deleted_between_pages_loses_no_other_row(twin: ZendeskTwin, http: httpx.Client) -> None:
    first = http.get("organizations.json", params={"page[size]": 10}).json()
    twin.delete("organizations", str(first["organizations"][-1]["id"]))
    second = http.get(first["links"]["next"]).json()
    assert [row["id"] for row in second["organizations"]] == [row["id"] for row in ROWS["organizations"][10:20]]


def test_search_shows_a_thousand_results_and_no_more(twin: ZendeskTwin, http: httpx.Client) -> None:
    for n in range(1001 - len(ROWS["tickets"])):
        twin.create("tickets", subject=f"Load {n}")
    found = http.get("search.json", params={"query": "type:ticket", "page": 10}).json()
    assert (found["count"], len(found["results"])) == (1001, 100)
    refused = http.get(found["next_page"])
    assert (refused.status_code, refused.json()["error"]) == (422, "invalid")


def test_search_lags_while_a_read_does_not(twin: ZendeskTwin, http: httpx.Client) -> None:
    twin.index_lag = 120
    http.put(f"organizations/{ACME}", json={"organization": {"name": "Fresh"}})
    assert http.get("search.json", params={"query": 'type:organization name:"Fresh"'}).json()["count"] == 0
    assert http.get("organizations/search.json", params={"name": "fresh"}).json()["organizations"][0]["id"] == ACME
    twin.clock.advance(120)
    assert http.get("search.json", params={"query": 'type:organization name:"Fresh"'}).json()["count"] == 1


# Writes.


def test_names_are_unique_and_no_match_key(http: httpx.Client) -> None:
    name = ROWS["organizations"][0]["name"]
    for path in ("organizations.json", "organizations/create_or_update.json"):
        refused = http.post(path, json={"organization": {"name": name.upper()}})
        assert refused.status_code == 422
        assert refused.json()["details"]["name"][0]["error"] == "DuplicateValue"


def test_create_or_update_matches_by_external_id_in_any_case(http: httpx.Client) -> None:
    made = http.post("organizations/create_or_update.json", json={"organization": {"name": "Made", "external_id": "acc_1"}})
    again = http.post("organizations/create_or_update.json", json={"organization": {"name": "Renamed", "external_id": "ACC_1"}})
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["organization"]["id"] == again.json()["organization"]["id"]
    assert again.json()["organization"]["name"] == "Renamed"


def test_unknown_custom_fields_are_ignored_without_a_word_until_they_are_made(http: httpx.Client) -> None:
    sent = {"organization": {"organization_fields": {"renewal": "2026-03-04", "tier": "smb"}}}
    ignored = http.put(f"organizations/{ACME}", json=sent).json()["organization"]["organization_fields"]
    assert "renewal" not in ignored
    assert ignored["tier"] == "smb"
    assert (
        http.post("organization_fields.json", json={"organization_field": {"key": "renewal", "type": "date"}}).status_code
        == 201
    )
    kept = http.put(f"organizations/{ACME}", json=sent).json()["organization"]["organization_fields"]
    assert kept["renewal"] == "2026-03-04T00:00:00+00:00"
    refused = http.put(f"organizations/{ACME}", json={"organization": {"organization_fields": {"tier": "gold"}}})
    assert refused.json()["details"]["tier"][0]["error"] == "InvalidValue"


def test_an_address_sent_in_an_update_becomes_a_second_one(http: httpx.Client) -> None:
    person = CUSTOMERS[0]
    answered = http.put(f"users/{person['id']}", json={"user": {"email": "second@else.example"}}).json()["user"]
    assert answered["email"] == person["email"]
    found = http.post("users/create_or_update.json", json={"user": {"name": "Found", "email": "second@else.example"}}).json()
    assert found["user"]["id"] == person["id"]


def test_the_sixth_update_of_a_user_in_a_minute_is_refused_in_plain_text(twin: ZendeskTwin, http: httpx.Client) -> None:
    person = f"users/{CUSTOMERS[0]['id']}.json"
    answers = [http.put(person, json={"user": {"notes": str(n)}}) for n in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert "retry-after" not in answers[5].headers
    with pytest.raises(json.JSONDecodeError):
        answers[5].json()
    assert http.put(f"users/{CUSTOMERS[1]['id']}.json", json={"user": {"notes": "n"}}).status_code == 200


def test_a_job_is_queued_works_and_completes_and_a_bad_row_fails_alone(twin: ZendeskTwin, http: httpx.Client) -> None:
    rows = [{"id": ACME, "name": "One"}, {"id": OTHER, "name": "one"}, {"id": OTHER, "name": "Two"}]
    job = http.put("organizations/update_many.json", json={"organizations": rows}).json()["job_status"]
    states = [job["status"]]
    for _ in range(2):
        twin.clock.advance(1)
        job = http.get(f"job_statuses/{job['id']}.json").json()["job_status"]
        states.append(job["status"])
    assert states == ["queued", "working", "completed"]
    assert [row["success"] for row in job["results"]] == [True, False, True]
    assert "already been taken" in job["results"][1]["details"]
    assert http.get(f"organizations/{OTHER}").json()["organization"]["name"] == "Two"


def test_a_job_ends_with_a_failed_row_when_told_to(twin: ZendeskTwin, http: httpx.Client) -> None:
    twin.armed.arm(Fault.JOB_FAILED)
    job = http.post("organizations/create_many.json", json={"organizations": [{"name": "A"}, {"name": "B"}]}).json()[
        "job_status"
    ]
    twin.clock.advance(5)
    results = http.get(f"job_statuses/{job['id']}").json()["job_status"]["results"]
    assert [row["success"] for row in results] == [False, True]


def test_only_thirty_jobs_wait_and_only_a_hundred_rows_fit(twin: ZendeskTwin, http: httpx.Client) -> None:
    body = {"organizations": [{"id": ACME, "notes": "n"}]}
    answers = [http.put("organizations/update_many.json", json=body) for _ in range(31)]
    assert [each.status_code for each in answers] == [200] * 30 + [429]
    assert answers[30].json()["error"] == "TooManyJobs"
    twin.clock.advance(5)
    assert http.put("organizations/update_many.json", json=body).status_code == 200
    assert http.put("organizations/update_many.json", json={"organizations": body["organizations"] * 101}).status_code == 422


# Deletes and merges.


def test_a_deleted_user_is_soft_and_the_address_is_free(http: httpx.Client) -> None:
    person = CUSTOMERS[0]
    assert http.delete(f"users/{person['id']}.json").json()["user"]["active"] is False
    assert http.get(f"users/{person['id']}").json()["user"]["active"] is False
    assert [row["id"] for row in http.get("deleted_users.json").json()["deleted_users"]] == [person["id"]]
    assert person["id"] not in {row["id"] for row in http.get("users.json").json()["users"]}
    again = http.post("users.json", json={"user": {"name": "New", "email": person["email"]}})
    assert again.json()["user"]["id"] != person["id"]


def test_who_is_deleted_is_written_by_nobody_and_holds_no_address(http: httpx.Client) -> None:
    person = CUSTOMERS[0]
    here = f"users/{person['id']}"
    http.put(here, json={"user": {"email": "second@else.example"}})
    assert [each["primary"] for each in http.get(f"{here}/identities.json").json()["identities"]] == [True, False]
    http.delete(here)
    assert http.get(f"{here}/identities").json()["identities"] == []
    assert http.put(here, json={"user": {"name": "Back again"}}).status_code == 404
    assert http.get(f"deleted_users/{person['id']}.json").json()["deleted_user"]["name"] == person["name"]
    assert http.get(f"deleted_users/{CUSTOMERS[1]['id']}").status_code == 404
    again = http.post("users/create_or_update", json={"user": {"name": "New", "email": "second@else.example"}})
    assert again.status_code == 201


def test_merging_users_moves_the_addresses(http: httpx.Client) -> None:
    loser, winner = CUSTOMERS[:2]
    http.put(f"users/{loser['id']}/merge.json", json={"user": {"id": winner["id"]}})
    held = http.get(f"users/{winner['id']}/identities").json()["identities"]
    assert [each["value"] for each in held] == [winner["email"], loser["email"]]
    found = http.get("users/search.json", params={"query": f'email:"{loser["email"]}"'}).json()["users"]
    assert [row["id"] for row in found] == [winner["id"]]


def test_a_merge_of_organizations_takes_time_and_carries_no_fields_over(twin: ZendeskTwin, http: httpx.Client) -> None:
    loser, winner = (http.get(f"organizations/{id}").json()["organization"] for id in (ACME, OTHER))
    merge = http.post(f"organizations/{ACME}/merge.json", json={"organization_merge": {"winner_id": OTHER}}).json()[
        "organization_merge"
    ]
    assert merge["status"] == "new"
    twin.clock.advance(5)
    shown = http.get(f"organization_merges/{merge['id']}").json()["organization_merge"]
    assert (shown["status"], shown["loser_id"], shown["winner_id"]) == ("complete", ACME, OTHER)
    assert http.get(f"organizations/{ACME}").status_code == 404
    after = http.get(f"organizations/{OTHER}").json()["organization"]
    assert after["organization_fields"] == winner["organization_fields"]
    assert set(after["domain_names"]) == {*loser["domain_names"], *winner["domain_names"]}
    people = {row["id"] for row in http.get(f"organizations/{OTHER}/users.json").json()["users"]}
    assert {row["id"] for row in CUSTOMERS if row["organization_id"] == ACME} <= people
    assert [row["id"] for row in http.get(f"organizations/{ACME}/merges").json()["organization_merges"]] == [merge["id"]]


def test_a_deleted_organization_shows_in_its_export_only_with_tombstones(twin: ZendeskTwin, http: httpx.Client) -> None:
    twin.delete("organizations", str(ACME))
    twin.clock.advance(90)
    (row,) = exported(http, "organizations.json", start_time=seconds(twin) - 100)
    assert row["id"] == ACME
    assert row["deleted_at"]
    twin.tombstones = False
    assert exported(http, "organizations.json", start_time=seconds(twin) - 100) == []


# Satisfaction.


def test_one_of_two_kinds_of_satisfaction_is_on_and_the_plan_may_have_neither(twin: ZendeskTwin, http: httpx.Client) -> None:
    paths = ("satisfaction_ratings.json", "guide/survey_responses.json")
    assert [http.get(path).status_code for path in paths] == [200, 403]
    twin.armed.arm(Fault.PLAN_GATED)
    assert http.get(paths[0]).status_code == 403
    twin.csat = "survey_responses"
    assert [http.get(path).status_code for path in paths] == [403, 200]
    twin.gated = True
    assert [http.get(path).status_code for path in paths] == [403, 403]


def test_survey_responses_are_paged_and_filtered_by_milliseconds() -> None:
    twin = ZendeskTwin(clock=TwinClock(START, speed=0), data=as_surveys(ROWS))
    twin.csat = "survey_responses"
    head = {"authorization": f"Bearer {twin.sign_in.access_token}"}

    def asked(query: str) -> Any:
        request = httpx.Request("GET", f"http://twin/api/v2/guide/survey_responses?{query}", headers=head)
        answered = twin.answer(request).response
        assert answered is not None
        return json.loads(answered.content)

    first = asked("page[size]=50")
    rest = asked(f"page[size]=100&page[after]={first['meta']['after_cursor']}")
    everything = first["survey_responses"] + rest["survey_responses"]
    assert {row["id"] for row in everything} == {row["id"] for row in as_surveys(ROWS)["survey_responses"]}
    middle = everything[60]["answers"][0]["created_at"]
    since = round(datetime.fromisoformat(middle).timestamp() * 1000)
    assert asked(f"filter[created_at_start]={since}")["survey_responses"] == everything[60:]


# Faults.


def test_faults_of_pages_reads_and_writes(twin: ZendeskTwin, http: httpx.Client, sdk: Zenpy) -> None:
    twin.armed.arm(Fault.REPEAT_PAGE)
    page = http.get("incremental/users/cursor.json", params={"start_time": 0, "per_page": 5}).json()
    assert http.get(page["after_url"]).json()["users"][:5] == page["users"]
    twin.armed.arm(Fault.EXPIRED_PAGE)
    assert http.get("organizations.json?page[size]=5").status_code == 400
    twin.armed.arm(Fault.EMPTY_LIST)
    assert http.get("organizations.json?page[size]=5").json()["meta"]["has_more"] is False
    twin.armed.arm(Fault.IGNORE_WRITE)
    http.put(f"organizations/{ACME}", json={"organization": {"name": "Ignored"}})
    assert sdk.organizations(id=ACME).name == ROWS["organizations"][0]["name"]
    http.put(f"organizations/{ACME}", json={"organization": {"name": "Renamed"}})
    twin.armed.arm(Fault.STALE_READ)
    assert [sdk.organizations(id=ACME).name for _ in range(2)] == [ROWS["organizations"][0]["name"], "Renamed"]
    twin.clock.advance(120)
    twin.armed.arm(Fault.LAG)
    start = seconds(twin) - 180
    assert [len(exported(http, "organizations.json", start_time=start)) for _ in range(2)] == [0, 1]
    for fault, status in {Fault.CONFLICT_409: 409, Fault.SCOPE_LOST: 403, Fault.TOKEN_EXPIRED: 401}.items():
        twin.armed.arm(fault)
        with pytest.raises(APIException) as refused:
            sdk.organizations.update(Organization(id=ACME, name="Conflict"))
        assert refused.value.response.status_code == status
