"""The worker attests by itself, gives copies away, and says where it cannot."""

from __future__ import annotations

from pathlib import Path

from tests.audit.firm import recorded
from tests.homes import open_at
from tests.stores import NewFolder, only_files
from tests.waiting import wait_for
from tests.working import working
from verifier.attestation import believed, found_in
from wiring import attesting, health
from wiring.home import Konto
from words import translator


def said(konto: Konto) -> str:
    t = translator("de")
    return "\n".join(health.in_words(note, t) for note in health.notes(konto) if note.name.startswith("checkpoint"))


def test_the_worker_attests_what_is_recorded_and_gives_it_away(new_folder: NewFolder, tmp_path: Path):
    folder, auditor = new_folder(), tmp_path / "auditor"
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[audit]\nfolder = "{auditor}"\nevents = 10\n')
    home = open_at(folder)
    recorded(home, 30)
    assert "Noch bezeugt kein Prüfpunkt" in said(home.konto)

    with working(home.konto):
        wait_for(lambda: (auditor / "checkpoint").exists())

    (first, newest) = believed(found_in(auditor), attesting.keys(home.konto).public).attested
    assert first.checkpoint == newest.checkpoint
    assert newest.checkpoint.size >= 30
    assert "Die letzte Kopie eines Prüfpunkts entstand" in said(home.konto)
    home.close()


@only_files
def test_of_a_log_that_was_changed_the_worker_signs_nothing_and_the_doctor_says_what_to_do(new_folder: NewFolder):
    home = open_at(new_folder())
    recorded(home, 30)
    made = attesting.attest(home.konto)
    recorded(home, 40)
    with home.konto.log.store.writing() as cursor:
        cursor.execute("UPDATE stored_events SET topic = ? WHERE originator_version = 2", ("promise.released",))
    home.konto.rebuild()
    home.clock.now = made.at.replace(year=made.at.year + 1)

    with working(home.konto) as services:
        wait_for(lambda: services.next_attest_s > 0)

    assert attesting.newest(home.konto) == made
    assert "konto audit verify" in said(home.konto)
    home.close()
