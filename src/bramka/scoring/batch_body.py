"""The body that submits a batch job: which blobs go in, where results go."""

from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct, structs

from bramka.domain.blob import BlobLocator, BlobReference
from bramka.domain.learning.file_format import EXTENSIONS, LEARNT
from bramka.domain.learning.job import JobSpec
from bramka.domain.learning.service import Definition
from bramka.scoring.admission import DevelopmentStorage
from bramka.scoring.parameters import read_parameters
from bramka.scoring.port_reader import Json, shown
from bramka.scoring.refusal import Refusal, refuse

Fields = Mapping[str, Json]
PLACE = {
    "ConnectionString": "connection_string",
    "RelativeLocation": "relative_location",
    "BaseLocation": "base_location",
    "SasBlobToken": "sas_blob_token",
}


class Rules(Struct, frozen=True, kw_only=True):
    """What the operator decided about jobs."""

    set_aside: bool = False
    """Rows that fail are listed, unless the body says otherwise."""
    development: DevelopmentStorage = DevelopmentStorage()


USUAL = Rules()


class Door(Struct, frozen=True):
    """Says which blobs a caller may name."""

    locator: BlobLocator
    development: DevelopmentStorage

    def check(self, reference: BlobReference, *, writing: bool) -> None:
        """Invalid unless it means a blob that can be reached, and may be."""
        self.locator.find(reference)
        self.development.check(reference, writing=writing)


def read_batch(
    body: bytes,
    definition: Definition,
    locator: BlobLocator,
    own_output: Callable[[str], BlobReference],
    rules: Rules = USUAL,
) -> JobSpec:
    """What the job is to do, checked without touching a blob; or Refusal."""
    fields = _fields(body)
    door = Door(locator, rules.development)
    given = _given_inputs(fields, definition)
    outputs = _object(fields.get("Outputs"), "Outputs")
    kinds = {port.name: EXTENSIONS for port in definition.outputs}
    kinds |= dict.fromkeys(definition.models, (LEARNT,))
    names = list(kinds)
    for name in outputs:
        if name not in names:
            raise _bad(
                "InvalidOutputOverrideName",
                f"Invalid output override name: {name[:80]}. The service does not have "
                "an output node with this name. Please pass in a correct output node "
                "name to override (case sensitivity applies).",
                name[:80],
            )
    own = tuple(name for name in names if outputs.get(name) is None)
    spec = JobSpec(
        own=own,
        set_aside=own_output(".csv") if _sets_aside(fields, rules.set_aside) else None,
        inputs={
            port.name: _input(port.name, given[port.name], door)
            for port in definition.inputs
        },
        outputs={
            name: own_output(LEARNT if kinds[name] == (LEARNT,) else ".csv")
            if name in own
            else _output(name, outputs[name], door, kinds[name])
            for name in names
        },
        parameters=read_parameters(
            definition.parameters, fields.get("GlobalParameters")
        ),
    )
    _refuse_overwriting(spec, locator)
    return spec


def _refuse_overwriting(spec: JobSpec, locator: BlobLocator) -> None:
    """Each output has a blob of its own: else a job would lose one, or its input."""
    taken = {_address(each, locator): name for name, each in spec.inputs.items()}
    for name, reference in spec.outputs.items():
        address = _address(reference, locator)
        if address in taken:
            raise _bad(
                "RequestBodyInvalid",
                "No request body provided or error in deserializing the request body. "
                f"{name} is to be written to the blob of {taken[address]}, "
                f"{reference.relative_location}; name another one.",
                name,
            )
        taken[address] = name


def _address(reference: BlobReference, locator: BlobLocator) -> str:
    """The address of a blob, however it is referred to."""
    signed = locator.sign(reference, now=0.0, seconds=0.0)
    return signed.base_location + signed.relative_location


def renewed(old: JobSpec, new: JobSpec) -> JobSpec:
    """A job that is tried again with other blobs; own results stay where they were."""
    if set(new.own) != set(old.own):
        raise _bad(
            "RequestBodyInvalid",
            "A job that is tried again has results of its own exactly where it had "
            f"them before: for {', '.join(old.own) or 'no output'}. Change Outputs.",
            "Outputs",
        )
    return structs.replace(
        new,
        outputs=dict(new.outputs) | {name: old.outputs[name] for name in old.own},
        set_aside=new.set_aside and (old.set_aside or new.set_aside),
    )


def _fields(body: bytes) -> Fields:
    try:
        fields: Json = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise _bad(
            "RequestBodyInvalid",
            "No request body provided or error in deserializing the request body.",
        )
    return fields


