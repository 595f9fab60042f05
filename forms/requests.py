"""What people write to the clinic, and what the clinic answers."""

from __future__ import annotations

from wtforms import FileField, HiddenField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation

from forms.base import Form, at_most, exact, tidy
from forms.preferences import one_of
from forms.security import PressForm
from words.gettext import N_, Later

LONGEST = 5000
"""Letters of one message: four printed pages."""
KEPT = 4 * LONGEST
"""Letters of a draft: a text browser lets anybody type more than can be sent, and says so when it is sent."""


def _words(label: str) -> TextAreaField:
    return TextAreaField(Later(label), [at_most(LONGEST, Later(N_("Use 5,000 letters at most")))], filters=[tidy])


def _file() -> FileField:
    return FileField(Later(N_("A file to go with it")))


class AskForm(Form):
    """`topics` and `subjects` are (value, words) to choose from; a choice among one or none is not asked for. Refills need
    no words."""

    topic = RadioField(Later(N_("What is it about?")), validate_choice=False)
    subject = RadioField(Later(N_("Which medicine?")), validate_choice=False)
    words = _words(N_("What do you want to tell us?"))
    file = _file()

    def __init__(self, *args, topics=(), subjects=(), optional: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.optional = optional
        for name, offered in (("topic", topics), ("subject", subjects)):
            if len(offered) > 1 or (name == "subject" and offered):
                self[name].choices = [SelectChoice(value, words) for value, words in offered]
            else:
                del self[name]
        self.words.flags.required = not optional
        if optional:
            del self.file

    @property
    def asked(self) -> tuple[str, str, str]:
        """Topic, subject and words; what was not asked for is ""."""
        return tuple(self[name].data or "" if name in self else "" for name in ("topic", "subject", "words"))

    @property
    def draft(self) -> dict[str, str]:
        """What is kept of it while it is not sent, as far as a draft goes."""
        names = ("topic", "subject", "words")
        return {name: (self[name].data or "")[:KEPT] for name in names if name in self}

    def validate_topic(self, field: RadioField) -> None:
        one_of(field.choices, N_("Choose what it is about"))(self, field)

    def validate_subject(self, field: RadioField) -> None:
        one_of(field.choices, N_("Choose a medicine"))(self, field)

    def validate_words(self, field: TextAreaField) -> None:
        if not self.optional and not field.data:
            raise StopValidation(Later(N_("Write what you want to tell us")))


class SayForm(Form):
    """More words on something that was asked."""

    words = _words(N_("Write more"))
    file = _file()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.words.flags.required = True

    @property
    def draft(self) -> dict[str, str]:
        return {"words": (self.words.data or "")[:KEPT]}

    def validate_words(self, field: TextAreaField) -> None:
        if not field.data:
            raise StopValidation(Later(N_("Write what you want to tell us")))


class TakeOverForm(PressForm):
    """`had`: whose name stood on the button."""

    had = HiddenField(filters=[exact])


class AnswerForm(Form):
    """`answers` are (code, words); where there is one alone, it is not asked for. An answer that says it all needs no
    words; a reply is nothing without them. `seen`: how much had been said on the page that it was written on."""

    seen = HiddenField(filters=[exact])
    answer = RadioField(Later(N_("Your answer")), validate_choice=False)
    words = _words(N_("Your words to them"))
    file = _file()

    def __init__(self, *args, answers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.only = answers[0][0] if len(answers) == 1 else ""
        self.answer.choices = [SelectChoice(code, words) for code, words in answers]
        if self.only:
            del self.answer
        self.words.flags.required = bool(self.only)

    def validate_answer(self, field: RadioField) -> None:
        one_of(field.choices, N_("Choose an answer"))(self, field)

    def validate_words(self, field: TextAreaField) -> None:
        if self.only and not field.data:
            raise StopValidation(Later(N_("Write an answer")))

    @property
    def draft(self) -> dict[str, str]:
        """What is kept of it while it is not sent. Which answers there are is not asked again: the page offers them."""
        return {name: (self[name].data or "")[:KEPT] for name in ("answer", "words")}

    def must_look_again(self, seen: str) -> None:
        """They wrote more meanwhile: the page has it now, and what is sent next is sent knowing it."""
        self.seen.data = seen
        self.fail("words", Later(N_("They wrote more after you opened this. Read it above, then send your answer again")))

    @property
    def chosen(self) -> str:
        return self.only or self.answer.data
