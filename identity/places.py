"""Where somebody signs in from: kept as a keyed hash, so that a copy of the database tells nobody where its people live."""

from __future__ import annotations

import hashlib
import hmac

from access.house import House


def place_of(house: House, ip: str) -> str:
    """What a new session keeps of the address it was opened from (IPv4, or the /64 of IPv6)."""
    return places_of(house, ip)[0]


def places_of(house: House, ip: str) -> list[str]:
    """As earlier sessions may have kept it: under each key, newest first."""
    return [hmac.new(key, b"place " + ip.encode(), hashlib.sha256).hexdigest()[:32] for key in house.keyring.keys]
