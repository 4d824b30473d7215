"""The API help pages of a service: plain HTML, one style sheet, no scripts."""

import json
from datetime import UTC, datetime
from html import escape
from typing import Literal

from bramka.domain.learning.samples import placeholder, sample_parameters, sample_table
from bramka.domain.learning.service import Definition, GlobalParameter, Port
from bramka.scoring.deployment import Deployment
from bramka.scoring.help_text import filled, text_of_file
from bramka.scoring.sample_code import Sample, batch_samples, synchronous_samples
from bramka.scoring.swagger import NO_DESCRIPTION
from bramka.wire.message import Answer, RawHeaders

Page = Literal["score", "jobs", "update"]

TITLES: dict[Page, str] = {
    "score": "Request Response API Documentation for",
    "jobs": "Batch Execution API Documentation for",
    "update": "Update Resource API Documentation for",
}
STYLE = "/apihelp/help.css"

_LINKS: dict[Page, str] = {
    "score": "Request/Response",
    "jobs": "Batch Execution",
    "update": "Update Resource",
}
_POLICY = (
    b"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    b"frame-ancestors 'none'"
)
_SAFE: RawHeaders = [
    (b"Content-Security-Policy", _POLICY),
    (b"X-Content-Type-Options", b"nosniff"),
    (b"Referrer-Policy", b"no-referrer"),
]
_STORAGE = (
    "DefaultEndpointsProtocol=https;AccountName=mystorageacct;AccountKey=mystoragekey"
)


def help_page(deployment: Deployment, page: Page, base_url: str) -> Answer:
    """One of the three pages; `base_url` is where callers reach the services."""
    endpoint, definition = deployment.endpoint, deployment.function.definition
    place = f"/workspaces/{endpoint.workspace_id}"
    url = f"{base_url}{place}/services/{endpoint.id}"
    fields = _fields(definition, url, page, real=endpoint.sample_data_enabled)
    fields["management"] = (
        f"{place}/webservices/{endpoint.service_id}/endpoints/{escape(endpoint.name)}"
    )
    address = (
        f"/apihelp{place}/webservices/{endpoint.service_id}/endpoints/{endpoint.id}"
    )
    updated = datetime.fromtimestamp(endpoint.updated, UTC)
    html = filled(
        "page.html",
        {
            "title": escape(f"{TITLES[page]} {endpoint.service_name}"),
            "style": STYLE,
            "help": address,
            "updated": f"{updated:%m/%d/%Y %H:%M}",
            "description": escape(definition.told or NO_DESCRIPTION),
            "links": _links(page, address),
            "sections": filled(f"{page}.html", fields),
        },
    )
    kind = (b"Content-Type", b"text/html; charset=utf-8")
    return Answer(200, html.encode(), [kind, *_SAFE])


def style_sheet() -> Answer:
    """The style of the pages."""
    kind = (b"Content-Type", b"text/css; charset=utf-8")
    kept = (b"Cache-Control", b"max-age=3600")
    return Answer(200, text_of_file("help.css").encode(), [kind, kept, *_SAFE])


def _links(page: Page, address: str) -> str:
    return "".join(
        f'<a href="{address}/{name}"'
        f"{' aria-current=page' if name == page else ''}>{text}</a>"
        for name, text in _LINKS.items()
    )


def _fields(
    definition: Definition, url: str, page: Page, *, real: bool
) -> dict[str, str]:
    if page == "jobs":
        request, response = _batch_request(definition), _batch_status(definition)
        samples = batch_samples(definition, f"{url}/jobs")
    else:
        request, response = _request(definition, real=real), _response(definition)
        called = f"{url}/execute?api-version=2.0&details=true"
        samples = synchronous_samples(definition, called, real=real)
    return {
        "url": escape(url),
        "request_headers": text_of_file("request_headers.html"),
        "request": _json(request),
        "response": _json(response),
        "errors": text_of_file("errors.html"),
        "inputs": _ports(definition.inputs),
        "outputs": _ports(definition.outputs),
        "parameters": _parameters(definition.parameters),
        "samples": _sample_code(samples),
        "resources": _resources(definition),
        "update": _json(_update(definition)),
    }


def _request(definition: Definition, *, real: bool) -> object:
    tables = {port.name: sample_table(port, real=real) for port in definition.inputs}
    return {"Inputs": tables, "GlobalParameters": sample_parameters(definition)}


