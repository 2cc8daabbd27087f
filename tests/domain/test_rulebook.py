"""The rulebook as shipped says what the specification says, and one that cannot be meant is refused."""

from __future__ import annotations

import pytest

from domain import rulebook as rulebooks
from domain.documents import DocumentRefused, load
from domain.rulebook import Rulebook, hundredths

SHIPPED = rulebooks.default()


def test_the_shipped_points_are_those_of_the_specification() -> None:
    promise, customer = SHIPPED.promise, SHIPPED.customer
    assert (promise.kept, promise.kept_after_timely_move, promise.kept_after_late_move) == (4_00, 2_00, 0)
    assert (promise.exceeded, promise.exceeded_full_at) == (1_00, 1.5)
    assert promise.late.days == (0, 1, 3, 5, 10)
    assert promise.late.points == (-2_00, -3_00, -5_00, -7_50, -8_00)
    assert (promise.broken, promise.partly_at_zero, promise.partly_per_degree) == (-8_00, -8_00, 12_00)
    assert (promise.moved_in_time, promise.moved_in_time_without_alternative) == (0, -1_00)
    assert (promise.moved_late, promise.moved_late_without_alternative, promise.moved_for_customer) == (-3_00, -4_00, 0)
    withdrawn = (promise.withdrawn, promise.withdrawn_with_one, promise.withdrawn_without, promise.withdrawn_late)
    assert withdrawn == (0, -1_00, -2_00, -5_00)
    assert (promise.soft, promise.price_tolerance, promise.estimate_tolerance) == (0.5, 0.05, 0.15)
    assert (customer.honest_no, customer.honest_no_with_alternative) == (1_00, 2_00)
    assert (customer.feedback_worst, customer.feedback_best) == (-6_00, 6_00)
    assert (customer.referral, customer.owner_changed) == (6_00, -1_00)


def test_the_shipped_thresholds_are_those_of_the_specification() -> None:
    notice, stage = SHIPPED.notice, SHIPPED.stage
    assert (notice.most_hours, notice.least_hours, notice.share, notice.at_most_share) == (8, 2, 0.25, 0.5)
    assert (SHIPPED.newness.factor, SHIPPED.newness.promises, SHIPPED.newness.days) == (2, 8, 90)
    assert SHIPPED.fading.half_life_days == 365
    reliability = SHIPPED.reliability
    assert (reliability.half_life_days, reliability.weight_of_prior) == (180, 2)
    assert (reliability.firm_rate, reliability.shown_from) == (0.8, 5)
    buffer = SHIPPED.buffer
    assert (buffer.days, buffer.fewest_withdrawals, buffer.usual_withdrawal) == (365, 3, 4_00)
    assert (stage.lost_below, stage.strained_below, stage.new_below_lines) == (-20_00, 0, 5)
    assert (stage.strained_after_fall, stage.fall_days) == (15_00, 30)
    assert (stage.solid_from, stage.solid_reliability) == (20_00, 0.6)


def test_the_shipped_points_of_answers_and_contacts_are_those_of_the_specification() -> None:
    answers, contacts = SHIPPED.answers, SHIPPED.contacts
    assert (answers.target_hours, answers.channel_hours) == (8, {"phone": 4, "chat": 4})
    assert (answers.in_time, answers.late, answers.never, answers.chased) == (1_00, -1_00, -3_00, -2_00)
    assert answers.given_up_after == 2
    assert (contacts.follow_up, contacts.advice) == (2_00, 2_00)
    ones = (contacts.check_in, contacts.needs, contacts.courtesy, contacts.service, contacts.idea_adopted)
    assert ones == (1_00,) * 5
    assert (contacts.apart_days, contacts.follow_up_kinds) == (30, ("delivery",))


def test_the_shipped_points_of_incidents_and_recovery_are_those_of_the_specification() -> None:
    incident, recovery = SHIPPED.incident, SHIPPED.recovery
    assert (incident.minor, incident.normal, incident.serious, incident.untruth) == (-4_00, -8_00, -16_00, -32_00)
    assert incident.admitted == 0.5
    steps = (recovery.reason, recovery.apology, recovery.chance, recovery.talk, recovery.offer_accepted)
    assert (*steps, recovery.resolved) == (1_00, 1_00, 1_00, 3_00, 2_00, 2_00)
    assert (recovery.cap, recovery.cap_repeated, recovery.repeated_days) == (0.6, 0.3, 180)
    hours = (recovery.reason_hours, recovery.apology_hours, recovery.chance_hours, recovery.talk_hours)
    assert (*hours, recovery.resolution_hours) == (4, 8, 2 * 8, 3 * 8, 5 * 8)


def test_what_sensitivity_silence_habits_and_cards_go_by_is_that_of_the_specification() -> None:
    sensitivity, silence, habits, cards = SHIPPED.sensitivity, SHIPPED.silence, SHIPPED.habits, SHIPPED.cards
    assert (sensitivity.least, sensitivity.most, sensitivity.weight_of_prior) == (0.5, 2, 5)
    assert (sensitivity.reaction_days, sensitivity.firm_reactions) == (30, 0.1)
    assert (silence.usual_gaps, silence.until_known_days, silence.known_from_contacts) == (2.5, 60, 4)
    assert (habits.fewest_contacts, habits.quartiles_within, habits.lapsed_after) == (4, 0.25, 0.5)
    assert (cards.months, cards.yellow_from, cards.red_from) == (12, 2, 4)


