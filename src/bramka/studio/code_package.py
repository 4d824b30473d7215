"""A package of code that an old client sends: its script is the only node there is."""

import io
import platform
import zipfile
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from bramka import __version__
from bramka.domain.errors import Invalid
from bramka.domain.learning.experiment import Catalogue
from bramka.domain.learning.graph import (
    Experiment,
    Graph,
    InputPort,
    ModuleParameter,
    Node,
    WebService,
    WebServicePort,
    port_id,
)
from bramka.domain.learning.service import Column, ColumnType, Definition, Port
from bramka.domain.learning.value import Archive
from bramka.domain.learning.value_file import digest_of, value_bytes
from bramka.studio.device import PYTHON_DEVICE, R_DEVICE
from bramka.studio.package_folder import FORMAT, Contents, Package, Part

NODE, BUNDLE = "1", "Script Bundle"


class Told(Struct, kw_only=True):
    """How a schema describes a column."""

    type: str
    format: str = ""


class CodeBundle(Struct, kw_only=True, rename="pascal"):
    """The script of a service, what it takes and gives, and what lies beside it."""

    input_schema: dict[str, Told]
    output_schema: dict[str, Told]
    language: str
    source_code: str
    zip_contents: bytes | None = None


class Language(Struct, frozen=True):
    """Which module runs a language's scripts, and what its parts are called."""

    module: str
    script: str
    output: str
    device: str
    printed: tuple[Column, ...]
    """The columns of `output2`: what the script printed and drew."""


LANGUAGES = {
    "python": Language(
        "Execute Python Script",
        "Python script",
        "Results dataset",
        "Python Device",
        PYTHON_DEVICE,
    ),
    "r": Language(
        "Execute R Script", "R Script", "Result Dataset", "R Device", R_DEVICE
    ),
}
_TYPES: Mapping[tuple[str, str], ColumnType] = {
    ("integer", "int32"): "Int32",
    ("integer", ""): "Int64",
    ("integer", "int64"): "Int64",
    ("number", "float"): "Single",
    ("number", ""): "Double",
    ("number", "double"): "Double",
    ("boolean", ""): "Boolean",
}


def prepare_code(name: str, bundle: CodeBundle, catalogue: Catalogue) -> Package:
    """A package of the script; it runs when it is called, and not before."""
    language = _language(bundle.language)
    _check(bundle)
    archive = bundle.zip_contents
    files = {"bundle.zip": value_bytes(Archive(archive))} if archive else {}
    contents = Contents(
        format=FORMAT,
        experiment=_experiment(name, language, bundle, catalogue),
        definition=Definition(
            name=name,
            inputs=(_port("input1", bundle.input_schema),),
            outputs=(
                _port("output1", bundle.output_schema),
                Port(name="output2", columns=language.printed),
            ),
        ),
        row_wise=False,
        parts=tuple(
            Part(port=port_id(NODE, BUNDLE), file=file, sha256=digest_of(content))
            for file, content in files.items()
        ),
        libraries={"bramka": __version__, "python": platform.python_version()},
    )
    return Package(contents=contents, files=files)


def _check(bundle: CodeBundle) -> None:
    """Invalid if callers would only find out that this cannot run."""
    if not bundle.source_code.strip():
        raise Invalid("There is no code to publish.", target="SourceCode")
    archive = bundle.zip_contents
    if archive and not zipfile.is_zipfile(io.BytesIO(archive)):
        raise Invalid("What lies beside the code is no ZIP file.", target="ZipContents")
    if not all((*bundle.input_schema, *bundle.output_schema)):
        raise Invalid("A column of a schema has no name.", target="InputSchema")


def _language(told: str) -> Language:
    known: Literal["python", "r", ""] = ""
    if told.lower().startswith("python"):
        known = "python"
    elif told.lower().partition("-")[0] == "r":
        known = "r"
    if not known:
        raise Invalid(
            f"Code in '{told[:40]}' cannot be published; send python-… or R-….",
            target="Language",
        )
    return LANGUAGES[known]


def _experiment(
    name: str, language: Language, bundle: CodeBundle, catalogue: Catalogue
) -> Experiment:
    module = catalogue.find(language.module)
    node = Node(
        id=NODE,
        module_id=module.family,
        module_parameters=(
            ModuleParameter(name=language.script, value=bundle.source_code),
        ),
        input_ports_internal=tuple(
            InputPort(name=port.name, node_id=NODE) for port in module.inputs
        ),
    )
    into, out = port_id(NODE, "Dataset1"), port_id(NODE, language.output)
    printed = port_id(NODE, language.device)
    return Experiment(
        description=name,
        graph=Graph(module_nodes=(node,)),
        web_service=WebService(
            is_web_service_experiment=True,
            inputs=(WebServicePort(id="i1", port_id=into, name="input1"),),
            outputs=(
                WebServicePort(id="o1", port_id=out, name="output1"),
                WebServicePort(id="o2", port_id=printed, name="output2"),
            ),
        ),
    )


def _port(name: str, schema: Mapping[str, Told]) -> Port:
    return Port(
        name=name,
        columns=tuple(
            Column(
                name=each,
                type=_TYPES.get((told.type.lower(), told.format.lower()), "String"),
            )
            for each, told in schema.items()
        ),
    )
