"""The demo clinic and its cast: one file per person, used by the demo and by the tests."""
