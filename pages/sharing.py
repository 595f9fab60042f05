"""`R/sharing`: who helps now, who was asked, who helped before; and the page of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import RecordGrant
from pages.given import Given
from pages.invitations import Asked, asked_of
from pages.shares import Helper, OwnersPage, helpers_of, of_record
from rules.sharing import review_of
from words.dates import day
from words.gettext import _, ngettext
from words.names import in_sentence

SHOWN_BEFORE = 20
"""Invitations that came to nothing, on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingPage(OwnersPage):
    helpers: tuple[Helper, ...]
    asked: tuple[Asked, ...]

    @property
    def heading(self) -> str:
        return _("People who help you") if self.own else _("People who help %(given)s", given=self.given)

    @property
    def helping(self) -> tuple[Helper, ...]:
        return tuple(one for one in self.helpers if one.stands)

    @property
    def before(self) -> tuple[Helper, ...]:
        return tuple(one for one in self.helpers if not one.stands)

    @property
    def waiting(self) -> tuple[Asked, ...]:
        return tuple(one for one in self.asked if one.is_open)

    @property
    def answered(self) -> tuple[Asked, ...]:
        """What came to nothing; who said yes is among the helpers."""
        return tuple(one for one in self.asked if one.state in ("declined", "withdrawn"))[:SHOWN_BEFORE]

    @property
    def lede(self) -> str:
        if not self.helping:
            return _("Nobody helps with this record now.")
        return ngettext("%(count)s person helps now.", "%(count)s people help now.", len(self.helping))


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperPage(OwnersPage):
    """One person. `may_preview`: the patient may look through their eyes."""

    may_preview: bool
    helper: Helper


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsPage(OwnersPage):
    """The form about what somebody may see and do. `helper` None: they are being invited."""

    helper: Helper | None = None
    name: str = ""
    gives: Given | None = None
    """What was chosen, on the page that asks whether it is right."""
    review: datetime | None = None

    @property
    def sentences(self) -> list[str]:
        """What will be so, before anything is."""
        said = [_("%(name)s will see: %(parts)s.", name=self.name, parts=self.gives.seen_in_sentence)]
        if self.gives.done:
            said.append(_("%(name)s can do this: %(acts)s.", name=self.name, acts=in_sentence(self.gives.done)))
        else:
            said.append(_("%(name)s can only look, and change nothing.", name=self.name))
        said.append(_("They never see what is marked private, who has looked, or who else helps."))
        return [*said, self._end]

    @property
    def _end(self) -> str:
        if self.gives.last_day:
            return _("It ends after %(day)s.", day=self.gives.last_day)
        return _("It lasts until you end it. On %(day)s we ask you if it is still right.", day=day(self.review))


async def sharing_page(grant: RecordGrant) -> SharingPage:
    return SharingPage(**of_record(grant), helpers=await helpers_of(grant), asked=await asked_of(grant))


async def helper_page(grant: RecordGrant, ref: str) -> HelperPage | None:
    """Of the person who holds this share, or held it before it was changed; None where there is nobody."""
    found = [one for one in await helpers_of(grant) if ref in one.refs]
    if not found:
        return None
    return HelperPage(**of_record(grant), may_preview=grant.own and found[0].stands, helper=found[0])


async def invite_page(grant: RecordGrant, name: str = "", gives: Given | None = None) -> TermsPage:
    return TermsPage(**of_record(grant), name=name, gives=gives, review=review_of(None, grant.now))


async def terms_page(grant: RecordGrant, ref: str, gives: Given | None = None) -> TermsPage | None:
    """None where nobody's share can be changed under this address."""
    page = await helper_page(grant, ref)
    if page is None or not page.helper.may_be_ended or page.helper.ref != ref:
        return None
    name = page.helper.name
    return TermsPage(**of_record(grant), helper=page.helper, name=name, gives=gives, review=review_of(None, grant.now))
