"""The practice portal read by HubSpot's own SDK: its typed calls, its models, its required fields. HubSpot's OpenAPI files are not free."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm import companies, contacts, deals, owners, pipelines, properties
from hubspot.crm.associations import v4
from hubspot.crm.companies.exceptions import UnauthorizedException

from connectors.hubspot import TWIN, populate
from connectors.hubspot.twin.settings import PORTAL
from connectors.kit.conformance.stage import START
from connectors.kit.serving import serve, stop
from connectors.kit.twin_clock import TwinClock
from hub.practice.customers import invented

pytestmark = [
    pytest.mark.contract,
    # The SDK reads an error's headers by a method that urllib3 has put away.
    pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning"),
]
ROWS = populate(invented(30, 7, date(2026, 3, 2)))


@pytest.fixture
def twin() -> Iterator[Any]:
    twin = TWIN(clock=TwinClock(START, speed=0), data=ROWS)
    served = serve(twin)
    yield twin
    stop(served)


@pytest.fixture
def client(twin: Any) -> Any:
    return HubSpot.create(access_token=twin.token, host=twin.url, base_url=twin.url)


MODULES = {"companies": companies, "contacts": contacts, "deals": deals}


@pytest.mark.parametrize("object", MODULES)
def test_lists_with_associations_history_and_paging(client: Any, object: str) -> None:
    api = getattr(client.crm, object).basic_api
    page = api.get_page(limit=2, associations=["companies", "contacts"], properties_with_history=["hubspot_owner_id"])
    assert len(page.results) == 2
    assert page.paging.next.after == page.results[-1].id or int(page.paging.next.after) > int(page.results[-1].id)
    row = page.results[0]
    assert row.properties["hs_object_id"] == row.id
    assert row.created_at <= row.updated_at <= START
    assert not row.archived
    assert all(version.source_type for version in row.properties_with_history["hubspot_owner_id"])
    assert len(client.crm.objects.basic_api.get_page(object, limit=100).results) == min(100, len(ROWS[object]))


def test_associations_are_in_the_list_and_in_v4(client: Any) -> None:
    contact = client.crm.contacts.basic_api.get_page(limit=1, associations=["companies"]).results[0]
    linked = contact.associations["companies"].results
    assert {link.type for link in linked} == {"contact_to_company"}
    inputs = v4.BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": contact.id}])
    read = client.crm.associations.v4.batch_api.get_page("contacts", "companies", inputs).results[0]
    assert [each.to_object_id for each in read.to] == [linked[0].id]
    assert read.to[0].association_types[0].category == "HUBSPOT_DEFINED"


def test_a_record_is_written_read_searched_merged_and_archived(client: Any, twin: Any) -> None:
    api = client.crm.companies
    made = [
        api.basic_api.create(
            companies.SimplePublicObjectInputForCreate(properties={"name": f"M{n}", "domain": f"m{n}.example"}, associations=[])
        )
        for n in range(2)
    ]
    changed = api.basic_api.update(made[0].id, companies.SimplePublicObjectInput(properties={"city": "Oslo"}))
    assert changed.properties["city"] == "Oslo"
    twin.clock.advance(60)
    filters = [{"propertyName": "domain", "operator": "EQ", "value": "m0.example"}]
    found = api.search_api.do_search(companies.PublicObjectSearchRequest(filter_groups=[{"filters": filters}], limit=10))
    assert (found.total, found.results[0].id) == (1, made[0].id)
    merged = client.crm.objects.basic_api.api_client.call_api(
        "/crm/v3/objects/companies/merge",
        "POST",
        body={"primaryObjectId": made[0].id, "objectIdToMerge": made[1].id},
        header_params={"Content-Type": "application/json"},
        auth_settings=["oauth2"],
        response_types_map={200: "SimplePublicObject"},
    )[0]
    assert merged.id not in {made[0].id, made[1].id}
    assert api.basic_api.get_by_id(made[1].id).id == merged.id
    api.basic_api.archive(merged.id)
    assert [row.id for row in api.basic_api.get_page(archived=True).results] == [merged.id]


def test_batches_and_what_they_refuse(client: Any) -> None:
    api = client.crm.companies.batch_api
    id = ROWS["companies"][0]["id"]
    read = api.read(
        companies.BatchReadInputSimplePublicObjectId(
            inputs=[{"id": id}, {"id": "1"}], properties=["name"], properties_with_history=[]
        )
    )
    assert [row.id for row in read.results] == [id]
    assert read.errors[0].category == "OBJECT_NOT_FOUND"
    inputs = [
        {"id": id, "properties": {"city": "Oslo"}, "objectWriteTraceId": "a"},
        {"id": id, "properties": {"industry": "CACTUS"}, "objectWriteTraceId": "b"},
    ]
    written = api.update(companies.BatchInputSimplePublicObjectBatchInput(inputs=inputs))
    assert [row.object_write_trace_id for row in written.results] == ["a"]
    assert written.num_errors == 1
    assert written.errors[0].context == {"objectWriteTraceId": ["b"]}
    upsert = [{"id": "k1", "idProperty": "concord_key", "properties": {"name": "Upserted"}}]
    first, again = (
        api.upsert(companies.BatchInputSimplePublicObjectBatchInputUpsert(inputs=upsert)).results[0] for _ in range(2)
    )
    assert (first.new, again.new, first.id == again.id) == (True, False, True)


def test_properties_owners_and_pipelines(client: Any) -> None:
    found = {row.name: row for row in client.crm.properties.core_api.get_all("companies").results}
    assert found["industry"].type == "enumeration"
    assert found["industry"].options[0].value == "ACCOUNTING"
    assert found["concord_key"].has_unique_value
    group = properties.PropertyGroupCreate(name="mine", label="Mine")
    assert client.crm.properties.groups_api.create("companies", group).name == "mine"
    wanted = properties.PropertyCreate(
        name="shoe_size", label="Shoe size", type="number", field_type="number", group_name="mine"
    )
    assert client.crm.properties.core_api.create("companies", wanted).name == "shoe_size"
    living = client.crm.owners.owners_api.get_page(limit=100, archived=False).results
    assert {owner.id for owner in living} == {row["id"] for row in ROWS["owners"] if not row["archived"]}
    assert living[0].teams[0].primary
    assert isinstance(living[0], owners.PublicOwner)
    pipeline = client.crm.pipelines.pipelines_api.get_all("deals").results[0]
    assert isinstance(pipeline, pipelines.Pipeline)
    assert {row["properties"]["dealstage"] for row in ROWS["deals"]} <= {stage.id for stage in pipeline.stages}


def test_preferences_in_the_words_of_v3(client: Any) -> None:
    assert len(client.communication_preferences.definition_api.get_page().subscription_definitions) == len(
        ROWS["subscription_types"]
    )
    said = next(row for row in ROWS["consents"] if row["statuses"])
    read = client.communication_preferences.status_api.get_email_status(said["id"])
    states = {row.id: row.status for row in read.subscription_statuses}
    words = {"UNSUBSCRIBED": "NOT_SUBSCRIBED"}
    assert states.items() >= {id: words.get(row["status"], row["status"]) for id, row in said["statuses"].items()}.items()


def test_refusals_have_the_shape_of_the_sdks_errors(client: Any, twin: Any) -> None:
    taken = ROWS["contacts"][0]["properties"]["email"]
    body = contacts.BatchInputSimplePublicObjectBatchInputForCreate(
        inputs=[{"properties": {"email": taken}, "associations": []}]
    )
    with pytest.raises(contacts.ApiException) as conflict:
        client.crm.contacts.batch_api.create(body)
    assert conflict.value.status == 409
    assert "Contact already exists. Existing ID: " in conflict.value.body
    stranger = HubSpot.create(access_token="wrong", host=twin.url)
    with pytest.raises(UnauthorizedException):
        stranger.crm.companies.basic_api.get_page()


@pytest.mark.parametrize("prefix", ["/crm/v3/objects/companies", "/crm/objects/2026-09/companies"])
def test_dated_paths_answer_the_same_over_api_request(client: Any, prefix: str) -> None:
    answer = client.api_request({"path": prefix, "qs": {"limit": 1}}).json()
    model = client.crm.companies.basic_api.get_page(limit=1).results[0]
    assert answer["results"][0]["id"] == model.id
    assert client.api_request({"path": "/account-info/2026-09/details"}).json()["portalId"] == PORTAL


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"limit": 201}, "limit must be at most 200"),
        ({"limit": 200, "after": "9900"}, "Search is limited to 10000 results"),
        ({"filterGroups": [{"filters": []}] * 6}, "at most 5 filterGroups"),
        ({"properties": ["x" * 3000]}, "request body is too long"),
        ({"sorts": ["name", "domain"]}, "at most one sort"),
    ],
)
def test_the_search_is_as_narrow_as_hubspots(client: Any, body: dict[str, Any], message: str) -> None:
    answer = client.api_request({"path": "/crm/v3/objects/companies/search", "method": "POST", "body": body})
    assert answer.status_code == 400
    assert message in answer.json()["message"]
