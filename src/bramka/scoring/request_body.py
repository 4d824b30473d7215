"""The body of a synchronous call: inputs and parameters, or why not."""

from collections.abc import Mapping

import msgspec

from bramka.domain.learning.service import Definition
from bramka.domain.learning.small_table import SmallTable
from bramka.scoring.parameters import ParameterValue, read_parameters
from bramka.scoring.port_reader import Json, PortReader, shown
from bramka.scoring.refusal import Refusal, refuse

UNREADABLE = "No request body provided or error in deserializing the request body."
_BOM = b"\xef\xbb\xbf"


class BodyReader:
    """Reads the bodies of one service; made once, used by each call."""

    def __init__(self, definition: Definition) -> None:
        self._ports = {port.name: PortReader(port) for port in definition.inputs}
        self._parameters = definition.parameters

    def __repr__(self) -> str:
        return f"<BodyReader: {', '.join(self._ports) or 'no inputs'}>"

    def read(
        self, body: bytes
    ) -> tuple[dict[str, SmallTable], dict[str, ParameterValue]]:
        """Inputs and parameters by name; Refusal when anything is wrong."""
        content = read_json_object(body)
        given = content.get("Inputs")
        if not isinstance(given, dict):
            given = self._no_inputs(given)
        return self.take(given, content.get("GlobalParameters"))

    def take(
        self, given: Mapping[str, Json], told: Json
    ) -> tuple[dict[str, SmallTable], dict[str, ParameterValue]]:
        """The same from what was read already; `told` are the parameters."""
        if given.keys() != self._ports.keys():
            self._refuse_names(given)
        inputs = {name: port.read(given[name]) for name, port in self._ports.items()}
        parameters = read_parameters(self._parameters, told)
        return inputs, parameters

    def _no_inputs(self, given: Json) -> dict[str, Json]:
        if given is not None:
            raise unreadable(f"Inputs must be an object; it is {shown(given)}")
        return {}

    def _refuse_names(self, given: Mapping[str, Json]) -> None:
        for name in given:
            if name not in self._ports:
                raise refuse(
                    "BadArgument",
                    "InvalidInputNames",
                    "Invalid service input name(s) specified in the request: "
                    f"{shown(name)}. Please map the input data to the correct service "
                    f"inputs and try again. The service has {self._known()}.",
                    name[:80],
                )
        missing = next(name for name in self._ports if name not in given)
        raise refuse(
            "BadArgument",
            "MissingRequestInput",
            "The web service expects an input, but no input was provided. Ensure valid "
            "inputs are provided based on the published input ports in the model and "
            f"try again. '{missing}' is missing.",
            missing,
        )

    def _known(self) -> str:
        return ", ".join(f"'{name}'" for name in self._ports) or "no inputs"


def read_json_object(body: bytes) -> dict[str, Json]:
    """A body that must be a JSON object; Refusal says where it is not."""
    if not body:
        raise unreadable("The body is empty")
    try:
        content = msgspec.json.decode(body.removeprefix(_BOM))
    except RecursionError:
        raise unreadable("The body is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise unreadable(_looks_like(body) or "The body is not UTF-8") from error
    except ValueError as error:
        raise unreadable(_looks_like(body) or str(error)) from error
    if not isinstance(content, dict):
        raise unreadable(f"The body must be an object; it is {shown(content)}")
    return content


def _looks_like(body: bytes) -> str:
    """What a body that is no JSON seems to be instead; "" if nobody can tell."""
    if body.startswith(b"\x1f\x8b"):
        return "The body is compressed; send it as it is"
    if body.startswith((b"\xff\xfe", b"\xfe\xff", b"{\0", b"\0{")):
        return "The body is UTF-16 or UTF-32; send UTF-8"
    return ""


def unreadable(reason: str) -> Refusal:
    """The refusal of a body that is not what it should be."""
    return refuse("BadArgument", "RequestBodyInvalid", f"{UNREADABLE} {reason}.")
