"""What the tests stand on: throw-away databases, a browser, a client that inspects every page, checks of documents."""
