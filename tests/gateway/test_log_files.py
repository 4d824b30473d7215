"""The files that policies log to."""

from pathlib import Path

from bramka.gateway.log_files import LogFiles


def test_lines_go_to_the_file_of_that_name(tmp_path: Path) -> None:
    files = LogFiles(tmp_path / "logs")
    files.append("one", b"a")
    files.append("two", b"b")
    files.append("one", b"c")
    files.close()
    assert (tmp_path / "logs" / "one.log").read_bytes() == b"a\nc\n"
    assert (tmp_path / "logs" / "two.log").read_bytes() == b"b\n"
    assert (tmp_path / "logs" / "one.log").stat().st_mode & 0o777 == 0o600


def test_lines_are_added_to_what_is_there(tmp_path: Path) -> None:
    for line in (b"a", b"b"):
        files = LogFiles(tmp_path)
        files.append("one", line)
        files.close()
    assert (tmp_path / "one.log").read_bytes() == b"a\nb\n"


def test_a_file_that_is_full_is_set_aside_once(tmp_path: Path) -> None:
    files = LogFiles(tmp_path, most_bytes=8)
    for number in range(7):
        files.append("one", b"line%d" % number)
    files.close()
    assert (tmp_path / "one.log.1").read_bytes() == b"line4\nline5\n"
    assert (tmp_path / "one.log").read_bytes() == b"line6\n"
