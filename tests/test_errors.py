"""What went wrong on our side is a page like any other, and says nothing of why."""

import logging

import pytest


@pytest.fixture
async def broken(client, monkeypatch):
    import handlers.public

    async def fails():
        raise ZeroDivisionError("Maria Delgado")

    monkeypatch.setattr(handlers.public, "front_page", fails)
    return client


async def test_a_mistake_of_ours_is_a_page_that_keeps_every_contract(broken):
    page = await broken.get("/")
    assert page.status == 500 and page.h1 == "Something went wrong on our side" and "Maria" not in page.html


async def test_the_log_names_the_kind_of_mistake_and_nobody(broken, caplog):
    with caplog.at_level(logging.ERROR, "portal.error"):
        await broken.get("/")
    assert "ZeroDivisionError" in caplog.text and "Maria" not in caplog.text
