"""Whoever goes back while a desk is kept for them, to mend an address or to choose another, is not in their own way."""

from __future__ import annotations

import httpx
from httpx import AsyncClient

from tests.booking.world import TUESDAY, World

FORM = {"jour": TUESDAY, "de": "09:00", "a": "10:00", "personnes": "1", "mode": "hour", "nom": "Camille Dupont"}


def asking(resource: int = 1, **changes: str) -> dict[str, str]:
    return {**FORM, "ressource": str(resource), "email": "camille@exemple.fr", **changes}


async def send(client: AsyncClient, world: World, form: dict[str, str]) -> httpx.Response:
    page = await client.get(f"/lieux/{world.place_id}/reserver", params=form, follow_redirects=True)
    return await client.post(page.url.path, data=form, follow_redirects=False)


def kept(world: World) -> list[tuple[int, str]]:
    return world.base.execute(
        "SELECT resource_id, status FROM booking WHERE place_id = %s ORDER BY created_at, status DESC",
        (world.place_id,),
    ).fetchall()


async def test_a_mistyped_address_is_mended_with_the_same_desk(world: World, client: AsyncClient) -> None:
    world.place(seats=1)
    first = await send(client, world, asking(email="camile@exemple.fr"))
    assert first.status_code == 303
    again = await send(client, world, asking())
    assert again.status_code == 303
    assert again.headers["location"] != first.headers["location"]
    assert sorted(status for _, status in kept(world)) == ["cancelled_by_guest", "held"]


async def test_the_page_of_a_desk_that_one_keeps_shows_the_form(world: World, client: AsyncClient) -> None:
    world.place(seats=1)
    assert (await send(client, world, asking())).status_code == 303
    page = await client.get(f"/lieux/{world.place_id}/reserver", params=asking(), follow_redirects=True)
    assert 'name="email"' in page.text
    client.cookies.clear()
    page = await client.get(f"/lieux/{world.place_id}/reserver", params=asking(), follow_redirects=True)
    assert 'name="email"' not in page.text


async def test_another_resource_at_that_time_is_kept_in_place_of_the_first(world: World, client: AsyncClient) -> None:
    other = world.resource(seats=1, resource_id=2)
    assert (await send(client, world, asking(2))).status_code == 303
    assert (await send(client, world, asking(1))).status_code == 303
    assert sorted(kept(world)) == [(1, "held"), (int(str(other).rpartition("-")[2]), "cancelled_by_guest")]


async def test_a_desk_at_another_time_stays_kept(world: World, client: AsyncClient) -> None:
    assert (await send(client, world, asking())).status_code == 303
    assert (await send(client, world, asking(de="14:00", a="15:00"))).status_code == 303
    assert [status for _, status in kept(world)] == ["held", "held"]


async def test_a_refused_second_try_leaves_the_first_desk_kept(world: World, client: AsyncClient) -> None:
    assert (await send(client, world, asking())).status_code == 303
    assert (await send(client, world, asking(personnes="9"))).status_code == 409
    assert [status for _, status in kept(world)] == ["held"]
