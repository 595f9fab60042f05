"""A time of life, stored in a column of words beside descriptions as sent: `age:34 years`."""

MARK = "age:"


def stored_age(amount: str) -> str:
    return f"{MARK}{amount}" if amount else ""


def age_in(stored: str) -> str:
    """34 years; '' where the words are no age."""
    return stored.removeprefix(MARK) if stored.startswith(MARK) else ""
