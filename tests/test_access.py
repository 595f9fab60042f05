"""The one decision and the one predicate, against what people would expect of them, on both databases."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from datetime import timedelta

import pytest

from access.audit import Entry
from access.grant import AccountGrant, Changed, Forged, RecordGrant, SystemGrant
from access.opening import Denied, open_account, open_queue, open_record, open_system, stands
from access.visible import held_back, one_of, visible
from access.vocabulary import TABLE_CATEGORY, Action, Category, Duty, record
from pages.clinic import clinic
from tables import ALL
from tables.accounts import Password, RateBucket, Session
from tables.audit import AuditEvent
from tables.clinic import ClinicSite
from tables.clinical import Clinical
from tables.records import Record, Share, ShareScope
from tables.results import DiagnosticReport, Observation, Series
from tables.sending import Capability
from tables.sites import site_of
from tables.visits import Composition, Encounter
from tests.support.world import World

RESULTS = record(Category.RESULTS)
ALL_SEEN_BY_SELF = {"result", "sensitive result", "private result", "pulse", "sensitive pulse", "private pulse"}


async def opened(world: World, person: str, name: str = "Maria", access=RESULTS, **options):
    return await open_record(world.house, world.people[person], world.records[name].ref, access, **options)


async def names(world: World, grant, table) -> set[str]:
    return world.names_of(row["id"] for row in await visible(grant, table).select(table.id))


async def test_the_patient_opens_her_own_record_on_her_own_basis(world):
    grant = await opened(world, "maria")
    assert isinstance(grant, RecordGrant) and grant.own and grant.basis == "self"
    assert grant.entry.action == "results.see" and grant.entry.purpose == "PATRQT"
    assert grant.entry.subject == world.records["Maria"].id and grant.entry.behalf is None


async def test_the_patient_sees_what_is_released_and_nothing_withdrawn_or_held(world):
    grant = await opened(world, "maria")
    assert await names(world, grant, Observation) == ALL_SEEN_BY_SELF
    assert await names(world, grant, Encounter) == {"visit"}
    assert await names(world, grant, Composition) == {"summary"}


async def test_a_result_shows_from_the_very_second_of_its_release(world):
    later = replace(world.people["maria"], now=world.now + timedelta(seconds=1))
    grant = await open_record(world.house, later, world.records["Maria"].ref, RESULTS)
    assert "later result" in await names(world, grant, Observation)


async def test_a_helper_sees_only_shared_categories_and_nothing_sensitive_or_private(world):
    grant = await opened(world, "results only")
    assert await names(world, grant, Observation) == {"result"}
    assert await names(world, grant, DiagnosticReport) == {"report"}
    assert await names(world, grant, Encounter) == set()
    assert await names(world, grant, Composition) == set()
    assert grant.entry.behalf == world.shares["results only"].id and grant.purpose == "FAMRQT"


@pytest.mark.parametrize("hidden", ["labelled", "only me"])
@pytest.mark.parametrize("holder", ["report", "panel", "report of its panel"])
async def test_a_test_is_hidden_with_the_report_or_the_panel_that_holds_it(world, holder, hidden):
    """Alone, in a trend or on a visit, its number would tell what the report was hidden for."""
    table = Observation if holder == "panel" else DiagnosticReport
    top = await world.row("top", table, "Maria", label="top", category="results", sensitive=hidden == "labelled")
    if hidden == "only me":
        await world.only_me("top", "Maria", table.__name__)
    column = {"report": "report"}.get(holder, "parent")
    if holder == "report of its panel":
        top = await world.row("panel", Observation, "Maria", label="panel", category="results", report=top)
    await world.row("member", Observation, "Maria", label="member", category="results", **{column: top})
    open_report = await world.row("open report", DiagnosticReport, "Maria", label="open report", category="results")
    open_panel = await world.row("open panel", Observation, "Maria", label="open panel", category="results", report=open_report)
    await world.row("open member", Observation, "Maria", label="open member", category="results", report=open_report, parent=open_panel)
    theirs = await names(world, await opened(world, "results only"), Observation)
    assert theirs == {"result", "open panel", "open member"}
    assert "member" in await names(world, await opened(world, "maria"), Observation)


async def test_the_home_page_gives_a_helper_no_rows_of_the_chart(world):
    """Feeds file social history and surveys under no page of their own: they are the patient's alone."""
    await world.row("smoking", Observation, "Maria", category="home", label="smoking")
    assert "smoking" in await names(world, await opened(world, "maria"), Observation)
    for helper in ("results only", "everything"):
        assert "smoking" not in await names(world, await opened(world, helper), Observation)


