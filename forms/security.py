"""Forms without a field of their own: pressing their button says it all."""

from forms.base import Form


class PressForm(Form):
    """Only what every form carries."""
