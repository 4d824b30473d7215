"""The catalogue over REST: in English on the wire, with words for pages."""

from tests.studio_rest.studio import Studio


def test_the_words_of_a_language_are_told_by_the_english_text(studio: Studio) -> None:
    polish = studio.get("/modules/words", language="pl")
    assert polish["modules"]["Feature Hashing"]["name"] == "Haszowanie cech"
    assert polish["parameters"]["Hashing bitsize"] == "Liczba bitów skrótu"
    assert studio.get("/modules/words") == {}


def test_modules_keep_their_english_names_in_every_language(studio: Studio) -> None:
    answer = studio.call(
        "GET", "/modules/Feature Hashing", headers={"Accept-Language": "pl"}
    )
    assert answer.json()["Name"] == "Feature Hashing"


def test_a_language_without_words_is_refused_with_those_that_have_some(
    studio: Studio,
) -> None:
    answer = studio.call("GET", "/modules/words", params={"language": "de"})
    assert answer.status_code == 404
    assert "there are: en, pl" in answer.json()["error"]["message"]