async def test_a_helper_with_nothing_but_the_home_page_sees_no_row_at_all(world):
    await world.share("stan", "Maria", "helper")
    grant = await opened(world, "stan", access=record(Category.HOME))
    for table in TABLE_CATEGORY:
        assert await visible(grant, table).count() == 0, table


async def test_a_helper_with_more_categories_sees_more(world):
    grant = await opened(world, "everything")
    assert await names(world, grant, Observation) == {"result", "pulse"}
    assert await names(world, grant, DiagnosticReport) == {"report", "scan"}
    assert await names(world, grant, Encounter) == {"visit"}


async def test_counts_and_existence_follow_the_same_predicate(world):
    grant = await opened(world, "results only")
    assert await visible(grant, Observation).count() == 1
    assert not await visible(grant, Encounter).exists()
    assert await visible(grant, Observation).exists()


async def held(world: World, grant, table, *asked) -> set[str]:
    return world.names_of(row["id"] for row in await held_back(grant, table).rows(("id",), *asked))


async def test_what_is_held_back_is_all_that_the_record_holds_and_the_grant_does_not_see(world):
    every = {name for name in world.rows if name.endswith(("result", "pulse")) and not name.startswith("stan's")}
    assert len(every) == 12
    for person in ("maria", "results only", "everything"):
        grant = await opened(world, person)
        seen = await names(world, grant, Observation)
        assert seen and await held(world, grant, Observation) == every - seen, person
    assert await held(world, await opened(world, "results only"), Encounter) == {"visit", "withdrawn visit"}
    assert await held(world, await opened(world, "stan", "Stan"), Observation) == set()


async def test_a_record_of_no_feed_shows_nothing_and_holds_nothing_back(world):
    grant = replace(await opened(world, "maria"), sources=())
    assert await held(world, grant, Observation) == set() == await names(world, grant, Observation)


async def test_a_further_condition_narrows_what_is_visible_and_what_is_held_back_and_never_widens_it(world):
    grant, either = await opened(world, "results only"), ("fhir_id = ? OR label = ?", "pulse", "result")
    assert world.names_of(row["id"] for row in await visible(grant, Observation).rows(("id",), *either)) == {"result"}
    assert "stan's result" not in await held(world, grant, Observation, *either)
    assert await held(world, grant, Observation, "fhir_id = ?", "held pulse") == {"held pulse"}


async def test_one_of_nothing_is_nothing_and_one_of_several_is_each_of_them(world):
    rows = visible(await opened(world, "maria"), Observation).rows
    assert await rows(("id",), one_of("fhir_id", ())) == []
    two = await rows(("fhir_id",), one_of("fhir_id", ("result", "pulse")), "result", "pulse", then="ORDER BY fhir_id")
    assert [row["fhir_id"] for row in two] == ["pulse", "result"]


@pytest.mark.parametrize("person", ["stan", "ended", "not yet", "revoked", "doctor", "desk"])
async def test_who_holds_no_share_that_stands_is_a_stranger(world, person):
    denied = await opened(world, person)
    assert isinstance(denied, Denied) and denied.reason == "stranger"
    assert denied.record_name == "" and denied.record_ref == ""
    assert denied.entry.decision == "refused" and denied.entry.behalf is None


async def test_an_unknown_record_is_refused_in_the_same_words(world):
    foreign = await opened(world, "stan")
    unknown = await open_record(world.house, world.people["stan"], "A" * 22, RESULTS)
    assert isinstance(unknown, Denied)
    assert replace(unknown, entry=None) == replace(foreign, entry=None)
    assert (unknown.entry.action, unknown.entry.reason) == (foreign.entry.action, foreign.entry.reason)


