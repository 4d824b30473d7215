"""The catalogue as the canvas needs it: ports, parameters, help."""

from starlette.responses import Response

from bramka.domain.errors import Unsupported
from bramka.domain.learning.module import ModulePort, UntypedModule
from bramka.domain.learning.parameter import Parameter
from bramka.studio_rest.call import Call, Modules, as_json
from bramka.studio_rest.router import Way


def list_(call: Call) -> Response:
    """`GET modules`."""
    modules = call.site.modules()
    entries = [_entry(modules, modules.find(family)) for family in modules]
    entries.sort(key=lambda entry: (str(entry["Category"]), str(entry["Name"])))
    return as_json(entries)


def read(call: Call) -> Response:
    """`GET modules/{id}`, by module id, family or name."""
    modules = call.site.modules()
    return as_json(_entry(modules, modules.find(call.parts["id"])))


def words(call: Call) -> Response:
    """`GET modules/words?language=`: what pages tell of modules, by the English text.

    Graphs, modules and errors keep their English on the wire.
    """
    return as_json(call.site.modules().words(call.query.get("language", "en")))


def refuse_custom(_call: Call) -> Response:
    """`modules/custom`: R modules in a ZIP file with an XML definition."""
    raise Unsupported(
        "Custom modules (a ZIP file with an XML definition and R code) are not built "
        "here; use Execute Python Script, or publish your own function as a service.",
        target="custom",
    )


def _entry(modules: Modules, module: UntypedModule) -> dict[str, object]:
    help_ = modules.help_of(module)
    return {
        "Id": modules.module_id(module.family),
        "FamilyId": module.family,
        "Name": module.name,
        "Category": module.category,
        "Description": help_.strip().partition("\n")[0],
        "Help": help_.partition("\n    {")[0].strip(),
        "Aliases": module.aliases,
        "InputPorts": [_port(port) for port in module.inputs],
        "OutputPorts": [_port(port) for port in module.outputs],
        "Parameters": [_parameter(each) for each in module.parameters],
        "IsTrainable": module.fit is not None,
        "IsDeprecated": False,
        "ServiceVersion": 1,
    }


def _port(port: ModulePort) -> dict[str, object]:
    return {"Name": port.name, "Type": port.type, "IsOptional": port.optional}


def _parameter(parameter: Parameter) -> dict[str, object]:
    shown = parameter.shown_when
    return {
        "Name": parameter.name,
        "Type": parameter.type,
        "Description": parameter.description,
        "IsRequired": parameter.required,
        "Default": parameter.default,
        "Above": parameter.above,
        "Minimum": parameter.minimum,
        "Maximum": parameter.maximum,
        "Values": parameter.values,
        "Aliases": parameter.aliases,
        "ShownWhen": None
        if shown is None
        else {"Parameter": shown.parameter, "Values": shown.values},
    }


_LIST = "api/workspaces/{workspace}/modules"
WAYS = (
    Way("GET", _LIST, list_),
    Way("GET", _LIST + "/words", words),
    Way("GET", _LIST + "/custom", refuse_custom),
    Way("POST", _LIST + "/custom", refuse_custom),
    Way("GET", _LIST + "/{id}", read),
)