@pytest.mark.parametrize(
    ("points", "rounded"),
    [(0.005, 1), (-0.005, -1), (1.004, 100), (-1.004, -100), (0, 0), (7.5, 750), (-2.956, -296), (2.675, 268)],
)
def test_points_are_rounded_to_hundredths_half_away_from_zero(points: float, rounded: int) -> None:
    assert hundredths(points) == rounded


REFUSED = [
    # what stands there, what stands there instead, place, code
    ("kept = 4 ", "kept = -4 ", "promise.kept", "out_of_range"),
    ("kept = 4 ", "kept = 101 ", "promise.kept", "out_of_range"),
    ("kept = 4 ", "kept = inf ", "promise.kept", "wrong_type"),
    ("kept = 4 ", "kept = nan ", "promise.kept", "wrong_type"),
    ("kept = 4 ", "kept = true ", "promise.kept", "wrong_type"),
    ("kept = 4 ", 'kept = "4" ', "promise.kept", "wrong_type"),
    ("kept = 4 ", "kept = 4\nkeptt = 4 ", "promise.keptt", "unknown_field"),
    ("kept = 4 ", "", "promise.kept", "missing"),
    ("broken = -8", "broken = 8", "promise.broken", "out_of_range"),
    ("exceeded_full_at = 1.5", "exceeded_full_at = 1", "promise.exceeded_full_at", "out_of_range"),
    ("[0, -2], [1, -3]", "[1, -3]", "promise.late", "wrong_order"),
    ("[0, -2], [1, -3]", "[0, -2], [0, -3]", "promise.late", "wrong_order"),
    ("[0, -2], [1, -3]", "[0, -2], [1, -1]", "promise.late", "wrong_order"),
    ("[0, -2], [1, -3]", "[0, 2], [1, -3]", "promise.late", "wrong_order"),
    ("[0, -2], [1, -3]", "[0, -2], [1, -inf]", "promise.late", "wrong_form"),
    ("[0, -2], [1, -3]", "[nan, -2], [1, -3]", "promise.late", "wrong_form"),
    ("[0, -2], [1, -3]", "[0, true], [1, -3]", "promise.late", "wrong_form"),
    ("[0, -2], [1, -3]", "[0, -2], [1]", "promise.late", "wrong_form"),
    ("[10, -8]", "[10, -1e300]", "promise.late", "out_of_range"),
    ("soft = 0.5", "soft = 1.5", "promise.soft", "out_of_range"),
    ("share = 0.25", "share = 25", "notice.share", "out_of_range"),
    ("factor = 2", "factor = 0.5", "newness.factor", "out_of_range"),
    ("firm_rate = 0.8", "firm_rate = 80", "reliability.firm_rate", "out_of_range"),
    ("half_life_days = 180", "half_life_days = 0", "reliability.half_life_days", "out_of_range"),
    ("usual_withdrawal = 4", "usual_withdrawal = 0", "buffer.usual_withdrawal", "out_of_range"),
    ("target_hours = 8", "target_hours = 0", "answers.target_hours", "out_of_range"),
    ("phone = 4, chat", "pigeon = 4, chat", "answers.channel_hours.pigeon", "unknown_value"),
    ("given_up_after = 2", "given_up_after = 0.5", "answers.given_up_after", "out_of_range"),
    ("never = -3", "never = 3", "answers.never", "out_of_range"),
    ("follow_up = 2 ", "follow_up = -2 ", "contacts.follow_up", "out_of_range"),
    ("apart_days = 30", "apart_days = 0", "contacts.apart_days", "out_of_range"),
    ('["delivery"]', '["deliverie"]', "contacts.follow_up_kinds.0", "unknown_value"),
    ("serious = -16", "serious = 16", "incident.serious", "out_of_range"),
    ("admitted = 0.5", "admitted = 1.5", "incident.admitted", "out_of_range"),
    ("talk = 3", "talk = -3", "recovery.talk", "out_of_range"),
    ("cap = 0.6", "cap = 60", "recovery.cap", "out_of_range"),
    ("talk_hours = 24", "talk_hours = -1", "recovery.talk_hours", "out_of_range"),
    ("least = 0.5", "least = 0", "sensitivity.least", "out_of_range"),
    ("most = 2", "most = 0.9", "sensitivity.most", "out_of_range"),
    ("known_from_contacts = 4", "known_from_contacts = 1", "silence.known_from_contacts", "out_of_range"),
    ("fewest_contacts = 4", "fewest_contacts = 2", "habits.fewest_contacts", "out_of_range"),
    ("red_from = 4", "red_from = 2", "cards", "wrong_order"),
]


@pytest.mark.parametrize(("shipped", "instead", "place", "code"), REFUSED)
def test_a_value_that_cannot_be_meant_is_refused_with_its_line(
    shipped: str, instead: str, place: str, code: str
) -> None:
    text = rulebooks.default_text()
    assert shipped in text
    with pytest.raises(DocumentRefused) as refused:
        load(text.replace(shipped, instead, 1), Rulebook)
    assert (refused.value.path, refused.value.code) == (place, code)
    assert refused.value.line > 1
    assert str(refused.value)


def test_trust_may_be_told_not_to_fade() -> None:
    text = rulebooks.default_text().replace("half_life_days = 365", 'half_life_days = "none"')
    assert load(text, Rulebook).fading.at(10_000) == 1
    assert SHIPPED.fading.at(365) == 0.5


@pytest.mark.parametrize("section", rulebooks.CAME_LATER)
def test_a_rulebook_from_before_a_section_came_is_read_with_the_shipped_one(section: str) -> None:
    text = rulebooks.default_text()
    start = text.index(f"[{section}]")
    older = text[:start] + text[text.index("\n[", start) :]
    assert load(older, Rulebook) == SHIPPED
