"""Programs that call a service, in the three languages of the help pages."""

import json
import pprint
from collections.abc import Iterable, Mapping

from msgspec import Struct

from bramka.domain.learning.samples import sample_parameters, sample_rows
from bramka.domain.learning.service import Definition
from bramka.scoring.help_text import filled


class Sample(Struct, frozen=True):
    """One program."""

    language: str
    code: str


def synchronous_samples(
    definition: Definition, url: str, *, real: bool
) -> list[Sample]:
    """Programs that call `…/execute`; `real` shows the service's own sample rows."""
    parameters = sample_parameters(definition)
    tables = {
        port.name: (
            [column.name for column in port.columns],
            sample_rows(port, real=real),
        )
        for port in definition.inputs
    }
    request = {
        "Inputs": {
            name: {"ColumnNames": names, "Values": rows}
            for name, (names, rows) in tables.items()
        },
        "GlobalParameters": parameters,
    }
    fields = {"url": json.dumps(url)}
    python = {"request": pprint.pformat(request, width=80, sort_dicts=False)}
    csharp = {
        "inputs": _lines(20, (_csharp_table(name, *t) for name, t in tables.items())),
        "parameters": _csharp_parameters(parameters),
    }
    in_r = {
        "inputs": _r_list(_r_table(name, *t) for name, t in tables.items()),
        **_r_parameters(parameters),
    }
    return [
        Sample("C#", filled("rrs_csharp.txt", {**fields, **csharp})),
        Sample("Python", filled("rrs_python.txt", {**fields, **python})),
        Sample("R", filled("rrs_r.txt", {**fields, **in_r})),
    ]


def batch_samples(definition: Definition, url: str) -> list[Sample]:
    """Programs that run a batch job at `…/jobs`."""
    parameters = sample_parameters(definition)
    inputs = [port.name for port in definition.inputs]
    outputs = [port.name for port in definition.outputs]
    fields = {"url": json.dumps(url)}
    python = {
        "inputs": _lines(8, (_python_blob(n, "input_blob_name") for n in inputs)),
        "outputs": _lines(8, (_python_blob(n, _result(n)) for n in outputs)),
        "parameters": repr(parameters),
    }
    csharp = {
        "inputs": _lines(20, (f"[{_q(n)}] = Blob(InputBlobName)," for n in inputs)),
        "outputs": _lines(20, (f"[{_q(n)}] = Blob({_result(n)})," for n in outputs)),
        "parameters": _csharp_parameters(parameters),
    }
    in_r = {
        "inputs": _r_list(f"{_q(n)} = blob(input_blob_name)" for n in inputs),
        "outputs": _r_list(f"{_q(n)} = blob({_result(n)})" for n in outputs),
        **_r_parameters(parameters),
    }
    return [
        Sample("C#", filled("bes_csharp.txt", {**fields, **csharp})),
        Sample("Python", filled("bes_python.txt", {**fields, **python})),
        Sample("R", filled("bes_r.txt", {**fields, **in_r})),
    ]


def _q(text: str) -> str:
    """A text in quotes: JSON's rules are those of all three languages."""
    return json.dumps(text, ensure_ascii=False)


def _lines(indent: int, lines: Iterable[str]) -> str:
    return "\n".join(" " * indent + line for line in lines)


def _result(output: str) -> str:
    return _q(f"{output}results.csv")


def _csharp_table(name: str, columns: list[str], rows: list[list[str | None]]) -> str:
    names = ", ".join(_q(column) for column in columns)
    values = ", ".join(
        "new[] { " + ", ".join("null" if c is None else _q(c) for c in row) + " }"
        for row in rows
    )
    return (
        f"[{_q(name)}] = new StringTable {{ ColumnNames = new[] {{ {names} }}, "
        f"Values = new[] {{ {values} }} }},"
    )


def _csharp_parameters(parameters: Mapping[str, object]) -> str:
    return _lines(
        20,
        (
            f"[{_q(n)}] = {json.dumps(v, ensure_ascii=False)},"
            for n, v in parameters.items()
        ),
    )


def _r_table(name: str, columns: list[str], rows: list[list[str | None]]) -> str:
    names = ", ".join(_q(column) for column in columns)
    values = ", ".join(
        "list(" + ", ".join("NULL" if c is None else _q(c) for c in row) + ")"
        for row in rows
    )
    return f"{_q(name)} = list(ColumnNames = list({names}), Values = list({values}))"


def _r_list(items: Iterable[str]) -> str:
    return ",\n".join(" " * 8 + item for item in items)


def _r_parameters(parameters: Mapping[str, object]) -> dict[str, str]:
    values = [
        str(v).upper() if v is None or isinstance(v, bool) else json.dumps(v)
        for v in parameters.values()
    ]
    return {
        "parameters": ", ".join("NULL" if v == "NONE" else v for v in values),
        "names": ", ".join(_q(name) for name in parameters) or "character()",
    }


def _python_blob(name: str, blob: str) -> str:
    return (
        f'{_q(name)}: {{"ConnectionString": connection_string, "RelativeLocation": '
        f'storage_container_name + "/" + {blob}}},'
    )
