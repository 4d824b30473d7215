"""What adlfs, the file system of pandas and Dask, gets from a store."""

from azure.storage.blob import ContainerClient
from tests.blobs.conftest import Store


def test_files_are_written_listed_read_and_removed(
    store: Store, container: ContainerClient
) -> None:
    from adlfs import AzureBlobFileSystem  # noqa: PLC0415 - slow to import

    base = container.container_name
    files = AzureBlobFileSystem(
        connection_string=store.connection_string, skip_instance_cache=True
    )
    with files.open(f"{base}/folder/x.csv", "wb", block_size=2**20) as file:
        file.write(b"0123456789" * 300_000)
    files.pipe({f"{base}/folder/y.csv": b"12", f"{base}/z.csv": b"3"})
    assert sorted(files.find(base)) == [
        f"{base}/folder/x.csv",
        f"{base}/folder/y.csv",
        f"{base}/z.csv",
    ]
    assert files.cat_file(f"{base}/folder/x.csv", start=8, end=12) == b"8901"
    assert files.info(f"{base}/folder/x.csv")["size"] == 3_000_000
    files.copy(f"{base}/z.csv", f"{base}/copy.csv")
    assert files.cat(f"{base}/copy.csv") == b"3"
    files.rm(f"{base}/folder", recursive=True)
    files.invalidate_cache()
    assert sorted(files.find(base)) == [f"{base}/copy.csv", f"{base}/z.csv"]
    assert not files.exists(f"{base}/folder/y.csv")
