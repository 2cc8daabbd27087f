"""Imports files one after the other in a process of its own, and tells what came out and how much memory each took."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from domain.errors import Refused
from tests.bad_inputs.memory import Peak
from wiring.home import open_home
from wiring.importing import NothingRecorded, import_file

CONTROL_MB = 60


def main(home: str, mapping: str, *files: str) -> None:
    konto = open_home(Path(home), environment={}, prepare=True)
    # That a process can be seen to grow at all.
    control = Peak("self")
    bytearray(CONTROL_MB << 20)
    assert control.grown_mb() > CONTROL_MB // 2
    for file in files:
        name = None if file.endswith(".jsonl") else mapping
        peak = Peak("self")
        try:
            said = str(import_file(konto, Path(file), mapping_name=name).recorded)
        except NothingRecorded as nothing:
            said = nothing.summary.refusals[0][1].code
        except Refused as refused:
            said = refused.code
        print(json.dumps({"file": Path(file).name, "said": said, "grown_mb": peak.grown_mb()}), flush=True)
    konto.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
