"""`/contents/…`: what signed links lead to; whoever holds one needs no token."""

from collections.abc import Mapping

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Missing
from bramka.domain.learning.saved import Saved
from bramka.store.saved import saved_anywhere
from bramka.studio.task import Place
from bramka.studio_rest.call import Site, as_json
from bramka.studio_rest.refusal import refuse
from bramka.studio_rest.saved_entry import schema_entry
from bramka.studio_rest.saved_file import DATA, saved_file
from bramka.studio_rest.showing import figures
from bramka.studio_rest.signature import admit


class ContentsDoor:
    """Answers `GET /contents/saved/{id}/{what}`."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def __repr__(self) -> str:
        return "<ContentsDoor>"

    async def answer(self, request: Request) -> Response:
        try:
            place = request.path_params["place"]
            query = dict(request.query_params)
            return await anyio.to_thread.run_sync(self._answer, place, query)
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)

    def _answer(self, place: str, query: Mapping[str, str]) -> Response:
        store = self._site.store
        with store.reading() as transaction:
            admit(store.vault.pepper, place, query, transaction.now)
            if place.count("/") != 2:
                raise Missing("A package is not downloaded; PUT it as packageUri.")
            _, saved_id, what = place.split("/")
            saved = saved_anywhere(transaction, saved_id)
        if what == "schema":
            return as_json(schema_entry(saved))
        if what == "visualize":
            return self._visualize(saved)
        return saved_file(self._site, saved, query.get("format", ""))

    def _visualize(self, saved: Saved) -> Response:
        if saved.rows is None:
            raise Missing(f"'{saved.name}' is no table; there is nothing to show.")
        place = Place(str(self._site.content(saved.content)), DATA)
        return figures(self._site, place)
