"""What a request tells of the browser that sent it: where from (for limits), and what it calls itself (in plain words)."""

from __future__ import annotations

import hashlib
import ipaddress
from functools import lru_cache

from litestar.types import Scope

BROWSERS = (
    (b"Edg/", "Edge"), (b"OPR/", "Opera"), (b"SamsungBrowser", "Samsung Internet"), (b"Firefox/", "Firefox"),
    (b"Chrome/", "Chrome"), (b"Safari/", "Safari"), (b"Lynx", "Lynx"), (b"w3m", "w3m"),
)
SYSTEMS = (
    (b"iPhone", "iPhone"), (b"iPad", "iPad"), (b"Android", "Android"), (b"Windows", "Windows"), (b"Mac OS", "Mac"),
    (b"CrOS", "Chromebook"), (b"Linux", "Linux"),
)


class Proxies:
    """Which senders may say on whose behalf they ask; a forwarded address from anybody else is ignored."""

    def __init__(self, trusted: tuple[str, ...]):
        self.networks = [ipaddress.ip_network(text, strict=False) for text in trusted]

    def client(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        peer = (scope.get("client") or ("127.0.0.1", 0))[0]
        if self.networks and self._trusts(peer):
            hops = [hop.strip() for hop in headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")]
            peer = next((hop for hop in reversed(hops) if hop and not self._trusts(hop)), peer)
        return limit_name(peer)

    def _trusts(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.networks)


@lru_cache(maxsize=4096)
def limit_name(text: str) -> str:
    """An IPv4 address as it is, an IPv6 one as its /64: one household, one name."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address) if address.version == 4 else str(ipaddress.ip_network(f"{address}/64", strict=False))


@lru_cache(maxsize=1024)
def device_words(agent: bytes) -> str:
    """"Firefox, Windows": names of products, so not for translation."""
    found = [next((words for mark, words in names if mark in agent), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(filter(None, found))


def pre_hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode("latin-1", "replace")).digest() if cookie else b""