def _sets_aside(fields: Fields, usual: bool) -> bool:
    """Whether rows that fail are listed instead of failing the job."""
    wish = fields.get("FailingRows")
    if wish is None:
        return usual
    if wish not in ("Fail", "SetAside"):
        raise _bad(
            "RequestBodyInvalid",
            "No request body provided or error in deserializing the request body. "
            f'FailingRows must be "Fail" or "SetAside"; it is {shown(wish)}.',
            "FailingRows",
        )
    return wish == "SetAside"


def _given_inputs(fields: Fields, definition: Definition) -> Fields:
    """The inputs by name, whichever of the two forms the body has."""
    single, several = fields.get("Input"), fields.get("Inputs")
    names = [port.name for port in definition.inputs]
    listed = ", ".join(names)
    if single is not None and several is not None:
        raise _bad(
            "DuplicateInputInBatchCall",
            "The batch request is invalid. Cannot specify both single and multiple "
            "input at the same time. Remove one of these items from the request and "
            "try again.",
            "Input",
        )
    if single is not None:
        given: Fields = {names[0] if len(names) == 1 else "": single}
        if len(names) > 1:
            raise _not_specified(listed)
    else:
        given = _object(several, "Inputs")
    if len(given) > len(names):
        raise _bad(
            "BatchJobInputsTooManySpecified",
            "The request specified more inputs than defined in the service. List of "
            f"accepted input(s): {listed}. Please ensure all input data is specified "
            "correctly and try again.",
            "Inputs",
        )
    if unknown := [name for name in given if name not in names]:
        raise _bad(
            "InvalidInputNames",
            "Invalid service input name(s) specified in the request: "
            f"{', '.join(unknown)[:200]}. Please map the input data to the correct "
            "service inputs and try again.",
            "Inputs",
        )
    if missing := [name for name in names if name not in given]:
        raise _not_specified(", ".join(missing))
    return given


def _not_specified(names: str) -> Refusal:
    return _bad(
        "BatchJobInputsNotSpecified",
        "The following required input(s) were not specified with the request: "
        f"{names}. Please ensure all input data is specified and try again.",
        "Inputs",
    )


def _object(value: Json, target: str) -> Fields:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise _bad(
        "RequestBodyInvalid",
        "No request body provided or error in deserializing the request body. "
        f"{target} must be an object; it is {shown(value)}.",
        target,
    )


def _input(name: str, value: Json, door: Door) -> BlobReference:
    reference = _reference(name, value)
    if not reference.relative_location and not reference.base_location:
        raise _bad(
            "MissingInputBlobInformation",
            "Missing Azure storage blob information. Provide a valid connection string "
            "and relative path or URI and try again.",
            name,
        )
    door.check(reference, writing=False)
    return _named(reference, name, EXTENSIONS)


def _output(
    name: str, value: Json, door: Door, extensions: tuple[str, ...]
) -> BlobReference:
    reference = _reference(name, value)
    if not reference.relative_location or not (
        reference.connection_string or reference.base_location
    ):
        raise _bad(
            "MissingOutputOverrideSpecification",
            "The request is missing the blob specification for output override "
            f"{name}. Please specify a valid blob location with the request, or remove "
            "the output specification if no location override is desired.",
            name,
        )
    door.check(reference, writing=True)
    return _named(reference, name, extensions)


def _reference(name: str, value: Json) -> BlobReference:
    fields = _object(value, name)
    found: dict[str, str | None] = {}
    for field, attribute in PLACE.items():
        text = fields.get(field)
        # The value is not shown: it may be a key.
        if text is not None and not isinstance(text, str):
            raise _bad(
                "RequestBodyInvalid",
                "No request body provided or error in deserializing the request body. "
                f"{field} of {name} must be a text.",
                name,
            )
        found[attribute] = text
    return BlobReference(**found)


def _named(
    reference: BlobReference, name: str, extensions: tuple[str, ...]
) -> BlobReference:
    """The same reference, of a blob whose name can be used."""
    location = reference.relative_location or ""
    if not location.lower().endswith(extensions):
        raise _bad(
            "InvalidBlobExtension",
            f"The blob reference: {location} has an invalid or missing file extension. "
            "Supported file extensions for this output type are: "
            f'"{", ".join(extensions)}".',
            name,
        )
    return reference


def _bad(code: str, message: str, target: str = "") -> Refusal:
    return refuse("BadArgument", code, message, target)