async def test_a_helper_without_the_category_is_told_so(world):
    denied = await opened(world, "results only", access=record(Category.VISITS))
    assert denied.reason == "category" and denied.record_name == "Maria"


async def test_seeing_is_not_acting_but_acting_is_seeing(world):
    assert (await opened(world, "results only", access=record(Category.RESULTS, Action.ACT))).reason == "category"
    assert isinstance(await opened(world, "actor", access=record(Category.RESULTS, Action.ACT)), RecordGrant)
    assert isinstance(await opened(world, "actor"), RecordGrant)


async def test_control_is_for_the_patient_and_a_representative_alone(world):
    control = record(Category.CONTROL)
    assert isinstance(await opened(world, "maria", access=control), RecordGrant)
    assert isinstance(await opened(world, "guardian", access=control), RecordGrant)
    assert (await opened(world, "everything", access=control)).reason == "category"


async def test_everybody_with_a_share_has_a_home(world):
    assert isinstance(await opened(world, "results only", access=record(Category.HOME)), RecordGrant)


async def test_a_share_ends_at_its_very_instant(world):
    before = replace(world.people["ended"], now=world.now - timedelta(microseconds=1))
    assert isinstance(await open_record(world.house, before, world.records["Maria"].ref, RESULTS), RecordGrant)
    after = replace(world.people["not yet"], now=world.now + timedelta(microseconds=1))
    assert isinstance(await open_record(world.house, after, world.records["Maria"].ref, RESULTS), RecordGrant)


async def test_a_stale_proof_is_asked_for_again(world):
    stale = replace(world.people["maria"], proven_at=world.now - timedelta(minutes=16))
    denied = await open_record(world.house, stale, world.records["Maria"].ref, record(Category.RESULTS, step_up=True))
    assert denied.reason == "step_up"
    fresh = await opened(world, "maria", access=record(Category.RESULTS, step_up=True))
    assert isinstance(fresh, RecordGrant)


async def test_the_dead_have_no_readers_but_a_representative(world):
    await Record.update({Record.deceased_text: "2026-01-01"}).where(Record.id == world.records["Maria"].id)
    for person in ("maria", "results only"):
        assert (await opened(world, person)).reason == "stranger"
    assert isinstance(await opened(world, "guardian"), RecordGrant)


async def test_a_blocked_record_opens_for_nobody(world):
    await Record.update({Record.state: "blocked"}).where(Record.id == world.records["Maria"].id)
    assert (await opened(world, "maria")).reason == "blocked"
    assert (await opened(world, "stan")).reason == "stranger"


async def test_a_merged_record_leads_who_may_see_the_new_one_there(world):
    maria, stan = world.records["Maria"], world.records["Stan"]
    await Record.update({Record.state: "merged", Record.merged_into: stan.id}).where(Record.id == maria.id)
    denied = await opened(world, "maria")
    assert (denied.reason, denied.elsewhere) == ("merged", stan.ref)
    assert (await opened(world, "stan")).reason == "stranger"
    for former in ("ended", "revoked", "not yet"):
        denied = await opened(world, former)
        assert (denied.reason, denied.elsewhere) == ("stranger", ""), "not even that there was a merge"


async def test_rows_follow_their_source_when_records_merge(world):
    async with world.house.database.transaction():
        await world.house.database.rows(
            "UPDATE record_source SET record = ? WHERE id = ?", world.records["Maria"].id, world.sources["Stan"]
        )
    grant = await opened(world, "maria")
    assert {"visit", "stan's visit"} == await names(world, grant, Encounter)


async def test_a_preview_shows_what_the_helper_would_see(world):
    grant = await opened(world, "maria", share_ref=world.shares["results only"].ref)
    assert grant.preview and not grant.own and grant.helper_name == "results only"
    assert await names(world, grant, Observation) == {"result"}
    assert await names(world, grant, Encounter) == set()
    assert grant.entry.purpose == "PREVIEW"


