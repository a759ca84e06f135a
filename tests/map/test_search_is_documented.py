"""The OpenAPI document and the reader of queries know the same names."""

from __future__ import annotations

from httpx import AsyncClient

from tierslieux.map.parameters import CRITERIA_NAMES, PAGING_NAMES


async def test_every_parameter_of_the_search_is_documented(client: AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    given = {parameter["name"] for parameter in document["paths"]["/api/v1/places"]["get"]["parameters"]}
    assert given == CRITERIA_NAMES | PAGING_NAMES
