"""`make bench`: what things cost on this machine. Ratios within one run mean something; single figures drift."""

from __future__ import annotations

import asyncio

from bench import requests


def main() -> None:
    asyncio.run(requests.report())


if __name__ == "__main__":
    main()
