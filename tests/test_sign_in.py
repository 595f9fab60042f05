"""Signing in, step-up, staying and signing out, as a person meets them."""

from tests.support.signing_in import sign_in


async def test_a_patient_signs_in_with_a_password_and_a_code(client, cast):
    page = await sign_in(client, cast["self"])
    assert page.url == "/records" and page.status == 200
