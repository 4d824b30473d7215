"""How datasets, trained models and transforms are told to clients."""

from bramka.domain.learning.saved import Saved
from bramka.domain.learning.table import Column
from bramka.store.transaction import Vault
from bramka.studio_rest.call import Site, date_text
from bramka.studio_rest.signature import credential

_TICKS_BEFORE_1970 = 621_355_968_000_000_000
CONTENTS = "contents/"


def whole_entry(site: Site, saved: Saved, now: float) -> dict[str, object]:
    """An entry with its columns; in a list they would be too many."""
    columns = [column_entry(column) for column in saved.columns]
    return {**entry(site, saved, now), "Columns": columns}


def entry(site: Site, saved: Saved, now: float) -> dict[str, object]:
    """Everything that one of the old clients asks of an entry."""
    vault = site.store.vault
    return {
        "Id": saved.id,
        "Name": saved.name,
        "DataTypeId": saved.data_type,
        "Description": saved.description,
        "FamilyId": saved.family,
        "ResourceUploadId": saved.content,
        "SourceOrigin": saved.source_origin,
        "Size": saved.size,
        "CreatedDate": date_text(saved.created),
        "Owner": saved.owner,
        "ExperimentId": saved.experiment_id,
        "ClientVersion": None,
        "PromotedFrom": saved.promoted_from,
        "UploadedFromFilename": saved.uploaded_from,
        "ServiceVersion": saved.version,
        "IsLatest": saved.latest,
        "Category": None,
        "DownloadLocation": location(site, vault, saved, "data", now),
        "IsDeprecated": False,
        "Culture": "default",
        "Batch": saved.version,
        "CreatedDateTicks": _TICKS_BEFORE_1970 + round(saved.created * 10_000_000),
        "VisualizeEndPoint": location(site, vault, saved, "visualize", now),
        "SchemaEndPoint": location(site, vault, saved, "schema", now),
        "SchemaStatus": "Complete",
        "RowCount": saved.rows,
        "ColumnCount": len(saved.columns),
    }


def location(
    site: Site, vault: Vault, saved: Saved, what: str, now: float
) -> dict[str, object]:
    """An address that works without a token for a day."""
    place = f"saved/{saved.id}/{what}"
    base = f"{site.console_url.rstrip('/')}/{CONTENTS}"
    # R leaves the Location of what is to be visualised out of the address.
    whole = what == "visualize"
    return {
        "BaseUri": base + place if whole else base,
        "Size": saved.size,
        "Name": saved.name,
        "EndpointType": "SasEndpoint",
        "CredentialContainer": "Inline",
        "AccessCredential": credential(vault.pepper, place, now),
        "Location": "" if whole else place,
        "FileType": "File",
        "IsAuxiliary": what != "data",
    }


def column_entry(column: Column) -> dict[str, object]:
    """One column of a schema."""
    told: dict[str, object] = {
        "Name": column.name,
        "Type": column.type,
        "Kind": column.kind,
        "IsCategorical": column.categorical,
    }
    if column.levels is not None:
        told["Levels"] = column.levels
    return told


def schema_entry(saved: Saved) -> dict[str, object]:
    """The columns of a table, and how many rows it has."""
    columns = [column_entry(column) for column in saved.columns]
    return {"Type": saved.port_type, "RowCount": saved.rows, "Columns": columns}
