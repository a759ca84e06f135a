"""Each trap of real data by its own name."""

from __future__ import annotations

import pytest

from tests.places.importing.conftest import read_row, refusal, simple
from tierslieux.places.importing.record import PlaceRecord, Refusal


def reasons(record: PlaceRecord) -> str:
    return " / ".join(remark.reason for remark in record.remarks)


def test_a_name_in_capitals_is_toned_down_and_the_given_one_kept() -> None:
    record = simple(nom="MEDIATHEQUE DE QUIMPER")
    assert (record.name, record.name_given) == ("Médiathèque de Quimper", "MEDIATHEQUE DE QUIMPER")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("BIBLIOTHEQUE MUNICIPALE", "Bibliothèque municipale"),
        ("CROIX ROUGE FRANCAISE", "Croix Rouge française"),
        ("MAISON DE SERVICES AU PUBLIC D'ABONDANCE", "Maison de services au public d'Abondance"),
        ("CCAS DE CHATEAUROUX", "CCAS de Châteauroux"),
        ("MJC CENTRE SOCIAL VICTOR HUGO", "MJC centre social Victor Hugo"),
        ("LA POSTE", "La Poste"),
        ("CCAS", "CCAS"),
        ("Le 18 bis", "Le 18 bis"),
    ],
)
def test_known_words_get_their_accents_and_acronyms_stay(given: str, shown: str) -> None:
    assert simple(nom=given).name == shown


def test_the_commune_of_the_row_shows_how_its_name_is_written() -> None:
    assert simple(nom="MAIRIE DE SEGLIEN", commune="Séglien").name == "Mairie de Séglien"


def test_swapped_degrees_are_put_in_order_and_said() -> None:
    record = simple(longitude="48.0", latitude="-4.1")
    assert record.position == (-4.1, 48.0)
    assert "inversées" in reasons(record)


def test_lambert_93_that_was_not_announced_is_converted_and_said() -> None:
    record = simple(longitude="171500,5", latitude="6793000,25")
    assert record.position is not None
    assert record.position == pytest.approx((-4.12, 48.0), abs=0.1)
    assert "Lambert 93" in reasons(record)


def test_coordinates_of_zero_are_none_and_the_commune_stands_in() -> None:
    record = simple(longitude="0", latitude="0", code_insee="29232")
    assert record.position is None
    assert "0, 0" in reasons(record)


def test_coordinates_of_zero_without_a_commune_are_refused() -> None:
    assert "0, 0" in refusal(longitude="0", latitude="0").reason


@pytest.mark.parametrize(
    ("lon", "lat"), [("-74.0", "40.7"), ("13.4", "52.5"), ("1e9", "2"), ("nan", "nan"), ("inf", "48")]
)
def test_a_position_that_is_not_in_france_is_refused_with_its_columns(lon: str, lat: str) -> None:
    found = refusal(longitude=lon, latitude=lat)
    assert found.column == "longitude, latitude"
    assert found.remedy


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [
        ("55.45", "-20.88", "Indian/Reunion"),
        ("166.45", "-22.27", "Pacific/Noumea"),
        ("-149.57", "-17.54", "Pacific/Tahiti"),
        ("-56.17", "46.78", "America/Miquelon"),
        ("2.35", "48.85", "Europe/Paris"),
    ],
)
def test_a_place_overseas_keeps_the_time_of_its_territory(lon: str, lat: str, zone: str) -> None:
    assert simple(longitude=lon, latitude=lat).time_zone == zone


def test_a_place_without_position_or_commune_is_refused() -> None:
    found = refusal(longitude="", latitude="")
    assert "commune inconnue" in found.reason


def test_a_place_without_a_name_is_refused() -> None:
    assert refusal(nom=" - ").reason == "nom absent"


@pytest.mark.parametrize("given", ["1500", "1500.0", "01500"])
def test_a_postal_code_that_was_a_number_gets_its_zero_back(given: str) -> None:
    assert simple(code_postal=given).postal_code == "01500"


@pytest.mark.parametrize(
    ("given", "code"), [("1033", "01033"), ("2B10", "2B010"), ("2a004", "2A004"), ("97411", "97411")]
)
def test_a_commune_code_is_text_with_its_zeros(given: str, code: str) -> None:
    assert simple(code_insee=given).commune_code == code


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("02 98 00 00 00", "+33298000000"),
        ("298000000", "+33298000000"),
        ("+33 (0)4 50 33 65 50", "+33450336550"),
        ("0033298000000", "+33298000000"),
        ("04.50.22.09.07 ou 06 11 22 33 44", "+33450220907"),
        ("3949", None),
        ("-", None),
    ],
)
def test_a_phone_number_is_e164_or_none(given: str, number: str | None) -> None:
    assert simple(telephone=given).phone == number


