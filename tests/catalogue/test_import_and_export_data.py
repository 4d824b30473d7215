import gzip
import io
import zipfile

import polars as pl
import pytest

from bramka.catalogue import shelf
from bramka.domain.learning.module import ModuleError, Ports
from bramka.domain.learning.table import Table
from bramka.domain.learning.value import Archive
from bramka.domain.learning.value_file import value_bytes
from bramka.testing.outside import FakeOutside

BLOBS = {
    "data/a.csv": b"x,y\n1,a\n",
    "data/b.csv": b"x,y\n2.5,b\n",
    "data/other.csv": b"z\n1\n",
    "polish/windows.csv": "Größe;ł\n1;ś\n".encode("windows-1250"),
    "data/cut.arff": b"@relation r\n@attribute c {u,v}\n@data\nv\n",
    "data/sparse.svm": b"1 2:5\n",
}


def outside() -> FakeOutside:
    return FakeOutside({"http://site/x.tsv": b"a\t1\n"}, dict(BLOBS))


def done(
    name: str,
    given: dict[str, str],
    inputs: Ports | None = None,
    world: FakeOutside | None = None,
) -> Ports:
    module = shelf().find(name)
    return module.apply(inputs or {}, module.settle(given), world or outside())


def read(path: str, **settings: str) -> Table:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    given = {
        "Account Name": "bramka",
        "Account Key": "a2V5",
        "Path to container or directory or blob": path,
        "File has Header Row": "True",
        **named,
    }
    result = done("Reader", given)["Results dataset"]
    assert isinstance(result, Table)
    return result


def test_blobs_are_read_by_account() -> None:
    assert read("data/a.csv").frame.rows() == [(1, "a")]
    assert read("/data/sparse.svm", Blob_File_format="SvmLight").height == 1
    assert read("data/cut.arff", Blob_File_format="ARFF").column("c").levels == (
        "u",
        "v",
    )


def test_wildcards_mean_several_blobs_whose_rows_follow_each_other() -> None:
    assert read("data/?.csv").frame.rows() == [(1.0, "a"), (2.5, "b")]
    with pytest.raises(ModuleError, match=r"Error 0030: .*means 0 blobs"):
        read("data/none*.csv")
    with pytest.raises(ModuleError, match=r"Error 0049: .*other columns"):
        read("data/*.csv")


def test_encodings_and_delimiters_are_told() -> None:
    table = read(
        "polish/windows.csv",
        Blob_File_format="CSV with encoding",
        Column_delimiter="Semicolon",
        Encoding_Format="Windows-1250",
    )
    assert table.frame.to_dict(as_series=False) == {"Größe": [1], "ł": ["ś"]}
    with pytest.raises(ModuleError, match=r"Error 0049: .*not UTF-8"):
        read("polish/windows.csv")


def test_addresses_are_read_with_and_without_signature() -> None:
    given = {
        "Please Specify Authentication Type": "PublicOrSas",
        "URI": "https://a.example.org/data/a.csv?sig=x",
        "URI file has header row": "True",
    }
    table = done("Import Data", given)["Results dataset"]
    assert isinstance(table, Table)
    assert table.names == ("x", "y")
    web = {
        "Please Specify Data Source": "Web URL via HTTP",
        "URL": "http://site/x.tsv",
        "Data format": "TSV",
    }
    table = done("Import Data", web)["Results dataset"]
    assert isinstance(table, Table)
    assert table.frame.to_dict(as_series=False) == {"Col1": ["a"], "Col2": [1]}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            {"Please Specify Data Source": "Hive Query"},
            "Error 0002: .*Hive Query is not",
        ),
        ({"Account Name": "bramka"}, "Error 0003: .*Path to container"),
        ({}, "Error 0003: .*Account Name"),
        ({"Please Specify Authentication Type": "PublicOrSas"}, 'Error 0003: .*"URI"'),
        (
            {"Please Specify Data Source": "Web URL via HTTP", "URL": "file:///etc/x"},
            "Error 0029",
        ),
        (
            {"Please Specify Data Source": "Web URL via HTTP", "URL": "http://site/y"},
            "Error 0030: .*does not answer",
        ),
        (
            {
                "Account Name": "bramka",
                "Account Key": "c2VjcmV0",
                "Path to container or directory or blob": "data/missing.csv",
            },
            "Error 0030: .*no blob",
        ),
    ],
)
def test_what_cannot_be_read_is_told_without_the_key(
    given: dict[str, str], reason: str
) -> None:
    with pytest.raises(ModuleError, match=reason) as refusal:
        done("Import Data", given)
    assert "c2VjcmV0" not in refusal.value.message


def test_without_an_outside_nothing_is_read() -> None:
    module = shelf().find("Import Data")
    with pytest.raises(ModuleError, match=r"Error 0030: .*may not read or write"):
        module.apply({}, module.settle({}))


