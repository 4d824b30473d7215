"""Read a trained model from the web, or from a blob in Azure storage.

The file is one that this installation saved: it holds data, and reading it runs no
code.

    {
      "inputs": {},
      "parameters": {
        "Data source": "Web URL via HTTP",
        "Data source URL": "https://example.org/line.ilearner"
      },
      "outputs": {
        "Trained model": {
          "applied to": {"x": [4.0]},
          "gives": {"Scored Labels": ["approximately", 8.0]}
        }
      }
    }
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from bramka.catalogue._outside import blobs_at, fetched, no_way, told_as_download
from bramka.catalogue._reading import unparsed
from bramka.catalogue._shelf import shelf
from bramka.catalogue._state import state_from
from bramka.domain.learning.module import Learnt, Module, ModulePort, Ports
from bramka.domain.learning.outside import Outside

SOURCE = "Data source"
_WEB = {"shown_when": (SOURCE, ("Web URL via HTTP",))}
_BLOB = {"shown_when": (SOURCE, ("Azure Blob Storage",))}


class Settings(Struct, frozen=True, kw_only=True):
    """Where the model is, and how to get in."""

    source: Annotated[
        Literal["Azure Blob Storage", "Web URL via HTTP"],
        Meta(description="Where the model is."),
    ] = field(name=SOURCE, default="Azure Blob Storage")
    live: Annotated[
        bool,
        Meta(description="Kept for old experiments: published models are packed in."),
    ] = field(name="Allow to use in RRS", default=False)
    url: Annotated[str, Meta(description="The address of the model.", extra=_WEB)] = (
        field(name="Data source URL", default="")
    )
    account: Annotated[
        str, Meta(description="The storage account's name.", extra=_BLOB)
    ] = field(name="Account Name", default="")
    key: Annotated[
        str,
        Meta(
            description="The storage account's key.",
            extra={**_BLOB, "secret": True, "aliases": ("Account key",)},
        ),
    ] = field(name="Account Key", default="")
    path: Annotated[
        str, Meta(description="Container and blob, as models/a.ilearner.", extra=_BLOB)
    ] = field(name="Path to container or directory or blob", default="")
    cached: Annotated[
        bool, Meta(description="Read again only if a parameter changed.")
    ] = field(name="Use cached results", default=False)


def reach(_inputs: Ports, settings: Settings, outside: Outside) -> Ports:
    if settings.source == "Web URL via HTTP":
        return {"Trained model": _model(fetched(outside, settings.url))}
    with told_as_download():
        store, path = outside.account_blob(
            settings.account, settings.key, settings.path.strip("/")
        )
    contents = blobs_at(store, path)
    return {"Trained model": _model(contents[0])}


def _model(content: bytes) -> Learnt:
    """The model in a file; Error 0049 if it is something else."""
    _, _, body = content.partition(b"\n")
    try:
        learnt = msgspec.msgpack.decode(body, type=Learnt)
    except msgspec.MsgspecError:
        raise unparsed("It is not a model that was saved here.") from None
    if learnt.type != "ILearner" or not learnt.trained:
        raise unparsed("It holds no trained model.")
    module = shelf().get(learnt.family)
    if module is None:
        raise unparsed("It holds a model of a kind that this version does not know.")
    module.settle(learnt.settings)
    state_from(learnt.state or b"")
    return learnt


MODULE = Module(
    name="Load Trained Model",
    family="204f6baac5f34748844b1d122a76792e",
    category="Data Input and Output",
    settings=Settings,
    inputs=(),
    outputs=(ModulePort("Trained model", "ILearner"),),
    run=no_way,
    reach=reach,
)