def test_a_date_of_1970_is_none_and_said() -> None:
    record = simple(date_maj="1970-01-01")
    assert record.dated is None
    assert "date" in reasons(record)


@pytest.mark.parametrize("given", ["24/03/2021", "2021-03-24", "2021-03-24T10:00:00Z", "2021/03/24 14:16:50.898"])
def test_dates_are_read_in_french_and_iso_order(given: str) -> None:
    assert str(simple(date_maj=given).dated) == "2021-03-24"


@pytest.mark.parametrize("given", ["09/0102023", "2099-01-01", "hier", "31/02/2020"])
def test_a_date_that_cannot_be_is_left_out_and_said(given: str) -> None:
    record = simple(date_maj=given)
    assert record.dated is None
    assert record.remarks


@pytest.mark.parametrize(
    "given",
    [
        "<script>alert(1)</script>Le Lieu",
        "&lt;script&gt;alert(1)&lt;/script&gt;Le Lieu",
        '<b>Le</b> <i class="fa">Lieu</i>',
        "Le\x07 Lieu\x00\u202e",
        "Le&nbsp;Lieu<!-- caché -->",
        "<img src=x onerror=alert(1)>Le Lieu",
    ],
)
def test_markup_scripts_and_control_characters_become_plain_text(given: str) -> None:
    assert simple(nom=given).name == "Le Lieu"


@pytest.mark.parametrize("given", ["javascript:alert(1)", "data:text/html,x", "http://a b", "ftp://x.fr", '"><script>'])
def test_a_site_is_only_ever_http(given: str) -> None:
    assert simple(site_web=given).details.website is None


def test_a_bare_host_becomes_an_address() -> None:
    assert simple(site_web="bibliotheque.bordeaux.fr").details.website == "https://bibliotheque.bordeaux.fr"


def test_a_siret_of_zeros_or_with_a_wrong_digit_is_none() -> None:
    assert simple(siret="00000000000000").details.siret is None
    assert simple(siret="77556026100016").details.siret is None
    assert simple(siret="775 560 261 00015").details.siret == "77556026100015"


def test_hours_in_osm_text_are_kept_as_found() -> None:
    assert simple(horaires_osm="Tu-Sa 10:00-12:30").hours_osm == "Tu-Sa 10:00-12:30"


def test_french_hours_are_read_and_kept() -> None:
    record = simple(horaires="du mardi au samedi 10h-12h30 et 14h-18h")
    assert record.hours_text == "du mardi au samedi 10h-12h30 et 14h-18h"
    assert record.hours_osm == "Tu-Sa 10:00-12:30,14:00-18:00"
    assert not record.hours_unreadable


def test_hours_that_nobody_understands_are_kept_marked_and_said() -> None:
    record = simple(horaires="quand la lampe est allumée")
    assert record.hours_text == "quand la lampe est allumée"
    assert (record.hours_osm, record.hours_unreadable) == (None, True)
    assert "horaires" in reasons(record)


def test_faulty_osm_hours_are_kept_marked_and_said() -> None:
    record = simple(horaires_osm="We 09:30-13:00-18:00")
    assert (record.hours_osm, record.hours_unreadable) == ("We 09:30-13:00-18:00", True)
    assert "horaires illisibles" in reasons(record)


def test_a_column_for_each_weekday_becomes_weekly_hours() -> None:
    row = {
        "MATRICULE": "1", "lib_france_services": "Valserhône", "LATITUDE": "46.1", "LONGITUDE": "5.8",
        "h_lundi": "9:00 - 12:00 / 13:30 - 17:00", "h_mardi": "-", "h_mercredi": "Horaires non communiqués",
    }  # fmt: skip
    record = read_row("france_services_2020_jours", row)
    assert isinstance(record, PlaceRecord)
    assert record.name == "France services Valserhône"
    assert record.hours_osm == "Mo 09:00-12:00,13:30-17:00"


