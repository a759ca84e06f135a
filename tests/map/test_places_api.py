"""`GET /api/v1/places`: what programs read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from httpx import AsyncClient

from tests.factories import Base, make_commune, make_day, make_place
from tierslieux.places.domain import Accessibility, PlaceDetails

PLACES = "/api/v1/places"
NINE, NOON = datetime(2027, 3, 24, 9, tzinfo=UTC), datetime(2027, 3, 24, 12, tzinfo=UTC)
AT = "at=2027-03-24T10:00:00Z"


async def features(client: AsyncClient, query: str) -> list[dict[str, Any]]:
    answer = await client.get(f"{PLACES}?{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["features"])


async def names(client: AsyncClient, query: str) -> list[str]:
    return [feature["properties"]["name"] for feature in await features(client, query)]


async def test_places_in_a_box_are_listed_by_name(client: AsyncClient, base: Base) -> None:
    make_place(base, "Zinc", kind="cafe")
    make_place(base, "Atelier", kind="fablab")
    make_place(base, "Ailleurs", at=(2.35, 48.85))
    answer = await client.get(f"{PLACES}?bbox=-5,47,-4,49")
    assert answer.headers["content-type"].startswith("application/geo+json")
    body = answer.json()
    assert [feature["properties"]["name"] for feature in body["features"]] == ["Atelier", "Zinc"]
    assert (body["type"], body["numberMatched"], body["numberReturned"]) == ("FeatureCollection", 2, 2)


async def test_places_near_a_point_come_by_distance_with_their_metres(client: AsyncClient, base: Base) -> None:
    make_place(base, "Loin", at=(-4.2, 48.1))
    make_place(base, "Tout près", at=(-4.1, 47.99))
    found = await features(client, "near=-4.1,47.99")
    assert [feature["properties"]["name"] for feature in found] == ["Tout près", "Loin"]
    assert found[0]["properties"]["distance_m"] == 0
    assert 14_000 < found[1]["properties"]["distance_m"] < 15_000


async def test_declared_places_come_before_nearer_ones_that_are_to_be_confirmed(
    client: AsyncClient, base: Base
) -> None:
    make_place(base, "Non", at=(-4.1, 48.0), welcome="no")
    make_place(base, "Inconnu", at=(-4.1, 48.0))
    make_place(base, "Déclaré", at=(-4.15, 48.05), welcome="no_booking")
    assert await names(client, "near=-4.1,48") == ["Déclaré", "Inconnu", "Non"]


async def test_pages_follow_each_other_by_their_links(client: AsyncClient, base: Base) -> None:
    for number in range(5):
        make_place(base, f"Lieu {number}")
    address, found = f"{PLACES}?near=-4,48&limit=2", []
    while address:
        body = (await client.get(address)).json()
        found += [feature["properties"]["name"] for feature in body["features"]]
        address = next((link["href"] for link in body["links"] if link["rel"] == "next"), "")
    assert found == [f"Lieu {number}" for number in range(5)]


async def test_a_place_of_a_list_has_every_key_of_the_contract(client: AsyncClient, base: Base) -> None:
    place_id = make_place(base, street="Esplanade Julien Gracq", postal_code="29000", commune_name="Quimper")
    make_day(base, place_id, date(2027, 3, 24), (NINE, NOON))
    feature = (await features(client, f"near=-4.1024,47.996&{AT}"))[0]
    properties = feature["properties"]
    assert feature["id"] == properties["id"] == str(place_id)
    assert feature["geometry"] == {"type": "Point", "coordinates": [-4.1024, 47.996]}
    assert properties["address"] == {
        "street": "Esplanade Julien Gracq", "postal_code": "29000", "commune": "Quimper", "commune_code": None,
    }  # fmt: skip
    assert (properties["hours_state"], properties["hours_reason"]) == ("open", None)
    assert (properties["free_seats"], properties["first_free"], properties["welcome"]) == (None, None, "unknown")
    assert properties["slug"] == f"mediatheque-{place_id}"
    assert datetime.fromisoformat(properties["as_of"]).utcoffset() is not None
    assert properties["sources"] == [
        {"source": "bibliotheques", "licence": "Licence Ouverte 2.0", "dated": "2024-08-01"}
    ]


async def test_a_place_says_until_when_it_is_open_in_its_own_time(client: AsyncClient, base: Base) -> None:
    place_id = make_place(base, at=(55.45, -20.9), time_zone="Indian/Reunion")
    make_day(base, place_id, date(2027, 3, 24), (NINE, NOON))
    make_day(
        base, place_id, date(2027, 3, 25), (datetime(2027, 3, 25, 9, tzinfo=UTC), datetime(2027, 3, 25, 10, tzinfo=UTC))
    )
    properties = (await features(client, f"near=55.45,-20.9&{AT}"))[0]["properties"]
    assert properties["hours_until"] == "2027-03-24T16:00:00+04:00"


async def test_a_closed_place_says_when_it_opens_and_why_it_is_closed(client: AsyncClient, base: Base) -> None:
    place_id = make_place(base)
    make_day(base, place_id, date(2027, 3, 24), reason="public_holiday")
    tomorrow = datetime(2027, 3, 25, 9, tzinfo=UTC)
    make_day(base, place_id, date(2027, 3, 25), (tomorrow, tomorrow.replace(hour=11)))
    properties = (await features(client, f"near=-4.1,48&{AT}"))[0]["properties"]
    assert (properties["hours_state"], properties["hours_reason"]) == ("closed", "public_holiday")
    assert properties["hours_until"] == "2027-03-25T10:00:00+01:00"


async def test_hours_that_nobody_knows_are_not_closed(client: AsyncClient, base: Base) -> None:
    make_place(base, "Sans horaires")
    silent = make_place(base, "Muet")
    make_day(base, silent, date(2027, 3, 24), state="unknown", reason="holiday_not_stated")
    found = await features(client, f"near=-4.1,48&{AT}")
    assert [(each["properties"]["hours_state"], each["properties"]["hours_reason"]) for each in found] == [
        ("unknown", "no_hours"),
        ("unknown", "holiday_not_stated"),
    ]


async def test_open_leaves_out_what_open_or_unknown_keeps(client: AsyncClient, base: Base) -> None:
    opened, closed = make_place(base, "Ouvert"), make_place(base, "Fermé")
    make_place(base, "Inconnu")
    make_day(base, opened, date(2027, 3, 24), (NINE, NOON))
    make_day(base, closed, date(2027, 3, 24))
    assert await names(client, f"near=-4.1,48&hours=open&{AT}") == ["Ouvert"]
    assert await names(client, f"near=-4.1,48&hours=open_or_unknown&{AT}") == ["Ouvert", "Inconnu"]


async def test_a_place_that_closes_at_ten_is_closed_at_ten(client: AsyncClient, base: Base) -> None:
    place_id = make_place(base)
    make_day(base, place_id, date(2027, 3, 24), (NINE, NINE.replace(hour=10)))
    assert await names(client, f"near=-4.1,48&hours=open&{AT}") == []
    assert await names(client, "near=-4.1,48&hours=open&at=2027-03-24T09:59:59Z") == ["Médiathèque"]


async def test_a_bar_that_opened_yesterday_evening_is_open_after_midnight(client: AsyncClient, base: Base) -> None:
    place_id = make_place(base, "Bar")
    evening = datetime(2027, 3, 23, 19, tzinfo=UTC)
    make_day(base, place_id, date(2027, 3, 23), (evening, datetime(2027, 3, 24, 1, tzinfo=UTC)))
    make_day(base, place_id, date(2027, 3, 24))
    assert await names(client, "near=-4.1,48&hours=open&at=2027-03-24T01:30:00%2B01:00") == ["Bar"]


async def test_the_local_day_decides_far_from_greenwich(client: AsyncClient, base: Base) -> None:
    place_id = make_place(base, "Fare", at=(-149.5, -17.5), time_zone="Pacific/Tahiti")
    opens = datetime(2027, 3, 25, 4, tzinfo=UTC)  # the evening of the 24th in Tahiti
    make_day(base, place_id, date(2027, 3, 24), (opens, opens.replace(hour=8)))
    assert await names(client, "near=-149.5,-17.5&hours=open&at=2027-03-25T05:00:00Z") == ["Fare"]
    closed = "near=-149.5,-17.5&hours=open_or_unknown&at=2027-03-25T09:00:00Z"
    assert await names(client, closed) == []


async def test_some_kinds_are_shown_only_when_asked_for(client: AsyncClient, base: Base) -> None:
    make_place(base, "Borne", kind="wifi_spot")
    make_place(base, "Café", kind="cafe")
    assert await names(client, "near=-4.1,48") == ["Café"]
    assert await names(client, "near=-4.1,48&kind=wifi_spot") == ["Borne"]
    assert await names(client, "near=-4.1,48&kind=wifi_spot&kind=cafe") == ["Borne", "Café"]


@pytest.mark.parametrize("state", ["draft", "closed"])
async def test_only_published_places_are_found(client: AsyncClient, base: Base, state: str) -> None:
    make_place(base, state=state)
    assert await names(client, "near=-4.1,48") == []


async def test_all_amenities_that_are_asked_for_must_be_known(client: AsyncClient, base: Base) -> None:
    make_place(base, "Tout", details=PlaceDetails(amenities={"wifi": "yes", "printer": "yes"}))
    make_place(base, "Wi-Fi seul", details=PlaceDetails(amenities={"wifi": "yes", "printer": "no"}))
    make_place(base, "Rien de connu")
    assert await names(client, "near=-4.1,48&amenities=wifi&amenities=printer") == ["Tout"]
    assert await names(client, "near=-4.1,48&wifi=yes_or_unknown&amenities_or_unknown=printer") == [
        "Tout",
        "Rien de connu",
    ]


async def test_access_and_price_know_yes_and_yes_or_unknown(client: AsyncClient, base: Base) -> None:
    make_place(base, "Oui", details=PlaceDetails(accessibility=Accessibility(wheelchair="yes"), price="free"))
    make_place(base, "Non", details=PlaceDetails(accessibility=Accessibility(wheelchair="no"), price="paid"))
    make_place(base, "Inconnu")
    assert await names(client, "accessible=yes") == ["Oui"]
    assert await names(client, "accessible=yes_or_unknown") == ["Inconnu", "Oui"]
    assert await names(client, "price=free") == ["Oui"]
    assert await names(client, "price=free_or_unknown") == ["Inconnu", "Oui"]
    assert await names(client, "max_price=500") == ["Oui"]


@pytest.mark.parametrize(
    "text", ["médiathèque", "MEDIATHEQUE", "mediateque", "médiathèque quimper", "quimpr mediatheque", "gracq"]
)
async def test_words_are_found_without_accents_and_with_typing_errors(
    client: AsyncClient, base: Base, text: str
) -> None:
    make_place(base, "Médiathèque Julien-Gracq", commune_name="QUIMPER")
    make_place(base, "Café du Port", kind="cafe", commune_name="Brest")
    found = await client.get(PLACES, params={"q": text})
    assert [each["properties"]["name"] for each in found.json()["features"]] == ["Médiathèque Julien-Gracq"]


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE place; --", "%", "_", "\\", "<script>", "🦊", "...", "(((", "%s %(at)s"]
)
async def test_no_text_breaks_the_search(client: AsyncClient, base: Base, text: str) -> None:
    make_place(base)
    answer = await client.get(PLACES, params={"q": text})
    assert (answer.status_code, answer.json()["numberMatched"]) == (200, 0)


async def test_a_commune_is_also_found_by_a_code_of_old(client: AsyncClient, base: Base) -> None:
    make_commune(base)
    base.execute("INSERT INTO commune_change VALUES ('29066', '1960-01-01', 'Ergué-Armel', '29232')")
    make_place(base, "Dedans", commune_code="29232")
    make_place(base, "Ailleurs", commune_code="29019")
    for query in ("commune=29232", "commune=29066", "territory=29232", "territory=200068120", "territory=dep-29"):
        assert await names(client, query) == ["Dedans"], query
    assert await names(client, "territory=reg-53") == ["Dedans"]
    assert await names(client, "territory=dep-53") == []


async def test_around_a_commune_distances_count_from_its_point(client: AsyncClient, base: Base) -> None:
    make_commune(base)
    make_place(base, "Voisin", at=(-4.2, 48.0), commune_code="29106")
    found = await features(client, "commune=29232&radius_m=10000")
    assert 7000 < found[0]["properties"]["distance_m"] < 7600
    assert await features(client, "commune=29232&radius_m=5000") == []


async def test_a_detour_is_counted_from_home_to_work(client: AsyncClient, base: Base) -> None:
    make_place(base, "En chemin", at=(2.4, 48.8))
    make_place(base, "À côté", at=(2.4, 48.9))
    make_place(base, "Trop loin", at=(2.4, 49.8))
    found = await features(client, "sort=detour&home=2.3,48.8&work=2.5,48.8")
    assert [each["properties"]["name"] for each in found] == ["En chemin", "À côté"]
    assert found[0]["properties"]["detour_m"] < 10
    assert 15_000 < found[1]["properties"]["detour_m"] < 16_000


async def test_no_place_is_free_before_places_can_be_booked(client: AsyncClient, base: Base) -> None:
    make_place(base, welcome="bookable")
    window = "free_from=2027-03-24T10:00:00Z&free_to=2027-03-24T11:00:00Z&seats=2"
    assert await names(client, f"near=-4.1,48&{window}") == []
    assert await names(client, "near=-4.1,48&sort=first_free") == ["Médiathèque"]


async def test_a_place_without_a_position_is_still_in_its_commune(client: AsyncClient, base: Base) -> None:
    make_place(base, at=None, commune_code="29232")
    found = await features(client, "commune=29232")
    assert [feature["geometry"] for feature in found] == [None]


async def test_the_number_of_matches_is_left_out_beyond_a_thousand(client: AsyncClient, base: Base) -> None:
    place_id = make_place(base)
    columns = (
        "state, kind, name, search_name, slug, time_zone, position, details, known_yes, known_no, welcome, policy,"
        " version, updated_at"
    )
    base.execute(f"INSERT INTO place ({columns}) SELECT {columns} FROM place, generate_series(1, 999)")
    assert (await client.get(f"{PLACES}?near=-4.1,48")).json()["numberMatched"] == 1000
    base.execute(f"INSERT INTO place ({columns}) SELECT {columns} FROM place WHERE place_id = %s", (place_id,))
    assert "numberMatched" not in (await client.get(f"{PLACES}?near=-4.1,48")).json()


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "é", "../../etc", "A" * 5000])
async def test_a_cursor_that_was_altered_is_refused(client: AsyncClient, cursor: str) -> None:
    answer = await client.get(PLACES, params={"near": "-4,48", "cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"


async def test_a_cursor_of_another_list_is_refused(client: AsyncClient, base: Base) -> None:
    make_place(base)
    make_place(base)
    body = (await client.get(f"{PLACES}?near=-4.1,48&limit=1")).json()
    following = next(link["href"] for link in body["links"] if link["rel"] == "next")
    answer = await client.get(following.replace("near=-4.1", "near=-4.2"))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "bad_cursor")


async def test_what_cannot_be_read_is_named_and_nothing_else_is_told(client: AsyncClient) -> None:
    answer = await client.get(f"{PLACES}?bbox=1,2,3&limit=1000000000&colour=red")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "invalid_request"
    assert [(fault["field"], fault["code"]) for fault in problem["errors"]] == [
        ("colour", "unknown_field"),
        ("bbox", "wrong_length"),
        ("limit", "out_of_range"),
    ]
