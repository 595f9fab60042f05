"""What bin/setup does on a machine that has little: the script itself, where all that it would fetch is played."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.databases import HOUSE

TOOLS = "bash cat chmod cp cut dirname env grep id ln mkdir readlink rm sha256sum".split()
FILES = "bin/setup requirements/htmx.txt requirements/run.txt requirements/uv.txt handlers/assets.py static/site.css".split()

PLAYED = {
    "programs/dpkg-query": "printf 'ii '",  # all of Debian's packages are there
    "programs/python3": '[ "$1" != -m ] || { mkdir -p .venv/bin; cp "$MACHINE/python" .venv/bin/python; echo made >.venv/pyvenv.cfg; }',
    "python": 'if [ "$2" = pip ]; then cp "$MACHINE/index/uv" .venv/bin/uv; fi',
    "index/uv": "exit 0",
}


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Programs without npm and uv, an index of packages, and the portal's folder with what setting up looks at."""
    for name, does in PLAYED.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"#!{shutil.which('bash')}\n{does}\n")
        (tmp_path / name).chmod(0o755)
    for tool in TOOLS:
        (tmp_path / "programs" / tool).symlink_to(shutil.which(tool))
    for file in FILES:
        (tmp_path / "portal" / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOUSE / file, tmp_path / "portal" / file)
    return tmp_path


def set_up(machine: Path) -> subprocess.CompletedProcess[str]:
    little = {"PATH": str(machine / "programs"), "PYTHON": str(machine / "programs/python3"), "MACHINE": str(machine)}
    return subprocess.run([machine / "portal/bin/setup"], env=little, capture_output=True, text=True)


def test_a_machine_without_npm_is_set_up_all_the_same(machine):
    done = set_up(machine)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-2:] == ["setup: npm is not here; htmx is the copy inside django-htmx", "setup: building static files"]


def test_what_was_cut_while_the_index_could_not_be_reached_goes_on_once_it_can(machine):
    (machine / "index").rename(machine / "away")
    cut = set_up(machine)
    (machine / "away").rename(machine / "index")
    done = set_up(machine)
    assert cut.returncode == 1 and cut.stderr.endswith("Once it is mended, run this again.\n")
    assert done.returncode == 0 and done.stderr == ""