def test_a_weekday_that_cannot_be_read_is_unknown_and_not_closed() -> None:
    row = {
        "Nom du lieu ou de la structure *": "MJC", "bf_latitude": "45.9", "bf_longitude": "6.09",
        "Type de lieu": "Tiers-Lieux",
        "Mardi": "14h-17h", "Mercredi": "selon la lune",
    }  # fmt: skip
    record = read_row("hinaura_formulaire", row)
    assert isinstance(record, PlaceRecord)
    assert record.hours_osm is not None
    assert "We unknown" in record.hours_osm
    assert record.details.is_self_declared_third_place


def test_categories_spread_over_booleans_give_one_kind() -> None:
    row = {
        "gid": "1",
        "c_nom": "Lieu",
        "c_lat_coor1": "47.0",
        "c_long_coor1": "2.4",
        "c_epn": "True",
        "c_coworking": "True",
    }
    record = read_row("hub_lo_etiquettes", row)
    assert isinstance(record, PlaceRecord)
    assert record.kind == "coworking"


def test_a_list_of_days_in_braces_is_joined_to_its_hours() -> None:
    row = {
        "gid": "1", "c_nom": "Lieu", "c_lat_coor1": "47.0", "c_long_coor1": "2.4",
        "c_jours_semaine": "{Lundi,Mardi}", "c_horaire_ouverture": "9h-12h",
    }  # fmt: skip
    record = read_row("hub_lo_etiquettes", row)
    assert isinstance(record, PlaceRecord)
    assert record.hours_osm == "Mo,Tu 09:00-12:00"


def test_x_that_is_the_latitude_is_declared_by_the_mapping() -> None:
    row = {"Lieu": "Médiathèque", "Coord. X": "44.839574881764", "Coord. Y": "-0.58023800736287"}
    record = read_row("gironde_xy_inverses", row)
    assert isinstance(record, PlaceRecord)
    assert record.position == pytest.approx((-0.58, 44.84), abs=0.01)
    assert record.kind == "library"
    assert not record.remarks


def test_announced_lambert_93_with_decimal_comma_is_converted() -> None:
    row = {"ID_LieuMed": "LMN008", "NOM_STRUCTURE": "AMIA", "x": "475198,121680863", "y": "6692424,50691385"}
    record = read_row("maine_et_loire_lambert93_virgule", row)
    assert isinstance(record, PlaceRecord)
    assert record.position == pytest.approx((0.02466, 47.294016), abs=1e-5)


def test_an_osm_feature_is_known_by_its_tags() -> None:
    row = {
        "@id": "node/1", "@lon": "2.35", "@lat": "48.85", "name": "Le Coin", "office": "coworking",
        "wheelchair": "limited",
        "internet_access": "wlan", "addr:housenumber": "3", "addr:street": "Rue Haute",
        "contact:phone": "+33 1 44 78 12 75",
    }  # fmt: skip
    record = read_row("osm_geojson", row)
    assert isinstance(record, PlaceRecord)
    assert (record.kind, record.street, record.phone) == ("coworking", "3 Rue Haute", "+33144781275")
    assert record.details.amenities == {"wifi": "yes"}
    assert record.details.accessibility.wheelchair == "limited"


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ("Gratuit : Je peux accéder gratuitement au lieu", "free"),
        ("Gratuit sous condition : La gratuité est conditionnée", "conditions"),
        ("Payant : L'accès au lieu est payant", "paid"),
        ("Gratuit : Je peux accéder gratuitement;Adhésion : il faut adhérer", "conditions"),
        ("", "unknown"),
    ],
)
def test_a_price_is_the_cautious_reading_of_what_is_said(said: str, price: str) -> None:
    row = {"id": "1", "nom": "Lieu", "lon": "2.3", "lat": "48.8", "conditions_acces": said}
    record = read_row("mednum_conseillers_numeriques_2022", row)
    assert isinstance(record, PlaceRecord)
    assert record.details.price == price


def test_only_a_place_that_calls_itself_so_is_a_third_place() -> None:
    assert simple(nom="Tiers-lieu du Port").details.is_self_declared_third_place
    assert not simple(nom="Coworking du Port").details.is_self_declared_third_place


def test_a_text_of_a_megabyte_is_cut_and_said() -> None:
    record = simple(description="mot " * 250_000)
    assert len(record.details.description.fr or "") <= 4000
    assert "coupé" in reasons(record)


def test_a_refusal_names_line_column_value_reason_and_remedy() -> None:
    found = refusal(longitude="abc", latitude="48")
    assert (found.line, found.column, found.value) == (2, "longitude, latitude", "abc 48")
    assert found.reason
    assert found.remedy
    assert isinstance(found, Refusal)
    assert found.values["nom"] == "Le Lieu"
