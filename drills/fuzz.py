"""python3 run.py fuzz [READER…] [--seconds N] [--seed N] [--json]: whatever bytes come, there are rows or a sentence.

What a reader has not done yet with one input decides which are tried next (coverage, by Atheris). What breaks a
reader is kept with all that was tried in .tools/fuzzed, so that the next run goes on from there; it ends with 1 if
anything was found.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from domain.errors import Refused
from domain.vocabulary import parse
from drills.result import Result

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".tools" / "fuzzed"
LONGEST_BYTES = 4_096
SLOW_S = 10
"""Whoever takes longer for so few bytes is found as well."""
NOW = datetime(2026, 3, 12, 8, tzinfo=UTC)

Reader = Callable[[bytes], object]


# -- the readers ----------------------------------------------------------------------------------------


def of_tables() -> Reader:
    from intake.files import read_rows

    return lambda content: [list(read_rows(file)) for ending in (".csv", ".tsv") for file in _file(content, ending)]


def of_facts() -> Reader:
    from intake.files import read_facts

    def read(content: bytes) -> None:
        for file in _file(content, ".jsonl"):
            for each in read_facts(file):
                if each.envelope is not None:
                    with suppress(Refused):
                        parse(each.envelope, now=NOW)

    return read


def of_mappings() -> Reader:
    from intake import mapping

    return lambda content: mapping.parse(content.decode("utf-8", "replace"), "fuzzed")


def of_sentences() -> Reader:
    from intake.capture.reader import read
    from tests.intake.capture_firm import firm

    own = firm()
    return lambda content: parse(read(content.decode("utf-8", "replace")[:400], own, id="c-1").envelope, now=NOW)


def of_mails() -> Reader:
    from intake.mail.letter import Found
    from intake.mail.text import own_words
    from tests.intake.test_mail import correspondence, letters

    def read(content: bytes) -> None:
        taken, _ = letters([Found("x", content, NOW)])
        list(correspondence(unknown="register").outcomes(taken))
        own_words(content)

    return read


def of_calendars() -> Reader:
    from tests.intake.calendars import Book

    return lambda content: Book().take(content)


READERS: Mapping[str, Callable[[], Reader]] = {
    "tables": of_tables,
    "facts": of_facts,
    "mappings": of_mappings,
    "sentences": of_sentences,
    "mails": of_mails,
    "calendars": of_calendars,
}


def _calendars() -> Iterator[bytes]:
    from tests.intake.calendars import calendar, event

    yield calendar(event("a", ":20260320T080000Z", "SUMMARY:Wartung", "RRULE:FREQ=WEEKLY;COUNT=3"))
    yield calendar(event("b", ";VALUE=DATE:20260320", "STATUS:CANCELLED", "EXDATE;VALUE=DATE:20260327"))


SAMPLES: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "tables": lambda: iter([b'source,id,"a;b",\tc\r\n1,"zwei\nZeilen",=3,"""4"""\r\n', "a\tb\nü\t1.234,56\n".encode()]),
    "facts": lambda: iter([
        b'{"specversion":"1.0","source":"crm","id":"1","type":"promise.made","time":"2026-03-02T09:00:00Z","data":'
        b'{"promise":"P-1","customer":"K-1","due":"2026-03-09","what":"Angebot"}}\n'
    ]),
    "mappings": lambda: (each.read_bytes() for each in sorted((ROOT / "intake" / "mappings").glob("*.toml"))),
    "sentences": lambda: iter(["Angebot an Müller bis Freitag".encode(), b"offer to Miller by next week"]),
    "mails": lambda: (each.read_bytes() for each in sorted((ROOT / "tests" / "intake" / "mails").glob("*.eml"))),
    "calendars": _calendars,
}  # fmt: skip
"""What each begins with."""


def _file(content: bytes, ending: str) -> Iterator[Path]:
    with NamedTemporaryFile(suffix=ending, dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as file:
        file.write(content)
        file.flush()
        yield Path(file.name)


# -- trying them ----------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    unknown = [name for name in asked.names if name not in READERS]
    if unknown:
        print(f"There is no reader {unknown[0]}. Possible are: {', '.join(READERS)}.", file=sys.stderr)
        return 2
    results = []
    for name in asked.names or READERS:
        print(f"{name} …", file=sys.stderr, flush=True)
        results.append(fuzzed(name, seconds=asked.seconds, seed=asked.seed))
        print(results[-1].sentence, file=sys.stderr, flush=True)
    if asked.json:
        print(json.dumps([each.as_json() for each in results], indent=2))
    return 0 if all(each.ok for each in results) else 1


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 run.py fuzz", description=__doc__)
    parser.add_argument("names", metavar="READER", nargs="*", help=f"{', '.join(READERS)}; all without")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="for each reader (default 60)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of what is tried")
    parser.add_argument("--json", action="store_true", help="as a JSON array")
    return parser.parse_args(arguments)


def fuzzed(name: str, *, seconds: int, seed: int, kept: Path = KEPT) -> Result:
    """One reader, in a process of its own. `missed`: whether something broke it; then it is told where that lies."""
    tried, found = kept / f"{name}-tried", kept / f"{name}-found"
    for folder in (tried, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate(SAMPLES[name]()):
        (tried / f"sample-{number}").write_bytes(sample)
    before, began = set(found.iterdir()), time.monotonic()
    limits = [f"-max_total_time={seconds}", f"-timeout={SLOW_S}", f"-max_len={LONGEST_BYTES}", f"-seed={seed}"]
    command = [sys.executable, "-m", "drills.fuzz", "--reader", name, *limits, "-print_final_stats=1"]
    done = subprocess.run(
        [*command, f"-artifact_prefix={found}/", str(tried)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    executed = re.search(r"number_of_executed_units:\s*(\d+)", done.stderr)
    new = sorted(str(each) for each in set(found.iterdir()) - before)
    more: dict[str, object] = {"seconds": round(time.monotonic() - began, 1)}
    if done.returncode or new or executed is None:
        more |= {"found": new, "said": done.stderr[-2_000:]}
    missed = 0 if len(more) == 1 else 1
    return Result(tried=int(executed[1]) if executed else 0, lost=0, doubled=0, missed=missed, more=more, name=name)


def try_until_told(name: str, options: list[str]) -> None:
    """Does not come back: the library ends the process."""
    import atheris  # type: ignore[import-untyped]  # only there where run.py fetched it

    with atheris.instrument_imports(include=["intake"]):
        read = READERS[name]()

    def once(content: bytes) -> None:
        with suppress(Refused):
            read(content)

    atheris.Setup(["fuzz", *options], once)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--reader"]:
        try_until_told(sys.argv[2], sys.argv[3:])
    sys.exit(main(sys.argv[1:]))