def _response(definition: Definition) -> object:
    return {"Results": {port.name: _result(port) for port in definition.outputs}}


def _result(port: Port) -> object:
    value = {
        "ColumnNames": [column.name for column in port.columns],
        "ColumnTypes": [column.type for column in port.columns],
        "Values": [[placeholder(column) for column in port.columns]] * 2,
    }
    return {"type": "table", "value": value}


def _batch_request(definition: Definition) -> object:
    return {
        "Inputs": {
            port.name: {
                "ConnectionString": _STORAGE,
                "RelativeLocation": f"mycontainer/{port.name}datablob.csv",
            }
            for port in definition.inputs
        },
        "Outputs": {
            name: {
                "ConnectionString": _STORAGE,
                "RelativeLocation": f"mycontainer/{file}",
            }
            for name, file in _result_files(definition)
        },
        "GlobalParameters": sample_parameters(definition),
    }


def _batch_status(definition: Definition) -> object:
    results = {
        name: {
            "ConnectionString": None,
            "RelativeLocation": f"mycontainer/{file}",
            "BaseLocation": "https://mystorageacct.blob.core.windows.net/",
            "SasBlobToken": "?sv=…&sr=b&sig=…&st=…&se=…&sp=r",
        }
        for name, file in _result_files(definition)
    }
    return {"StatusCode": "Finished", "Results": results, "Details": None}


def _result_files(definition: Definition) -> list[tuple[str, str]]:
    """Each output of a batch job, and a file it may be written to."""
    tables = [(port.name, f"{port.name}results.csv") for port in definition.outputs]
    return tables + [(name, f"{name}results.ilearner") for name in definition.models]


def _resources(definition: Definition) -> str:
    if not definition.resources:
        return "<p>None.</p>"
    rows = [[escape(each.name), each.kind] for each in definition.resources]
    return _table(("Name", "Kind"), rows)


def _update(definition: Definition) -> object:
    return {
        "Resources": [
            {
                "Name": each.name,
                "Location": {
                    "BaseLocation": "https://mystorageacct.blob.core.windows.net/",
                    "RelativeLocation": "mycontainer/model.ilearner",
                    "SasBlobToken": "?sv=…&sr=b&sig=…&st=…&se=…&sp=r",
                },
            }
            for each in definition.resources
        ]
    }


def _table(heads: tuple[str, ...], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _ports(ports: tuple[Port, ...]) -> str:
    if not ports:
        return "<p>None.</p>"
    return "".join(
        f"<h3>{escape(port.name)}</h3>"
        + _table(
            ("Name", "Type"),
            [[f"<code>{escape(each.name)}</code>", each.type] for each in port.columns],
        )
        for port in ports
    )


def _parameters(declared: tuple[GlobalParameter, ...]) -> str:
    if not declared:
        return ""
    rows = [
        [
            f"<code>{escape(each.name)}</code>",
            each.type,
            escape(json.dumps(each.default)) if each.has_default else "required",
            escape(each.description),
        ]
        for each in declared
    ]
    heads = ("Name", "Type", "Default", "Description")
    return f"<h2>Global Parameters</h2>{_table(heads, rows)}"


def _code(text: str) -> str:
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'


def _json(content: object) -> str:
    return _code(_laid_out(content, "\n"))


def _laid_out(content: object, line: str) -> str:
    """JSON with a row of a table on one line."""
    inner = line + "  "
    if isinstance(content, dict) and content:
        members = (
            f"{json.dumps(name, ensure_ascii=False)}: {_laid_out(value, inner)}"
            for name, value in content.items()
        )
        return "{" + inner + ("," + inner).join(members) + line + "}"
    if isinstance(content, list) and any(isinstance(each, list) for each in content):
        rows = (_laid_out(each, inner) for each in content)
        return "[" + inner + ("," + inner).join(rows) + line + "]"
    return json.dumps(content, ensure_ascii=False)


def _sample_code(samples: list[Sample]) -> str:
    parts = [
        f"<details{' open' if each.language == 'Python' else ''}>"
        f"<summary>{each.language}</summary>{_code(each.code)}</details>"
        for each in samples
    ]
    return (
        '<h2 id="sampleCode">Sample Code</h2><p>A click into the code selects all of '
        "it. Replace abc123 with the API key for the web service.</p>" + "".join(parts)
    )
