"""Names as a French reader would write them: capitals and accents change where there is no doubt, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.places.importing.conftest import TODAY, simple
from tierslieux.places.importing.mapping import load_mapping
from tierslieux.places.importing.naming import tone_down
from tierslieux.places.importing.normalise import Normaliser
from tierslieux.places.importing.readers import open_source
from tierslieux.places.importing.record import PlaceRecord, RawRow
from tierslieux.shared.text import fold

SHAMEFUL = re.compile(
    r"\b[Bb]ibliotheque|\b[Mm][ée]diatheque|^bibliothèque|^mairie"
    r"|[a-zà-ÿ] (?:De|Du|Des) |[a-zà-ÿ]-(?:De|Du|Des|Sur)-|[ -]D['’]"
)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Mediatheque D'ergue Armel", "Médiathèque d'Ergue Armel"),
        ("Bibliothèque Du 7e Jean Macé", "Bibliothèque du 7e Jean Macé"),
        ("Bibliothèque De Saint-Martin-De-L'arçon", "Bibliothèque de Saint-Martin-de-l'Arçon"),
        ("Médiathèque de La Roche-sur-Yon", "Médiathèque de La Roche-sur-Yon"),
        ("Bibliothèque La maison des livres", "Bibliothèque La maison des livres"),
        ("Le Plan D", "Le Plan D"),
        ("Mairie Les Pineaux", "Mairie Les Pineaux"),
    ],
)
def test_a_name_that_a_program_gave_a_capital_to_each_word_is_toned_down_too(given: str, shown: str) -> None:
    assert tone_down(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Mediatheque Adrienne Chaix", "Médiathèque Adrienne Chaix"),
        ("bibliotheque municipale", "Bibliothèque municipale"),
        ("Médiathèque de la Ferme Du Buisson", "Médiathèque de la Ferme du Buisson"),
        ("Bibliothèque De L'association du Foyer Rural", "Bibliothèque de l'association du Foyer Rural"),
        ("Bibliothèque municipale L'encre et la plume", "Bibliothèque municipale L'encre et la plume"),
        ("Médiathèque ANDRE MALRAUX", "Médiathèque André Malraux"),
        ("Bibliothèque municipale. LA ROMANSCENE", "Bibliothèque municipale. La Romanscene"),
        ("Médiathèque Raoul MILHAUD", "Médiathèque Raoul MILHAUD"),
        ("Réseau CIDFF PIMMS du Cher", "Réseau CIDFF PIMMS du Cher"),
        ("ccas", "CCAS"),
        ("blenderlab", "blenderlab"),
        ("https://www.example.org/LIEU", "https://www.example.org/LIEU"),
    ],
)
def test_a_name_in_ordinary_letters_is_mended_where_there_is_no_doubt(given: str, shown: str) -> None:
    assert tone_down(given) == shown


@pytest.mark.parametrize(
    ("given", "commune", "shown"),
    [
        ("CC Meslay-Grez Bibliothèque d'arquenay", "Arquenay", "CC Meslay-Grez Bibliothèque d'Arquenay"),
        ("MSD de Puy L'évêque", "Puy-l'Évêque", "MSD de Puy l'Évêque"),
        ("Mairie de Laval Sur Luzege", "Laval-sur-Luzège", "Mairie de Laval sur Luzège"),
        ("Bibliothèque Municipale du ROBERT", "Le Robert", "Bibliothèque Municipale du Robert"),
        ("Mairie de SOUZAY-CHAMPIGNY", "Souzay-Champigny", "Mairie de Souzay-Champigny"),
        ("Bibliothèque Lire à Liré", "Liré", "Bibliothèque Lire à Liré"),
        ("Un sens à la vie", "Sens", "Un sens à la vie"),
        ("Mairie d'Évron", "Evron", "Mairie d'Évron"),
    ],
)
def test_the_commune_inside_a_name_is_written_as_the_commune_writes_it(given: str, commune: str, shown: str) -> None:
    assert tone_down(given, commune) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2 BD de Verdun", "2 boulevard de Verdun"),
        ("12 bis RUE Anne Turgot", "12 bis rue Anne Turgot"),
        ("1 PLACE Gaston Viens", "1 place Gaston Viens"),
        ("PLACE DU MARCHE", "Place du Marche"),
        ("4 rue de Falkirk", "4 rue de Falkirk"),
        ("8 Pl. de la Mairie", "8 Pl. de la Mairie"),
    ],
)
def test_a_street_line_says_the_kind_of_street_in_small_letters(given: str, shown: str) -> None:
    assert simple(adresse=given).street == shown


def test_the_number_of_the_departement_before_a_name_is_not_shown_and_another_number_is() -> None:
    assert simple(nom="29 - Bibliothèque du Finistère", code_insee="29232").name == "Bibliothèque du Finistère"
    assert simple(nom="29 - Bibliothèque du Finistère", code_insee="29232").name_given.startswith("29 - ")
    assert simple(nom="21 - Work street", code_insee="60159").name == "21 - Work street"


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("Bibliothèque de Brion INACTIF", "closed"),
        ("Bibliothèque de Lunay (fermé)", "closed"),
        ("Bibliothèque Jean-Louis Barrault (fermée depuis avril 2021)", "closed"),
        ("Bibliothèque de Ollé - Fermée", "closed"),
        ("L'atelier du 9 (Actuellement fermé)", "closed"),
        ("Médiathèque de La Ferme Corsange", "published"),
        ("Chambre fermée à clé", "published"),
    ],
)
def test_a_place_whose_own_name_says_that_it_is_closed_is_not_listed(name: str, state: str) -> None:
    assert simple(nom=name).state == state


@pytest.mark.parametrize("source", ["bibliotheques_publiques", "mednum_conseillers_numeriques_2022"])
def test_no_real_name_is_badly_written_after_toning_down(shared: Path, source: str) -> None:
    mapping = load_mapping(source)
    normaliser = Normaliser(mapping, TODAY)
    rows = open_source(shared / f"{source}.csv.gz", mapping.encoding, None).rows()
    read = [normaliser.read(row) for row in rows if isinstance(row, RawRow)]
    records = [record for record in read if isinstance(record, PlaceRecord)]
    assert len(records) > 4000
    assert [record.name for record in records if not fold(record.name_given).endswith(fold(record.name))] == []
    assert [record.name for record in records if SHAMEFUL.search(record.name)] == []
