"""Static files: small, named by what is in them, there for two releases, and nothing else is."""

import gzip
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import brotli
import pytest

from handlers.assets import SOURCES, Assets, asset_response, build, fresh

ALONE = {"reveal.js", "passkey.js"}
"""Scripts of pages of one kind."""
STYLESHEET, OUR_SCRIPTS, FIRST_VISIT, FIRST_WINDOW = 4_500, 3_000, 30_000, 14_600
HEADERS = 960


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Assets:
    return fresh(SOURCES, tmp_path_factory.mktemp("built"))


@pytest.fixture
def sources(tmp_path):
    return shutil.copytree(SOURCES, tmp_path / "static")


def sent(assets: Assets, name: str) -> int:
    return len(asset_response(assets, assets.url(name), "br")[2])


def test_the_stylesheet_is_within_its_budget(assets):
    assert sent(assets, "site.css") <= STYLESHEET


def test_our_own_scripts_together_are_within_their_budget(assets):
    ours = [name for name in assets.urls if name.endswith(".js") and name != "htmx.js"]
    assert "portal.js" in ours
    assert sum(sent(assets, name) for name in ours) <= OUR_SCRIPTS


def test_the_kit_page_with_stylesheet_and_headers_fits_the_first_window(assets):
    from tests.support.kit import kit_html, record_frame

    page = len(brotli.compress(kit_html(record_frame()).encode(), quality=5))
    assert page + HEADERS + sent(assets, "site.css") + HEADERS / 3 <= FIRST_WINDOW


def test_a_frame_around_nothing_leaves_room_for_the_page():
    from tests.support.kit import record_frame, render

    frame = len(brotli.compress(render("errors/404.html", record_frame()).encode(), quality=5))
    assert frame + HEADERS <= 2_600


def test_a_budget_that_is_broken_is_seen(sources, tmp_path):
    (sources / "site.css").write_bytes(b"".join(b".a%d{color:#%06x}" % (n, n * 7919 % 2**24) for n in range(2_000)))
    assert sent(fresh(sources, tmp_path / "built"), "site.css") > STYLESHEET


def test_the_whole_first_visit_is_within_its_budget(assets):
    """Of a page with updates, and of one with a script of its own, which has none."""
    updated = sum(sent(assets, name) for name in assets.urls if name not in ALONE)
    alone = updated - sent(assets, "htmx.js") + max(sent(assets, name) for name in ALONE)
    assert max(updated, alone) + 8_000 + 4 * HEADERS <= FIRST_VISIT


@pytest.mark.parametrize(("accepted", "coding"), [
    ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("", ""), ("br;q=0, gzip", "gzip"), ("identity", ""), ("*", "br"),
    ("br;q=0.5", "br"), ("BR", "br"), ("gzip;q=0.0", ""),
])  # fmt: skip
def test_the_body_comes_in_a_coding_the_browser_takes(assets, accepted, coding):
    status, headers, body = asset_response(assets, assets.url("site.css"), accepted)
    said = dict(headers)
    plain = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding](body)
    assert status == 200 and said.get("content-encoding", "") == coding and said["content-length"] == str(len(body))
    assert b":root{" in plain and said["vary"] == "accept-encoding"


def test_a_hashed_name_may_be_kept_for_ever(assets):
    assert dict(asset_response(assets, assets.url("portal.js"), "")[1])["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/static/site.css", "/static/../settings.py", "/static/releases.json", "/static/", "", "/"])
def test_nothing_but_the_built_files_is_there(assets, path):
    assert asset_response(assets, path, "br") is None


def test_browsers_find_the_icon_they_ask_for_unasked(assets):
    status, headers, _ = asset_response(assets, "/favicon.ico", "")
    assert status == 200 and dict(headers)["content-type"] == "image/svg+xml"
    assert "immutable" not in dict(headers)["cache-control"]


def test_a_changed_file_has_another_name_and_the_old_one_stays_for_a_release(sources, tmp_path):
    built = tmp_path / "built"
    names = []
    for step in range(3):
        (sources / "site.css").write_text(f"a{{order:{step}}}")
        assets = fresh(sources, built)
        names.append(assets.url("site.css"))
    there = [asset_response(assets, name, "") is not None for name in names]
    assert there == [False, True, True]
    assert not list(built.glob(names[0].rpartition("/")[2] + "*"))


def test_a_name_that_is_unchanged_stays(sources, tmp_path):
    before = fresh(sources, tmp_path / "built")
    (sources / "site.css").write_text("a{order:1}")
    after = fresh(sources, tmp_path / "built")
    assert after.url("portal.js") == before.url("portal.js") and after.url("site.css") != before.url("site.css")


@pytest.mark.parametrize("harm", ["missing", "no list", "half a list", "a file is gone"])
def test_a_broken_build_is_made_again(sources, tmp_path, harm):
    built = tmp_path / "built"
    build(sources, built)
    if harm == "missing":
        shutil.rmtree(built)
    elif harm == "no list":
        (built / "releases.json").unlink()
    elif harm == "half a list":
        (built / "releases.json").write_text('[{"site.css"')
    else:
        next(built.glob("site.*.br")).unlink()
    assert asset_response(fresh(sources, built), fresh(sources, built).url("site.css"), "br") is not None


def test_a_build_that_is_current_is_not_made_again(sources, tmp_path):
    built = tmp_path / "built"
    fresh(sources, built)
    stamps = {path: path.stat().st_mtime_ns for path in built.iterdir()}
    fresh(sources, built)
    assert {path: path.stat().st_mtime_ns for path in built.iterdir()} == stamps


def test_processes_that_start_together_do_not_harm_each_other(sources, tmp_path):
    start = f"from pathlib import Path; from handlers.assets import fresh; print(fresh(Path({str(sources)!r}), Path({str(tmp_path / 'built')!r})).url('site.css'))"
    running = [subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True, cwd=SOURCES.parent) for _ in range(3)]
    said = [one.communicate()[0].strip() for one in running]
    assert [one.returncode for one in running] == [0, 0, 0] and len(set(said)) == 1 and said[0].startswith("/static/site.")


def test_comments_are_not_sent(assets):
    css, js = (asset_response(assets, assets.url(name), "")[2] for name in ("site.css", "portal.js"))
    assert b"/*" not in css and b"//" not in js.replace(b"://", b"")


@pytest.mark.parametrize("name", ["portal.js", "passkey.js"])
def test_our_scripts_need_neither_eval_nor_storage(assets, name):
    script = asset_response(assets, assets.url(name), "")[2].decode()
    for word in ("eval", "new Function", "innerHTML", "localStorage", "sessionStorage", "document.cookie", "setAttribute('style"):
        assert word not in script


def test_htmx_comes_unchanged_from_its_package(assets):
    from handlers.assets import htmx_source

    assert asset_response(assets, assets.url("htmx.js"), "")[2] == htmx_source().strip()


def test_a_missing_package_is_a_clear_error(monkeypatch):
    import importlib.util

    from handlers.assets import htmx_source

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("handlers.assets.NPM_HTMX", Path("/nowhere"))
    with pytest.raises(FileNotFoundError, match="django-htmx"):
        htmx_source()


def test_the_lookup_cannot_be_changed_by_accident(assets):
    with pytest.raises(AttributeError):
        assets.urls = {}
    assert replace(assets, urls={}).urls == {}