async def test_a_preview_has_no_more_than_the_share_and_never_acts(world):
    ref = world.shares["results only"].ref
    assert (await opened(world, "maria", access=record(Category.VISITS), share_ref=ref)).reason == "category"
    ref = world.shares["actor"].ref
    assert (await opened(world, "maria", access=record(Category.RESULTS, Action.ACT), share_ref=ref)).reason == "category"


@pytest.mark.parametrize(("person", "share"), [("everything", "results only"), ("maria", "stan"), ("guardian", "actor")])
async def test_nobody_else_looks_through_anothers_eyes(world, person, share):
    assert (await opened(world, person, share_ref=world.shares[share].ref)).reason == "stranger"


async def test_a_grant_made_elsewhere_is_forged(world):
    grant = await opened(world, "maria")
    fields = {name: getattr(grant, name) for name in RecordGrant.__dataclass_fields__ if name != "_seal"}
    with pytest.raises(Forged):
        RecordGrant(**fields)
    with pytest.raises((FrozenInstanceError, TypeError)):
        grant.scopes = frozenset()


async def test_an_account_sees_its_own_rows_and_the_names_it_may_open(world):
    grant = open_account(world.house, world.people["results only"])
    assert [row["account"] for row in await visible(grant, Session).select(Session.account)] == [grant.account]
    assert [row["account"] for row in await visible(grant, Share).select(Share.account)] == [grant.account]
    assert [row["name"] for row in await visible(grant, Record).select(Record.name)] == ["Maria"]
    assert await visible(grant, Observation).count() == 0


@pytest.mark.parametrize("person", ["ended", "not yet", "revoked", "doctor"])
async def test_a_share_that_does_not_stand_names_nobody(world, person):
    assert await visible(open_account(world.house, world.people[person]), Record).count() == 0


async def test_the_dead_and_the_merged_are_not_listed(world):
    await Record.update({Record.deceased_text: "2026"}).where(Record.id == world.records["Maria"].id)
    assert await visible(open_account(world.house, world.people["maria"]), Record).count() == 0
    assert await visible(open_account(world.house, world.people["guardian"]), Record).count() == 1
    await Record.update({Record.state: "merged"}).where(Record.id == world.records["Stan"].id)
    assert await visible(open_account(world.house, world.people["stan"]), Record).count() == 0


async def test_a_duty_lists_people_and_no_clinical_row(world):
    grant = await open_queue(world.house, world.people["desk"], Duty.FRONT_DESK)
    assert await visible(grant, Record).count() == 2
    for table in (*TABLE_CATEGORY, AuditEvent, Share):
        assert await visible(grant, table).count() == 0


async def test_a_duty_lists_the_people_of_its_sites_and_those_of_none_and_nobody_merged(world):
    from tables.accounts import StaffDuty

    east, west = [await a_site(name, "UTC") for name in ("East", "West")]
    await Record.update({Record.site: west}).where(Record.id == world.records["Stan"].id)

    async def listed() -> set[str]:
        grant = await open_queue(world.house, world.people["desk"], Duty.FRONT_DESK)
        return {row["name"] for row in await visible(grant, Record).select(Record.name)}

    assert await listed() == {"Maria", "Stan"}
    duty = StaffDuty.account == world.people["desk"].account
    for site, people in ((east, {"Maria"}), (west, {"Maria", "Stan"})):
        await StaffDuty.update({StaffDuty.site: site}).where(duty)
        assert await listed() == people
    await Record.update({Record.state: "merged"}).where(Record.id == world.records["Maria"].id)
    assert await listed() == {"Stan"}
    await StaffDuty.update({StaffDuty.site: None}).where(duty)
    assert await listed() == {"Stan"}


async def test_a_duty_that_ended_at_a_site_gives_no_site(world):
    from tables.accounts import StaffDuty

    east, west = [await a_site(name, "UTC") for name in ("East", "West")]
    desk = world.people["desk"]
    await StaffDuty.update({StaffDuty.site: west}).where(StaffDuty.account == desk.account)
    await StaffDuty(account=desk.account, duty="frontdesk", site=east, started_at=world.now, ended_at=world.now).save()
    assert (await open_queue(world.house, desk, Duty.FRONT_DESK)).sites == {west}


