import base64
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from tests.catalogue.learning import run

from bramka.catalogue import _python_child, execute_python_script
from bramka.domain.learning.module import ModuleError, Ports
from bramka.domain.learning.table import Column, Table
from bramka.domain.learning.value import Archive, Pictures, Value

DOT = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c626001000000ffff03000006000557bf"
        "abd40000000049454e44ae426082"
    )
).decode()


def executed(script: str, **inputs: Value) -> Ports:
    ports = {name.replace("_", " "): value for name, value in inputs.items()}
    return run("Execute Python Script", ports, python_script=script)


def frame(outputs: Ports) -> pl.DataFrame:
    table = outputs["Results dataset"]
    assert isinstance(table, Table)
    return table.frame


def printed(body: str) -> str:
    """What a script without frames prints."""
    script = "import pandas\ndef azureml_main():\n"
    script += "".join(f"    {line}\n" for line in body.splitlines())
    outputs = executed(script + "    return pandas.DataFrame({'x': [1]}),\n")
    device = outputs["Python Device"]
    assert isinstance(device, Pictures)
    return device.text


def test_values_come_in_and_out_by_their_types() -> None:
    color = Column(name="c", type="String", levels=("red", "blue"))
    table = Table.of(
        pl.DataFrame(
            {
                "i": [1, 2, None],
                "b": [True, False, True],
                "c": ["red", None, "blue"],
                "d": ["2020-01-02 03:04:05", None, None],
            }
        ).with_columns(pl.col("d").str.to_datetime()),
        [color],
    )
    outputs = executed(
        "def azureml_main(one, two):\n"
        "    print(one.dtypes.to_dict())\n"
        "    one['n'] = [1, 2, 3]\n"
        "    one['i'] += two['x'][0]\n"
        "    one['mixed'] = [1, 'a', None]\n"
        "    return one, two\n",
        Dataset1=table,
        Dataset2=Table.of(pl.DataFrame({"x": [10]})),
    )
    found = frame(outputs)
    assert found["i"].to_list() == [11.0, 12.0, None]
    assert found.select("b", "c", "n", "mixed").rows() == [
        (True, "red", 1, "1"),
        (False, None, 2, "a"),
        (True, "blue", 3, None),
    ]
    assert found["d"].to_list() == table.frame["d"].to_list()


def test_pictures_and_printed_text_are_at_the_device_and_bundles_are_imported() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr("helper.py", "def double(frame):\n    return frame * 2\n")
    outputs = executed(
        "import base64, helper\n"
        "def azureml_main(one):\n"
        f"    open('dot.png', 'wb').write(base64.b64decode('{DOT}'))\n"
        "    print('drawn')\n"
        "    one.columns = ['a', 'a']\n"
        "    return helper.double(one),\n",
        Dataset1=Table.of(pl.DataFrame({"x": [1.5], "y": [2.0]})),
        Script_Bundle=Archive(content.getvalue()),
    )
    assert frame(outputs).to_dict(as_series=False) == {"a": [3.0], "a (1)": [4.0]}
    device = outputs["Python Device"]
    assert isinstance(device, Pictures)
    assert device.images == (base64.b64decode(DOT),)
    assert "drawn" in device.text


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("def azureml_main():\n    1 / 0\n", "ZeroDivisionError: division by zero"),
        ("def other(): pass\n", "defines no function azureml_main"),
        ("def azureml_main():\n    return 5\n", "it returned int"),
        ("def azureml_main(:\n", "SyntaxError"),
        ("def azureml_main():\n    bytearray(6 << 30)\n", "MemoryError"),
        ("import os\nos._exit(3)\n", "The process ended with 3"),
    ],
)
def test_what_goes_wrong_is_told_with_the_last_lines(script: str, message: str) -> None:
    with pytest.raises(ModuleError, match="Error 0085") as refusal:
        executed(script)
    assert message in refusal.value.text
    assert "_python_child" not in refusal.value.text


def test_a_script_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute_python_script, "SECONDS", 1)
    with pytest.raises(ModuleError, match="took longer than 1 seconds"):
        executed("import time\nwhile True: time.sleep(1)\n")


def test_there_is_no_network_no_other_file_and_no_other_process(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = printed(
            "import os, socket, subprocess\n"
            "def tried(what, *given):\n"
            "    try:\n"
            "        what(*given); print('done')\n"
            "    except OSError as error:\n"
            "        print(type(error).__name__)\n"
            f"here = ('127.0.0.1', {server.getsockname()[1]})\n"
            "tried(socket.create_connection, here)\n"
            f"tried(open, {str(secret)!r})\n"
            f"tried(open, {str(tmp_path / 'new')!r}, 'w')\n"
            "tried(os.kill, os.getppid(), 0)\n"
            "tried(os.setsid)\n"
            "tried(open, f'/proc/{os.getppid()}/environ')\n"
            "print(sorted(os.environ.get(name) for name in ('SECRET',)))"
        )
    if "does not take away" in told:
        assert "The kernel does not take away: " in told.splitlines()[0]
    else:
        assert told.splitlines()[-7:] == ["PermissionError"] * 6 + ["[None]"]


def test_a_bundle_that_is_no_archive_is_refused() -> None:
    with pytest.raises(ModuleError, match="Error 0102"):
        executed("", Script_Bundle=Archive(b"no archive"))


def state_of(pid: int) -> str:
    """How a process is: Z is one that ended, as is one that is not there."""
    with suppress(FileNotFoundError, ProcessLookupError):
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        return told.rpartition(")")[2].split()[0]
    return "Z"


def test_what_a_script_began_ends_with_it_whoever_ends_it(tmp_path: Path) -> None:
    command = "sleep 600 & echo $! > began.part; mv began.part began; wait"
    task = {
        "command": ["/bin/sh", "-c", command],
        "readable": ["/bin"],
        "bundle": "",
        "limits": {"memory": 1 << 32, "file": 1 << 20, "seconds": 60},
    }
    (tmp_path / _python_child.TASK).write_text(json.dumps(task), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", _python_child.__file__],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + 90
    while not (tmp_path / "began").exists() and time.monotonic() < until:
        time.sleep(0.01)
    began = int((tmp_path / "began").read_text())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    while state_of(began) != "Z" and time.monotonic() < until:
        time.sleep(0.01)
    assert state_of(began) == "Z"
