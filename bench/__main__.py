"""`make bench`: what things cost on this machine. Ratios within one run mean something; single figures drift."""

from __future__ import annotations

import uvloop

from bench import importing, requests, starting


def main() -> None:
    uvloop.run(requests.report())
    starting.report()
    importing.report()


if __name__ == "__main__":
    main()