def written(world: FakeOutside, **settings: str) -> bytes:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    given = {
        "Azure account name": "bramka",
        "Azure account key": "a2V5",
        "Path to blob beginning with container": "out/x.csv",
        **named,
    }
    table = Table.of(pl.DataFrame({"x": [1, None], "y": ["a,b", ""]}))
    done("Writer", given, {"Dataset": table}, world)
    return world.blobs.contents["out/x.csv"]


def test_datasets_are_written_in_each_format() -> None:
    assert written(outside()) == b'1,"a,b"\n,""\n'
    headed = written(
        outside(), Write_blob_header_row="True", File_format_for_blob_file="TSV"
    )
    assert headed == b'x\ty\n1\ta,b\n\t""\n'
    arff = written(outside(), File_format_for_blob_file="ARFF")
    assert b"@attribute x numeric" in arff


def test_a_blob_is_replaced_only_if_wanted() -> None:
    world = FakeOutside({}, {"out/x.csv": b"old"})
    with pytest.raises(ModuleError, match=r'Error 0057: .*Choose "Overwrite"'):
        written(world)
    assert world.blobs.contents["out/x.csv"] == b"old"
    assert written(world, Azure_Blob_Storage_write_mode="Overwrite") != b"old"
    with pytest.raises(ModuleError, match=r"Error 0002: .*Azure Table is not"):
        written(world, Please_specify_data_destination="Azure Table")


def test_a_signed_address_is_written_to() -> None:
    world = outside()
    given = {
        "Please specify authentication type": "SAS",
        "SAS URI for blob": "https://a.example.org/out/z.csv?sig=x",
    }
    table = Table.of(pl.DataFrame({"x": [1]}))
    assert done("Export Data", given, {"Dataset": table}, world) == {}
    assert world.blobs.contents["out/z.csv"] == b"1\n"


@pytest.mark.parametrize(
    "content", [b"", b"not a model", b"{}\n\x80", value_bytes(Table.of(pl.DataFrame()))]
)
def test_what_is_no_model_is_refused(content: bytes) -> None:
    world = FakeOutside({}, {"models/m": content})
    given = {
        "Account Name": "bramka",
        "Path to container or directory or blob": "models/m",
    }
    with pytest.raises(ModuleError, match="Error 0049"):
        done("Load Trained Model", given, {}, world)


def zipped(files: dict[str, bytes]) -> Archive:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return Archive(content.getvalue())


def unpacked(archive: Archive, **settings: str) -> Table:
    named = {name.replace("_", " "): value for name, value in settings.items()}
    given = {"File has header row": "True", **named}
    result = done("Unpack Zipped Datasets", given, {"Dataset": archive})
    table = result["Results dataset"]
    assert isinstance(table, Table)
    return table


def test_archives_are_unpacked() -> None:
    two = zipped({"a.csv": b"x\n1\n", "b.tsv": b"y\tz\n1\t2\n"})
    assert unpacked(zipped({"a.csv": b"x\n1\n"})).names == ("x",)
    one = unpacked(two, Dataset_to_Unpack="b.tsv", Dataset_file_format="TSV")
    assert one.names == ("y", "z")
    packed = Archive(gzip.compress(b"x\n1\n"))
    assert unpacked(packed, Compression_file_format="Gzip").frame.rows() == [(1,)]
    with pytest.raises(ModuleError, match=r"Error 0132: .*found: a.csv, b.tsv"):
        unpacked(two)


def test_what_does_not_unpack_is_told() -> None:
    with pytest.raises(ModuleError, match="Error 0102"):
        unpacked(Archive(b"no archive"))
    with pytest.raises(ModuleError, match="Error 0102"):
        unpacked(Archive(b"no archive"), Compression_file_format="Gzip")
    with pytest.raises(ModuleError, match=r"Error 0049: .*not UTF-8"):
        unpacked(zipped({"a.csv": "ü\n".encode("utf-16")}))


@pytest.mark.parametrize("name", ["Unpack Zipped Datasets", "Import Images"])
def test_an_archive_damaged_anywhere_is_refused_or_read(name: str) -> None:
    whole = zipped({"a.csv": b"x\n1\n" * 40}).content
    given = {"File has header row": "True"} if name.startswith("Unpack") else {}
    refused = 0
    for place in range(len(whole)):
        content = bytearray(whole)
        content[place] ^= 0xFF
        try:
            done(name, given, {"Dataset": Archive(bytes(content))})
        except ModuleError:
            refused += 1
    assert refused > 40


def test_typed_data_is_read_in_each_format() -> None:
    for kind, text in (
        ("CSV", "x,y\n1,2\n"),
        ("TSV", "x\ty\n1\t2\n"),
        ("ARFF", "@attribute x numeric\n@attribute y numeric\n@data\n1,2\n"),
    ):
        table = done("Enter Data Manually", {"DataFormat": kind, "Data": text})[
            "dataset"
        ]
        assert isinstance(table, Table)
        assert table.frame.rows() == [(1, 2)]
    for text, reason in ((" ", "Error 0003"), ("x\n1,2\n", "Error 0049: .*Row 1")):
        with pytest.raises(ModuleError, match=reason):
            done("Enter Data Manually", {"Data": text})
