"""Chromium's virtual authenticator, by the DevTools protocol: a device that a finger is always on, or a key with a PIN."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import CDPSession, Page


@dataclass(frozen=True)
class VirtualKey:
    session: CDPSession
    id: str

    async def credentials(self) -> list[dict]:
        return (await self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id}))["credentials"]

    async def give(self, credential: dict) -> None:
        """The same passkey on another device: in another browser of a test."""
        await self.session.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": credential})

    async def refuse(self) -> None:
        """From now on the wrong finger."""
        await self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})


async def plugged_in(page: Page, *, resident: bool = True) -> VirtualKey:
    """`resident`: a device that keeps passkeys; else a security key that is to be named."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2", "transport": "internal" if resident else "usb", "hasResidentKey": resident,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return VirtualKey(session, made["authenticatorId"])