async def test_ones_own_share_is_nothing_to_look_through(world):
    assert (await opened(world, "maria", share_ref=world.shares["maria"].ref)).reason == "stranger"


async def test_reading_needs_no_fresh_proof(world):
    long_ago = replace(world.people["maria"], proven_at=world.now - timedelta(hours=9))
    assert isinstance(await open_record(world.house, long_ago, world.records["Maria"].ref, RESULTS), RecordGrant)


async def test_a_staff_account_opens_no_record_by_a_share(world):
    await world.share("doctor", "Maria", "helper", [("results", "see")])
    assert (await opened(world, "doctor")).reason == "stranger"


async def test_an_act_of_a_session_that_was_swept_away_is_not_done(world):
    grant = await opened(world, "maria")
    await Session.delete().where(Session.id == grant.viewer.session)
    assert not await stands(grant)


async def test_a_page_of_its_own_is_called_by_its_name_in_the_audit(world):
    grant = await opened(world, "maria", access=record(Category.CARE_PLAN, page="care-team"))
    assert grant.entry.action == "care-team.see"


async def test_a_running_text_is_for_those_who_may_see_all_that_it_can_name(world):
    from access.grant import IN_TEXT

    assert (await opened(world, "maria")).reads_texts and not (await opened(world, "everything")).reads_texts
    await world.person("whole")
    await world.share("whole", "Maria", "helper", [(one.value, "see") for one in IN_TEXT])
    assert (await opened(world, "whole")).reads_texts


async def test_an_account_whose_session_was_swept_away_does_nothing(world):
    account = open_account(world.house, world.people["maria"])
    await Session.delete().where(Session.id == world.people["maria"].session)
    with pytest.raises(Changed):
        await account.still()


@pytest.mark.parametrize("ended", ["session", "account"])
async def test_a_duty_ends_with_its_session_and_with_its_account(world, ended):
    from tables.accounts import Account

    desk = world.people["desk"]
    grant = await open_queue(world.house, desk, Duty.FRONT_DESK)
    if ended == "session":
        await Session.update({Session.revoked_at: world.now}).where(Session.id == desk.session)
    else:
        await Account.update({Account.state: "disabled"}).where(Account.id == desk.account)
    with pytest.raises(Changed):
        await grant.still()


async def test_an_act_says_why_it_was_trusted_unless_it_has_a_reason_of_its_own(world):
    visitor = replace(world.people["maria"].visitor, token_only=True)
    maria = replace(world.people["maria"], visitor=visitor)
    for own, told in (("", "token_only"), ("lost phone", "lost phone")):
        grant = open_account(world.house, maria)
        async with grant.acting("account.preferences") as entry:
            entry.reason = own
        assert entry.reason == told


async def test_the_feed_sees_everything(world):
    grant = open_system(world.house, "import", world.now)
    assert isinstance(grant, SystemGrant)
    assert await visible(grant, Encounter).count() == 3


async def test_a_table_nobody_named_is_invisible(world):
    for grant in (await opened(world, "maria"), open_account(world.house, world.people["maria"])):
        assert await visible(grant, RateBucket).count() == 0
    assert await visible(await opened(world, "maria"), Password).count() == 0


async def test_who_has_looked_is_the_patients_to_see(world):
    await world.house.audit.commit(Entry(world.now, "results.see", subject=world.records["Maria"].id))
    await world.house.audit.commit(Entry(world.now, "results.see", subject=world.records["Stan"].id))
    mine = await visible(await opened(world, "maria"), AuditEvent).select(AuditEvent.subject)
    assert [row["subject"] for row in mine] == [world.records["Maria"].id]
    assert await visible(await opened(world, "everything"), AuditEvent).count() == 0
    assert await visible(await opened(world, "maria"), Share).count() == 8
    assert await visible(await opened(world, "everything"), Share).count() == 0


