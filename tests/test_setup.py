"""What a fresh machine relies on: the hashed requirements, the scripts, and that no file names where packages come from."""

import os
import re
import resource
import subprocess
import tomllib

import pytest
from playwright._impl._driver import compute_driver_executable

from tests.support.databases import HOUSE

HTMX = HOUSE / "requirements/htmx.txt"
"""Name, version and hash of a package that npm fetches, in one line of its own form."""
REQUIREMENTS = sorted(set((HOUSE / "requirements").glob("*.txt")) - {HTMX})
# Written apart, so that this file does not name them either.
HOSTS = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("deb", "debian", "org"),
                                       ("jsdelivr", "net"), ("unpkg", "com"), ("npmjs", "com"))]  # fmt: skip
ON_EACH_DEBIAN = {"libc6", "libdl2", "libgcc_s1", "libm6", "libpthread0", "librt1", "libstdc++6"}
"""Libraries that come with apt itself, each with the number of its interface."""


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def pinned(text: str) -> dict[str, str]:
    """Name → what stands after `==` up to the first hash."""
    return {name.lower(): rest for name, rest in re.findall(r"^([A-Za-z0-9._-]+)==(.+)$", text, re.MULTILINE)}


def named(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-").replace(".", "-")


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: file.name)
def test_every_requirement_is_exact_and_hashed(file):
    text = file.read_text()
    entries = [entry for entry in re.split(r"\n(?=[A-Za-z0-9])", text) if not entry.startswith("#")]
    assert entries and all("==" in entry and "--hash=sha256:" in entry for entry in entries)


def test_what_we_ask_for_is_what_is_pinned():
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())
    for file, asked in (
        ("run", project["project"]["dependencies"]),
        ("dev", [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]),
    ):
        have = {named(name) for name in pinned((HOUSE / f"requirements/{file}.txt").read_text())}
        assert {named(requirement) for requirement in asked} <= have, "run bin/lock"


def test_htmx_is_exact_and_hashed():
    assert re.fullmatch(r"htmx\.org [0-9]+\.[0-9]+\.[0-9]+ sha512-[A-Za-z0-9+/]{86}==\n", HTMX.read_text())


def test_htmx_comes_without_django():
    have = pinned((HOUSE / "requirements/dev.txt").read_text())
    assert "django-htmx" in have and "django" not in have


def hosts_in(text: str) -> list[str]:
    return [host for host in HOSTS if host in text.lower()]


def test_a_host_that_is_named_would_be_found():
    assert hosts_in("see https://" + HOSTS[0] + "/x") == HOSTS[:1]


def test_no_committed_file_names_a_package_host():
    listed = run("git", "ls-files", "-z")
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = [HOUSE / name for name in listed.stdout.split("\0") if name]
    assert len(files) > 20
    wrong = {str(file): found for file in files if file.is_file() and (found := hosts_in(file.read_text("utf-8", "replace")))}
    assert not wrong


def test_setup_done_twice_does_nothing_quickly():
    if not (HOUSE / ".venv/.made-from").exists():
        pytest.skip("this environment was not made by bin/setup")
    assert run("bin/setup", "--tests").returncode == 0
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    again = run("bin/setup", "--tests")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "installing" not in again.stdout
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1  # of work, on a machine that does much else


def test_every_library_of_the_browser_s_driver_is_on_each_debian_or_installed_by_setup():
    node, _script = compute_driver_executable()
    needed = {name.replace(".so.", "") for name in re.findall(r"^\s*(lib\S+) =>", run("ldd", node).stdout, re.MULTILINE)}
    assert needed and needed - ON_EACH_DEBIAN <= set(re.split(r"[,\s]+", run("bin/setup", "--help").stdout))


@pytest.mark.parametrize("script", ["bin/setup", "bin/lock", "bin/dev", "bin/ci", "bin/pictures", "bin/portal", ".ci/run"])
def test_a_script_is_sound_bash(script):
    assert run("bash", "-n", script).returncode == 0


def test_setup_refuses_what_it_does_not_know():
    done = run("bin/setup", "--everything")
    assert done.returncode == 2 and "unknown argument --everything" in done.stderr


def test_continuous_integration_refuses_arguments_and_does_not_begin():
    done = run("bin/ci", "--help")
    assert done.returncode == 2 and done.stdout == "" and done.stderr.splitlines() == ["bin/ci takes no arguments: it runs what .ci/run says."]


def test_make_help_lists_every_target():
    said = run("make", "help").stdout
    for target in ("run", "test", "prove", "bench", "setup", "clean"):
        assert re.search(rf"make {target}\b", said)


def test_continuous_integration_runs_exactly_the_tests():
    lines = (HOUSE / ".ci/run").read_text().splitlines()
    assert lines[-1] == "make test"


def test_the_python_that_somebody_names_is_the_one_that_make_sets_up_with():
    """As `bin/setup` asks of who has none that it finds: `PYTHON=/path/to/it make run`."""
    says = ["make", "--silent", "--eval", "says: ; @echo $$PYTHON", "says"]
    done = subprocess.run(says, cwd=HOUSE, capture_output=True, text=True, env={"PATH": os.environ["PATH"], "PYTHON": "/opt/own/python"})
    assert done.stdout.strip() == "/opt/own/python", done.stderr
