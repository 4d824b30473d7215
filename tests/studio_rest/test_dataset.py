"""Datasets: uploaded in every way and format, shown, versioned, deleted."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from tests.studio_rest.studio import Studio, columns_of

CSV = b"id,word,score\n1,good,0.5\n2,,1.5\n3,good,\n"


def link(entry: dict[str, Any], which: str) -> str:
    place = entry[which]
    return str(place["BaseUri"] + place["Location"] + place["AccessCredential"])


def test_an_uploaded_file_is_listed_and_comes_back_as_it_was(studio: Studio) -> None:
    made = studio.dataset(CSV, "as it was")
    entry = next(e for e in studio.get("/datasources") if e["Id"] == made)
    assert entry["ColumnCount"] == 3
    assert columns_of(studio.get(f"/datasources/{made}")) == [
        ("id", "Int32"),
        ("word", "String"),
        ("score", "Double"),
    ]
    assert (entry["RowCount"], entry["Size"]) == (3, len(CSV))
    assert httpx2.get(link(entry, "DownloadLocation")).content == CSV


@pytest.mark.parametrize(
    ("data_type", "content", "columns", "rows"),
    [
        ("GenericTSVNoHeader", b"1\tx\n2\ty\n", ["Col1", "Col2"], 2),
        ("GenericTSV", b"a\tb\n1\tx\n", ["a", "b"], 1),
        ("GenericCSVNoHeader", b"1,x\n", ["Col1", "Col2"], 1),
        ("PlainText", b"one line, a comma\ntwo\n", ["Col1"], 2),
        ("ARFF", b"@relation r\n@attribute a numeric\n@data\n1\n?\n", ["a"], 2),
        ("SvmLight", b"1 1:2 3:4\n-1 2:1\n", ["Col1", "Col2", "Col3", "Labels"], 2),
    ],
)
def test_every_format_is_read(
    studio: Studio, data_type: str, content: bytes, columns: list[str], rows: int
) -> None:
    entry = studio.get(f"/datasources/{studio.dataset(content, data_type, data_type)}")
    assert [name for name, _ in columns_of(entry)] == columns
    assert entry["RowCount"] == rows


def test_a_bad_file_is_refused_with_its_row_and_the_reason(studio: Studio) -> None:
    answer = studio.upload(b"a,b\n1,2\n3\n", Name="bad")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert "Row 2 has 1 cells where 2 are expected" in error["details"][0]["message"]
    assert not [e for e in studio.get("/datasources") if e["Name"] == "bad"]


def test_a_bad_cell_is_refused_with_row_column_and_value(studio: Studio) -> None:
    content = b"@relation r\n@attribute a numeric\n@data\n1\nsoon\n"
    message = studio.upload(content, "ARFF", Name="cell").json()["error"]["message"]
    assert message == "Row 2, column 'a': 'soon' is not a value of type Double."


def test_blocks_may_come_twice_and_in_any_order(studio: Studio) -> None:
    begun = studio.client.post(
        f"/api/resourceuploads/workspaces/{studio.workspace}/"
        "?userStorage=true&dataTypeId=GenericCSV"
    ).json()["Id"]
    halves = [b"a,b\n1,", b"2\n3,4\n"]
    for number in (1, 0, 1):
        answer = studio.client.post(
            f"/api/blobuploads/workspaces/{studio.workspace}/?numberOfBlocks=2"
            f"&blockId={number}&uploadId={begun}&dataTypeId=GenericCSV",
            content=halves[number],
        )
        assert answer.json() == {}
    body = {
        "DataSource": {"Name": "blocks", "DataTypeId": "GenericCSV"},
        "UploadId": begun,
    }
    assert (
        studio.get(f"/datasources/{studio.post('/datasources', body)}")["RowCount"] == 2
    )


def test_an_upload_in_ranges_goes_on_where_it_was_cut_off(studio: Studio) -> None:
    told = {"DataTypeId": "GenericCSV", "Size": len(CSV)}
    begun = studio.post("/uploads", told)["Id"]
    place = f"/uploads/{begun}"
    half = {"Content-Range": f"bytes 0-9/{len(CSV)}"}
    studio.call("PUT", place, content=CSV[:10], headers=half)
    assert studio.get(place)["Received"] == 10
    body = {"DataSource": {"Name": "r", "DataTypeId": ""}, "UploadId": begun}
    assert studio.call("POST", "/datasources", body).status_code == 409
    gap = {"Content-Range": f"bytes 20-29/{len(CSV)}"}
    refused = studio.call("PUT", place, content=CSV[20:30], headers=gap)
    assert refused.status_code == 409
    rest = {"Content-Range": f"bytes 10-{len(CSV) - 1}/{len(CSV)}"}
    assert studio.call("PUT", place, content=CSV[10:], headers=rest).is_success
    assert studio.get(f"/datasources/{studio.post('/datasources', body)}")[
        "Size"
    ] == len(CSV)


def test_an_upload_is_finished_once_and_by_nobody_while_it_is_written(
    studio: Studio,
) -> None:
    told = {"DataTypeId": "GenericCSV", "Size": len(CSV)}
    begun = studio.post("/uploads", told)["Id"]
    place, go_on = f"/uploads/{begun}", Event()
    body = {"DataSource": {"Name": "once", "DataTypeId": ""}, "UploadId": begun}

    def pieces() -> Iterator[bytes]:
        yield CSV[:10]
        go_on.wait(90)
        yield CSV[10:]

    def finish(_: int = 0) -> httpx2.Response:
        return studio.call("POST", "/datasources", body)

    with ThreadPoolExecutor(2) as others:
        writing = others.submit(studio.call, "PUT", place, content=pieces())
        while "Another request works on the upload" not in (refusal := finish()).text:
            assert not writing.done()
        assert refusal.status_code == 409
        assert studio.call("DELETE", place).status_code == 409
        go_on.set()
        assert writing.result().is_success
        assert [each.is_success for each in others.map(finish, range(2))].count(
            True
        ) == 1
    assert studio.call("PUT", place, content=b"late").status_code == 404
    [entry] = [e for e in studio.get("/datasources") if e["Name"] == "once"]
    assert studio.client.get(link(entry, "DownloadLocation")).content == CSV


def test_a_block_may_be_empty_but_not_late(studio: Studio) -> None:
    begun = studio.client.post(
        f"/api/resourceuploads/workspaces/{studio.workspace}/?dataTypeId=GenericCSV"
    ).json()["Id"]
    blocks = f"/api/blobuploads/workspaces/{studio.workspace}/?uploadId={begun}"
    for number, content in enumerate((CSV, b"")):
        address = f"{blocks}&numberOfBlocks=2&blockId={number}"
        assert studio.client.post(address, content=content).status_code == 200
    body = {"DataSource": {"Name": "few", "DataTypeId": ""}, "UploadId": begun}
    assert studio.get(f"/datasources/{studio.post('/datasources', body)}")["RowCount"]
    assert studio.client.post(f"{blocks}&blockId=0", content=b"x").status_code == 404


def test_visualize_gives_the_figures_of_the_page(studio: Studio) -> None:
    prices = [5118, 10295, 45400, 10295, ""]
    content = "price,kind\n" + "".join(
        f"{price},{'ab'[n % 2]}\n" for n, price in enumerate(prices)
    )
    made = studio.dataset(content.encode(), "figures")
    price, kind = studio.get(f"/datasources/{made}/statistics")["columns"]
    figures = ("mean", "median", "min", "max", "uniqueValues", "missingValues")
    assert [price[name] for name in figures] == [
        17777.0,
        10295.0,
        5118.0,
        45400.0,
        3,
        1,
    ]
    assert price["standardDeviation"] == pytest.approx(18576.3385, abs=0.0001)
    assert price["featureType"] == "Numeric Feature"
    assert sum(bar["count"] for bar in price["histogram"]) == 4
    assert len(price["histogram"]) == 10
    assert price["boxPlot"]["median"] == 10295.0
    assert kind["featureType"] == "String Feature"
    assert [(bar["value"], bar["count"]) for bar in kind["histogram"]] == [
        ("a", 3),
        ("b", 2),
    ]
    assert kind["mean"] is None


def test_rows_come_in_pages_and_sorted(studio: Studio) -> None:
    made = studio.dataset(
        b"n,t\n" + b"".join(b"%d,x%d\n" % (n % 7, n) for n in range(50)), "pages"
    )
    page = studio.get(f"/datasources/{made}/rows", start=48, count=10)
    assert page["values"] == [["6", "x48"], ["0", "x49"]]
    query: dict[str, str | int] = {"sort": "n", "descending": "true", "count": 2}
    page = studio.get(f"/datasources/{made}/rows", **query)
    assert page["values"] == [["6", "x6"], ["6", "x13"]]
    refused = studio.call("GET", f"/datasources/{made}/rows?sort=none")
    assert refused.status_code == 400


def test_rows_are_sorted_by_a_column_of_any_name(studio: Studio) -> None:
    made = studio.dataset(b"^a$,a\n2,1\n1,2\n", "odd")
    page = studio.get(f"/datasources/{made}/rows", sort="^a$")
    assert page["values"] == [["1", "2"], ["2", "1"]]


@pytest.mark.parametrize(
    ("format_", "start"),
    [
        ("csv", b"id,score\n1,0.5\n"),
        ("tsv", b"id\tscore\n1\t0.5\n"),
        ("csv-no-header", b"1,0.5\n"),
        ("arff", b"@relation bramka\n"),
        ("svmlight", b"0.5 1:1\n"),
        ("parquet", b"PAR1"),
    ],
)
def test_a_table_is_downloaded_in_each_format(
    studio: Studio, format_: str, start: bytes
) -> None:
    made = studio.dataset(b"id,score\n1,0.5\n2,\n", f"as {format_}")
    answer = studio.call("GET", f"/datasources/{made}/file?format={format_}")
    assert answer.content.startswith(start)
    assert "attachment" in answer.headers["content-disposition"]


def test_a_link_that_was_changed_or_never_given_out_opens_nothing(
    studio: Studio,
) -> None:
    first = studio.get(f"/datasources/{studio.dataset(CSV, 'mine')}")
    second = studio.dataset(CSV, "other")
    good = link(first, "DownloadLocation")
    assert httpx2.get(good.replace(first["Id"], second)).status_code == 403
    assert httpx2.get(good.partition("?")[0]).status_code == 403
    assert httpx2.get(link(first, "SchemaEndPoint")).json()["RowCount"] == 3
    assert httpx2.get(link(first, "VisualizeEndPoint")).json()["rows"] == 3


def test_a_new_version_keeps_the_family_and_the_old_one_stays(studio: Studio) -> None:
    first = studio.get(f"/datasources/{studio.dataset(CSV, 'versions')}")
    family = first["FamilyId"]
    again = studio.dataset(b"id\n1\n", "versions", FamilyId=family)
    listed = [e for e in studio.get("/datasources") if e["FamilyId"] == family]
    assert [e["Id"] for e in listed] == [again]
    both = studio.get(f"/datasources/family/{family}")
    assert [e["RowCount"] for e in both] == [1, 3]
    assert studio.get(f"/datasources/{first['Id']}")["IsLatest"] is False
    assert studio.call("DELETE", f"/datasources/family/{family}").status_code == 200
    assert studio.call("GET", f"/datasources/{again}").status_code == 404


def test_a_used_name_is_a_conflict(studio: Studio) -> None:
    studio.dataset(CSV, "taken")
    answer = studio.upload(CSV, Name="taken")
    assert answer.status_code == 409
    assert "'taken' already" in answer.json()["error"]["message"]


def test_a_dataset_is_called_otherwise(studio: Studio) -> None:
    made = studio.dataset(CSV, "before")
    change = {"Name": "after", "Description": "Told anew."}
    assert studio.call("PATCH", f"/datasources/{made}", change).is_success
    entry = studio.get(f"/datasources/{made}")
    assert (entry["Name"], entry["Description"]) == ("after", "Told anew.")


def test_what_is_anothers_is_not_there(studio: Studio) -> None:
    made = studio.dataset(CSV, "private")
    with studio.other() as other:
        for path in (made, f"{made}/rows", f"{made}/file"):
            assert other.call("GET", f"/datasources/{path}").status_code == 404
        foreign = other.client.get(f"{studio.base}/datasources")
        assert foreign.status_code == 401
    assert httpx2.get(studio.url + studio.base + "/datasources").status_code == 401


@pytest.mark.parametrize("name", ["", " ", "x" * 257, "a\nb"])
def test_a_name_people_cannot_read_is_refused(studio: Studio, name: str) -> None:
    assert studio.upload(CSV, Name=name).status_code == 400


def test_a_name_of_a_file_never_becomes_a_path(studio: Studio) -> None:
    begun = studio.post("/uploads", {"DataTypeId": "GenericCSV"})["Id"]
    studio.call("PUT", f"/uploads/{begun}", content=CSV)
    body = {
        "DataSource": {"Name": "../../etc/passwd", "DataTypeId": "GenericCSV"},
        "UploadId": begun,
        "UploadedFromFileName": "../../../tmp/evil.csv",
    }
    entry = studio.get(f"/datasources/{studio.post('/datasources', body)}")
    assert entry["UploadedFromFilename"] == "evil.csv"
    answer = studio.client.get(
        f"{studio.base}/uploads/{quote('../../state.db', safe='')}"
    )
    assert answer.status_code == 404


def test_rdata_is_refused_with_a_way_out(studio: Studio) -> None:
    answer = studio.client.post(
        f"/api/resourceuploads/workspaces/{studio.workspace}/?dataTypeId=RData"
    )
    assert answer.status_code == 400
    assert "write.csv" in json.loads(answer.content)["error"]["message"]