async def test_what_a_share_gives_is_seen_with_the_share_and_by_nobody_who_does_not_see_it(world):
    mine = await visible(await opened(world, "maria"), ShareScope).rows(("share",))
    assert {row["share"] for row in mine} == {one.id for who, one in world.shares.items() if who not in ("maria", "stan")}
    assert await visible(await opened(world, "everything"), ShareScope).count() == 0
    assert await visible(await opened(world, "stan", "Stan"), ShareScope).count() == 0


async def test_an_account_sees_what_it_did_itself(world):
    await world.house.audit.commit(Entry(world.now, "account.signed_in", world.people["maria"].account))
    await world.house.audit.commit(Entry(world.now, "account.signed_in", world.people["stan"].account))
    assert await visible(open_account(world.house, world.people["maria"]), AuditEvent).count() == 1


async def test_a_secret_opens_its_one_door_and_no_table(world):
    from access.opening import open_capability

    secret = b"s" * 32
    async with world.house.database.transaction():
        await Capability(hash=secret, purpose="activation", object_kind="Record", object=str(world.records["Maria"].id),
                         issued_at=world.now, ends_at=world.now + timedelta(days=1)).save()
    grant = await open_capability(world.house, world.people["stan"], "activation", secret)
    assert grant is not None and grant.object == str(world.records["Maria"].id)
    for table in (*TABLE_CATEGORY, Record, Share, AuditEvent, Session):
        assert await visible(grant, table).count() == 0, table
    await grant.still()
    for wrong in ({"purpose": "invitation"}, {"secret_hash": b"x" * 32}):
        asked = {"purpose": "activation", "secret_hash": secret} | wrong
        assert await open_capability(world.house, world.people["stan"], **asked) is None


@pytest.mark.parametrize("change", [
    {Capability.revoked_at: "now"}, {Capability.ends_at: "now"}, {Capability.uses: 1},
], ids=["revoked", "ended", "used"])
async def test_a_secret_that_is_over_opens_nothing_and_stops_an_act(world, change):
    from access.opening import open_capability

    secret = b"s" * 32
    async with world.house.database.transaction():
        await Capability(hash=secret, purpose="activation", object_kind="Record", object="x",
                         issued_at=world.now, ends_at=world.now + timedelta(days=1)).save()
    grant = await open_capability(world.house, world.people["stan"], "activation", secret)
    await Capability.update({column: world.now if value == "now" else value for column, value in change.items()}, force=True)
    assert await open_capability(world.house, world.people["stan"], "activation", secret) is None
    with pytest.raises(Changed):
        await grant.still()


async def test_a_record_without_a_source_shows_nothing(world):
    grant = replace_sources(await opened(world, "maria"))
    assert await visible(grant, Observation).count() == 0


def replace_sources(grant: RecordGrant) -> RecordGrant:
    from access.grant import make

    fields = {name: getattr(grant, name) for name in RecordGrant.__dataclass_fields__ if name != "_seal"}
    return make(RecordGrant, **(fields | {"sources": ()}))


async def test_a_grant_names_its_own_record_and_no_other(world):
    for person in ("maria", "results only"):
        found = await visible(await opened(world, person), Record).select(Record.name)
        assert [row["name"] for row in found] == ["Maria"]


async def test_a_series_is_seen_by_its_category_and_its_patient(world):
    async with world.house.database.transaction():
        for patient in ("Maria", "Stan"):
            for category in ("results", "vitals"):
                await Series(patient=world.sources[patient], analyte="1", unit="u", category=category, label="x").save()
    assert await visible(await opened(world, "maria"), Series).count() == 2
    assert await visible(await opened(world, "results only"), Series).count() == 1


async def test_an_act_asks_again_at_the_very_moment(world):
    grant = await opened(world, "actor", access=record(Category.RESULTS, Action.ACT))
    assert await stands(grant)
    async with grant.acting("results.asked"):
        pass
    assert grant.entry.written
    await Share.update({Share.revoked_at: world.now}).where(Share.id == world.shares["actor"].id)
    with pytest.raises(Changed):
        async with grant.acting("results.asked"):
            raise AssertionError("nothing is done once a share has ended")


