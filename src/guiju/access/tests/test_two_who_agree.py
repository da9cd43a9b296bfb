"""One security administrator alone opens nobody's account: what would takes two who agree, or the operator."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from guiju.access import actions, actors, granting, jobs, queries, recovering
from guiju.access.actors import Actor
from guiju.access.models import Act, Grant, Notice, Person, Proposal, SignInLink, Unit
from guiju.access.tests.cast import OPERATOR, PASSWORD, add, enrol, kinds, sign_in
from guiju.kit import clock
from guiju.kit.errors import NotFound, NotPermitted, Refused

NOW = clock.now()
SYSTEM = actors.system("sign-in")


def acting(person: Person) -> Actor:
    return queries.actor_for(person=person, at=NOW, mfa=True)


def asked(act: Act, person: Person, by: Person) -> Proposal:
    return recovering.propose(act=act, person=person, by=acting(by), at=NOW)


def newcomer(unit: Unit) -> Person:
    return actions.add_person(email="new@example.org", name="New", unit=unit, by=OPERATOR, at=NOW)


def test_ines_alone_gets_no_link_into_bos_account_and_removes_no_factor(
    ines: Person, otto: Person, bo: Person
) -> None:
    enrol(bo)
    with pytest.raises(granting.TakesTwo):
        recovering.issue_sign_in_link(person=bo, by=acting(ines), at=NOW)
    with pytest.raises(granting.TakesTwo):
        recovering.remove_second_factors(person=bo, by=acting(ines), at=NOW)
    browser = sign_in(ines)
    browser.post(f"/people/{bo.pk}/second-factor/remove/")
    browser.post(f"/people/{bo.pk}/link/")
    assert Authenticator.objects.filter(user=bo).exists()
    assert not SignInLink.objects.filter(person=bo).exists()
    for proposal in Proposal.objects.all():
        assert browser.post(f"/people/proposals/{proposal.pk}/approve/").status_code == 409
    assert Authenticator.objects.filter(user=bo).exists()
    assert not SignInLink.objects.filter(person=bo).exists()


def test_otto_approves_in_the_browser_and_gets_the_link_that_ines_asked_for(
    ines: Person, otto: Person, bo: Person
) -> None:
    hers, his = sign_in(ines), sign_in(otto)
    page = hers.post(f"/people/{bo.pk}/link/", follow=True).content.decode()
    assert "waits until another security administrator" in page
    assert "Withdraw" in page
    assert "Approve" not in page.replace("Approved", "")
    waiting = his.get("/people/").content.decode()
    assert "A one-time sign-in link" in waiting
    assert "Ines" in waiting
    proposal = Proposal.objects.get()
    shown = his.post(f"/people/proposals/{proposal.pk}/approve/")
    secret = shown.context["address"].partition("#")[2]
    assert his.post(f"/people/proposals/{proposal.pk}/approve/").status_code == 409
    assert Client().post("/sign-in/link/", {"code": secret})["Location"] == "/"
    told = [kind for kind in kinds() if kind.startswith(("access.proposal", "access.link"))]
    assert told == ["access.proposal.made", "access.proposal.approved", "access.link.issued", "access.link.used"]
    proposal.refresh_from_db()
    assert (proposal.made_by, proposal.decided_by, proposal.approved) == (ines, otto, True)
    assert Proposal.objects.count() == 1


def test_the_first_link_of_a_newcomer_takes_one(ines: Person, root: Unit) -> None:
    person = newcomer(root)
    raw = recovering.issue_sign_in_link(person=person, by=acting(ines), at=NOW)
    assert recovering.use_sign_in_link(raw=raw, by=SYSTEM, at=NOW) == person
    assert not Notice.objects.exists()


def test_a_first_link_kept_back_opens_nothing_once_the_newcomer_has_settled(ines: Person, root: Unit) -> None:
    person = newcomer(root)
    raw = recovering.issue_sign_in_link(person=person, by=acting(ines), at=NOW)
    person.set_password(PASSWORD)
    person.save()
    with pytest.raises(recovering.LinkSpent):
        recovering.use_sign_in_link(raw=raw, by=SYSTEM, at=NOW)
    person.set_unusable_password()
    person.save()
    enrol(person)
    with pytest.raises(recovering.LinkSpent):
        recovering.use_sign_in_link(raw=raw, by=SYSTEM, at=NOW)


def test_ines_cannot_invent_the_colleague_who_approves(ines: Person, root: Unit) -> None:
    puppet = newcomer(root)
    with pytest.raises(granting.TakesTwo):
        actions.grant_role(person=puppet, role="security-admin", unit=root, by=acting(ines), at=NOW)
    page = sign_in(ines).post(f"/people/{puppet.pk}/grant/", {"role": "security-admin", "unit": root.pk})
    assert page.status_code == 422
    assert "there is none who could approve it" in page.content.decode()
    assert not Grant.objects.filter(person=puppet).exists()


def test_nor_come_in_as_a_colleague_who_was_appointed_but_never_came(ines: Person, root: Unit) -> None:
    colleague = newcomer(root)
    early = recovering.issue_sign_in_link(person=colleague, by=acting(ines), at=NOW)
    actions.grant_role(person=colleague, role="security-admin", unit=root, by=OPERATOR, at=NOW)
    with pytest.raises(granting.TakesTwo):
        recovering.issue_sign_in_link(person=colleague, by=acting(ines), at=NOW)
    with pytest.raises(recovering.LinkSpent):
        recovering.use_sign_in_link(raw=early, by=SYSTEM, at=NOW)


def test_a_role_over_people_is_given_once_another_approves(ines: Person, otto: Person, bo: Person, root: Unit) -> None:
    sign_in(ines).post(f"/people/{bo.pk}/grant/", {"role": "security-admin", "unit": root.pk})
    proposal = Proposal.objects.get()
    assert not Grant.objects.filter(person=bo, role="security-admin").exists()
    assert sign_in(otto).post(f"/people/proposals/{proposal.pk}/approve/")["Location"] == f"/people/{bo.pk}/"
    assert Grant.objects.get(person=bo, role="security-admin").granted_by == otto.ref
    with pytest.raises(actions.AlreadyHeld):
        recovering.propose(act=Act.ROLE, person=bo, role="security-admin", unit=root, by=acting(ines), at=clock.now())


def test_an_approved_role_is_no_other_role(ines: Person, otto: Person, bo: Person, ada: Person, root: Unit) -> None:
    proposal = recovering.propose(act=Act.ROLE, person=bo, role="security-admin", unit=root, by=acting(ines), at=NOW)
    with pytest.raises(granting.TakesTwo):
        actions.grant_role(person=bo, role="security-admin", unit=root, proposal=proposal, by=acting(ines), at=NOW)
    recovering.approve(proposal=proposal, by=acting(otto), at=NOW)
    proposal.refresh_from_db()
    with pytest.raises(granting.TakesTwo):
        actions.grant_role(person=ada, role="security-admin", unit=root, proposal=proposal, by=acting(ines), at=NOW)


def test_an_approval_is_good_for_one_grant_and_cannot_be_made_up(
    ines: Person, otto: Person, bo: Person, root: Unit
) -> None:
    proposal = recovering.propose(act=Act.ROLE, person=bo, role="security-admin", unit=root, by=acting(ines), at=NOW)
    proposal.approved = True
    with pytest.raises(granting.TakesTwo):
        actions.grant_role(person=bo, role="security-admin", unit=root, proposal=proposal, by=acting(ines), at=NOW)
    recovering.approve(proposal=proposal, by=acting(otto), at=NOW)
    proposal.refresh_from_db()
    later = NOW + timedelta(minutes=1)
    actions.revoke_role(grant=Grant.objects.get(person=bo, role="security-admin"), by=acting(otto), at=later)
    with pytest.raises(granting.TakesTwo):
        actions.grant_role(person=bo, role="security-admin", unit=root, proposal=proposal, by=acting(ines), at=later)


def test_without_a_second_administrator_the_operator_is_the_second_way(ines: Person, bo: Person) -> None:
    page = sign_in(ines).post(f"/people/{bo.pk}/link/")
    assert page.status_code == 409
    assert "guiju person link" in page.content.decode()
    assert not Proposal.objects.exists()
    raw = recovering.issue_sign_in_link(person=bo, by=OPERATOR, at=NOW)
    assert recovering.use_sign_in_link(raw=raw, by=SYSTEM, at=NOW) == bo


def test_nobody_asks_or_approves_for_themselves_nor_does_a_token(ines: Person, otto: Person, bo: Person) -> None:
    with pytest.raises(granting.OwnAccount):
        asked(Act.LINK, ines, ines)
    third = add("Third", "security-admin", unit=ines.unit)
    with pytest.raises(granting.OwnAccount):
        recovering.approve(proposal=asked(Act.LINK, otto, ines), by=acting(otto), at=NOW)
    proposal = asked(Act.LINK, bo, ines)
    with pytest.raises(recovering.OwnProposal):
        recovering.approve(proposal=proposal, by=acting(ines), at=NOW)
    token = Actor(ref="token:1", person_id=third.pk, holds=acting(third).holds)
    for by, refusal in ((token, NotPermitted), (OPERATOR, NotPermitted), (acting(bo), NotPermitted)):
        with pytest.raises(refusal):
            recovering.approve(proposal=proposal, by=by, at=NOW)
    assert not SignInLink.objects.exists()


@pytest.mark.parametrize("column", ["made_by", "person"])
def test_the_database_refuses_an_approval_by_one(ines: Person, otto: Person, bo: Person, column: str) -> None:
    proposal = asked(Act.LINK, bo, ines)
    one = getattr(proposal, column)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(decided_at=NOW, decided_by=one, approved=True)


def test_what_waits_can_be_declined_withdrawn_and_runs_out(ines: Person, otto: Person, bo: Person) -> None:
    recovering.decline(proposal=asked(Act.LINK, bo, ines), by=acting(otto), at=NOW)
    withdrawn = asked(Act.LINK, bo, ines)
    recovering.decline(proposal=withdrawn, by=acting(ines), at=NOW)
    with pytest.raises(recovering.NoLongerWaits):
        recovering.approve(proposal=withdrawn, by=acting(otto), at=NOW)
    late = asked(Act.LINK, bo, ines)
    with pytest.raises(recovering.AlreadyProposed):
        asked(Act.LINK, bo, otto)
    with pytest.raises(recovering.NoLongerWaits):
        recovering.approve(proposal=late, by=acting(otto), at=late.expires_at)
    assert not queries.waiting(at=late.expires_at).exists()
    anew = recovering.propose(act=Act.LINK, person=bo, by=acting(otto), at=NOW + timedelta(days=3))
    assert anew.made_by == otto
    assert not SignInLink.objects.exists()


def test_what_a_former_administrator_asked_for_or_of_a_closed_account_no_longer_waits(
    ines: Person, otto: Person, bo: Person, ada: Person
) -> None:
    proposal, of_ada = asked(Act.LINK, bo, ines), asked(Act.LINK, ada, otto)
    actions.set_active(person=ada, active=False, by=OPERATOR, at=NOW)
    with pytest.raises(NotFound):
        recovering.approve(proposal=of_ada, by=acting(ines), at=NOW)
    actions.set_active(person=ines, active=False, by=OPERATOR, at=NOW)
    with pytest.raises(recovering.NoLongerWaits):
        recovering.approve(proposal=proposal, by=acting(otto), at=NOW)


def test_what_a_former_administrator_asked_for_can_be_asked_for_anew(
    ines: Person, otto: Person, bo: Person, root: Unit
) -> None:
    """Else a person would stay locked out, with nobody able to approve, decline or repeat it."""
    left = asked(Act.LINK, bo, ines)
    add("Uma", "security-admin", unit=root)
    actions.set_active(person=ines, active=False, by=OPERATOR, at=NOW)
    assert not queries.waiting(at=NOW).exists()
    with pytest.raises(recovering.NoLongerWaits):
        recovering.decline(proposal=left, by=acting(otto), at=NOW)
    anew = asked(Act.LINK, bo, otto)
    assert list(queries.waiting(at=NOW)) == [anew]


def test_bo_is_told_at_his_next_sign_in_on_his_account_page_and_by_mail(
    ines: Person, otto: Person, bo: Person, settings: Settings
) -> None:
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    enrol(bo)
    recovering.approve(proposal=asked(Act.FACTORS, bo, ines), by=acting(otto), at=NOW)
    browser = Client()
    browser.post("/sign-in/", {"login": bo.email, "password": PASSWORD})
    page = browser.get("/account/").content.decode()
    assert page.count("Your second factors were removed.") == 2
    assert browser.get("/account/").content.decode().count("Your second factors were removed.") == 1
    assert kinds()[-1] == "access.notices.told"
    job = ProcrastinateJob.objects.get(task_name="access.tell")
    assert bo.email not in str(job.args)
    jobs.tell(**job.args)
    (letter,) = mail.outbox
    assert letter.to == [bo.email]
    assert "Your second factors were removed." in letter.body
    assert "http" in letter.body


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_the_same_moment_make_one_link(ines: Person, otto: Person, bo: Person) -> None:
    third = add("Third", "security-admin", unit=ines.unit)
    proposal, start = asked(Act.LINK, bo, ines), Barrier(2)

    def approve(by: Actor) -> str:
        try:
            start.wait(10)
            return recovering.approve(proposal=proposal, by=by, at=NOW)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(approve, [acting(otto), acting(third)]))
    assert answers.count("no-longer-waits") == 1
    assert SignInLink.objects.count() == 1
    assert kinds().count("access.link.issued") == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_the_same_moment_ask_once(ines: Person, otto: Person, bo: Person) -> None:
    third, start = add("Third", "security-admin", unit=ines.unit), Barrier(2)

    def ask(by: Actor) -> str:
        try:
            start.wait(10)
            return str(recovering.propose(act=Act.LINK, person=bo, by=by, at=NOW).act)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, [acting(ines), acting(third)])) == ["already-proposed", "link"]