async def test_signing_out_elsewhere_stops_an_act(world):
    grant = await opened(world, "maria", access=record(Category.RESULTS, Action.ACT))
    account = open_account(world.house, world.people["maria"])
    async with account.acting("account.changed"):
        pass
    await Session.update({Session.revoked_at: world.now}).where(Session.id == world.people["maria"].session)
    assert not await stands(grant)
    with pytest.raises(Changed):
        async with account.acting("account.changed"):
            raise AssertionError("nothing is done once a session has ended")


async def test_a_frozen_account_stops_an_act(world):
    from tables.accounts import Account

    grant = await opened(world, "maria", access=record(Category.RESULTS, Action.ACT))
    account = open_account(world.house, world.people["maria"])
    await Account.update({Account.state: "frozen"}).where(Account.id == world.people["maria"].account)
    assert not await stands(grant)
    with pytest.raises(Changed):
        await account.still()


async def test_staff_whose_duty_ended_do_nothing_more(world):
    from tables.accounts import StaffDuty

    grant = await open_queue(world.house, world.people["desk"], Duty.FRONT_DESK)
    await grant.still()
    await StaffDuty.update({StaffDuty.ended_at: world.now}).where(StaffDuty.account == world.people["desk"].account)
    with pytest.raises(Changed):
        await grant.still()


def test_every_clinical_table_is_in_the_vocabulary():
    clinical = {table for table in ALL if issubclass(table, Clinical)}
    assert clinical <= set(TABLE_CATEGORY), "a clinical table without a category would be invisible, or worse"


def test_every_table_with_a_category_of_its_own_has_the_column():
    for table, category in TABLE_CATEGORY.items():
        assert category is not None or hasattr(table, "category"), table


async def test_an_account_grant_is_not_a_record_grant(world):
    assert isinstance(open_account(world.house, world.people["maria"]), AccountGrant)


async def a_site(name: str, zone: str, active: bool = True):
    row = ClinicSite(name=name, zone=zone, phone="", active=active)
    await row.save()
    return row.id


async def test_a_record_is_at_its_own_site_and_else_at_the_first_that_is_open_by_name(world):
    west, _closed, east = [await a_site(*one) for one in (
        ("West", "America/Chicago"), ("Attic", "Asia/Tokyo", False), ("East", "America/New_York"),
    )]
    database = world.house.database
    assert [(await site_of(database, own))["zone"] for own in (west, None)] == ["America/Chicago", "America/New_York"]
    assert (await clinic(database, "en")).zone == "America/New_York"
    await ClinicSite.update({ClinicSite.active: False}).where(ClinicSite.id.is_in([west, east]))
    assert (await site_of(database, west))["zone"] == "America/Chicago" and (await site_of(database))["zone"] == "UTC"


@pytest.mark.parametrize(("zone", "is_over"), [("Pacific/Kiritimati", True), ("Pacific/Honolulu", False)])
async def test_a_guardians_part_ends_at_the_midnight_of_the_records_own_site(world, zone, is_over):
    """At 15:00 UTC it is the next day already where days begin, and still the morning of this one in Honolulu."""
    site = await a_site("Own", zone)
    await Record.update({Record.birth_text: "2008-05-13", Record.site: site}).where(Record.id == world.records["Maria"].id)
    await world.person("parent")
    await world.share("parent", "Maria", "guardian", [("appointments", "see")])
    grant = await opened(world, "parent", access=record(Category.APPOINTMENTS))
    assert isinstance(grant, Denied) is is_over
    if not is_over:
        assert await stands(grant)
        await ClinicSite.update({ClinicSite.zone: "Pacific/Kiritimati"}).where(ClinicSite.id == site)
        assert not await stands(grant)


@pytest.mark.parametrize("person", ["maria", "everything"])
async def test_nobody_but_a_guardian_waits_for_the_clinics_clock(world, monkeypatch, person):
    asked, rows = [], type(world.house.database).rows

    async def listened(self, sql, *args):
        asked.append(sql)
        return await rows(self, sql, *args)

    monkeypatch.setattr(type(world.house.database), "rows", listened)
    assert await stands(await opened(world, person))
    assert asked and not [sql for sql in asked if "clinic_site" in sql]
