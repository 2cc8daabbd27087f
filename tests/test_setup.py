"""The set-up: pinned packages, the mark that makes a second start quick, and what goes wrong on machines."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import run

ROOT = Path(__file__).parents[1]
LOCKS = ("runtime.txt", "dev.txt", "tools.txt", "audit.txt", "fuzz.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]


def pinned(lock: str) -> list[list[str]]:
    """One list for each package of a lock file: its requirement, then its hashes."""
    text = (ROOT / "requirements" / lock).read_text("utf-8").replace("\\\n", "")
    return [line.split("--hash=") for line in text.splitlines() if not line.startswith("#")]


def asked_for(lock: str) -> list[Requirement]:
    lines = [*PROJECT["build-system"]["requires"], *PROJECT["project"]["dependencies"]]
    if lock == "fuzz.txt":
        lines = EXTRAS["fuzz"]
    elif lock == "dev.txt":
        lines += EXTRAS["dev"]
    return [Requirement(line) for line in lines]


# ---- Pinned packages ----


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_to_one_version_with_hashes(lock):
    for requirement, *hashes in pinned(lock):
        assert re.fullmatch(r"[a-z0-9.-]+==\S+( ; .+)?", requirement.strip())
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}\s*", one) for one in hashes)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_place(lock):
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    for requirement, *_ in pinned(lock):
        assert not requirement.startswith("-")
        assert " @ " not in requirement
    assert "://" not in text
    assert "file:" not in text


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt", "fuzz.txt"])
def test_the_lock_holds_what_the_project_asks_for(lock):
    held = [Requirement(requirement) for requirement, *_ in pinned(lock)]
    for wanted in asked_for(lock):
        versions = [
            next(iter(one.specifier)).version
            for one in held
            if canonicalize_name(one.name) == canonicalize_name(wanted.name)
        ]
        assert versions, f"{wanted} is not pinned: python3 run.py lock"
        assert all(wanted.specifier.contains(version) for version in versions), wanted


def test_what_runs_is_tested_in_the_same_version():
    tested = {requirement.strip() for requirement, *_ in pinned("dev.txt")}
    assert {requirement.strip() for requirement, *_ in pinned("runtime.txt")} <= tested


def test_every_direct_dependency_has_its_reason():
    page = (ROOT / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8")
    reasons = dict(re.findall(r"^\| `([^`]+)` \| (.{10,}) \|$", page, re.MULTILINE))
    assert set(reasons) == {wanted.name for lock in ("dev.txt", "fuzz.txt") for wanted in asked_for(lock)} | {"uv"}


# ---- The mark ----


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of its own that run.py takes for the project's."""
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    venv = tmp_path / ".venv"
    for name, path in {
        "ROOT": tmp_path,
        "VENV": venv,
        "MARK": venv / "setup.json",
        "TOOLS": tmp_path / ".tools",
        "REQUIREMENTS": tmp_path / "requirements",
    }.items():
        monkeypatch.setattr(run, name, path)
    for program in ("python", "konto"):
        file = Path(run.in_venv(program))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return tmp_path


def mark_ready(group):
    run.write_mark(state="ready", group=group, fingerprint=run.fingerprint(group))


def test_a_finished_set_up_is_ready(place):
    assert not run.is_ready("runtime")
    mark_ready("runtime")
    assert run.is_ready("runtime")
    assert not run.is_ready("dev")


def test_a_set_up_for_tests_also_runs_the_product(place):
    mark_ready("dev")
    assert run.is_ready("runtime")


@pytest.mark.parametrize("file", ["requirements/runtime.txt", "pyproject.toml"])
def test_a_changed_file_asks_for_a_new_set_up(place, file):
    mark_ready("runtime")
    with open(place / file, "a", encoding="utf-8") as text:
        text.write("\n")
    assert not run.is_ready("runtime")


def test_another_python_or_another_place_asks_for_a_new_set_up(place, monkeypatch):
    mark_ready("runtime")
    monkeypatch.setattr(run, "ROOT", place / "elsewhere")
    (place / "elsewhere").mkdir()
    shutil.copy(place / "pyproject.toml", place / "elsewhere")
    assert not run.is_ready("runtime")
    monkeypatch.setattr(run, "ROOT", place)
    assert run.is_ready("runtime")
    monkeypatch.setattr(run.sys, "version_info", (3, 99))
    assert not run.is_ready("runtime")


@pytest.mark.parametrize("gone", ["python", "konto"])
def test_a_missing_program_asks_for_a_new_set_up(place, gone):
    mark_ready("runtime")
    Path(run.in_venv(gone)).unlink()
    assert not run.is_ready("runtime")


@pytest.mark.parametrize("text", ["", "{", "[]", "\0"])
def test_an_unreadable_mark_is_no_mark(place, text):
    run.MARK.write_text(text)
    assert run.read_mark() == {}
    assert not run.is_ready("runtime")


def test_an_interrupted_set_up_is_made_anew(place, monkeypatch):
    (place / ".tools").mkdir()
    monkeypatch.setattr(run, "LOG", place / ".tools" / "setup.log")
    run.write_mark(state="building", group="runtime")
    half = run.VENV / "half-installed"
    half.touch()
    run.prepare_venv(run.read_mark(), uv=shutil.which("uv") or "uv")
    assert not half.exists()
    assert run.venv_works()
    assert run.read_mark()["state"] == "building"


def test_an_environment_made_by_hand_is_kept(place, monkeypatch):
    monkeypatch.setattr(run, "venv_works", lambda: True)
    run.prepare_venv(run.read_mark(), uv="uv")
    assert Path(run.in_venv("konto")).exists()


def test_two_starts_at_once_take_turns(place):
    with run.only_one_setup():
        program = "import pathlib, run\nrun.TOOLS = pathlib.Path('.tools')\nwith run.only_one_setup():\n    print('in')"
        second = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert "please wait" in second.stderr.readline()
        assert second.poll() is None
    printed, _ = second.communicate(timeout=10)
    assert printed == "in\n"


# ---- What goes wrong ----


@pytest.mark.parametrize(
    ("printed", "why"),
    [
        (
            "NewConnectionError: Temporary failure in name resolution\nNo matching distribution found",
            "network",
        ),
        ("error: Failed to fetch: dns error", "network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "hash"),
        ("OSError: [Errno 28] No space left on device", "disk"),
        ("ERROR: No matching distribution found for uv==9", "missing"),
        ("error: Permission denied (os error 13)", "access"),
        ("Segmentation fault", "other"),
    ],
)
def test_a_failure_is_told_by_its_cause(printed, why):
    assert run.reason(run.ToolFailed(printed)) == why


def test_every_failure_is_one_line_in_both_languages(monkeypatch):
    for language in ("de_DE.UTF-8", "en_GB.UTF-8"):
        monkeypatch.setenv("LC_ALL", language)
        said = [str(run.explained(run.ToolFailed(signs[0] if signs else ""))) for signs, _, _ in run.FAILURES.values()]
        assert len(set(said)) == len(run.FAILURES)
        assert all("\n" not in one for one in said)


def test_german_is_spoken_where_the_machine_speaks_it(monkeypatch):
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", "de_AT.UTF-8")
    assert run.translated("ja", "yes") == "ja"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert run.translated("ja", "yes") == "yes"


def start(*arguments, **settings):
    return subprocess.run(
        [sys.executable, ROOT / "run.py", *arguments],
        env={**os.environ, "LC_ALL": "C.UTF-8", **settings},
        capture_output=True,
        text=True,
    )


def test_an_unknown_command_is_refused_with_the_next_step():
    refused = start("fly")
    assert refused.returncode == 2
    assert refused.stderr == 'There is no command "fly". To see all commands: python3 run.py --help\n'


def test_an_unknown_check_is_refused_with_those_that_there_are():
    refused = start("check", "format", "taste")
    assert refused.returncode == 2
    assert refused.stderr == 'There is no check "taste". There are: format, lint, types, layers, docs\n'


def test_help_lists_every_command():
    shown = start("--help")
    assert shown.returncode == 0
    for command in run.COMMANDS:
        assert f"\n  {command} " in shown.stdout


def test_a_command_of_its_own_folder_appears_with_that_folder(place):
    assert run.modules_here() == []
    (place / "bench").mkdir()
    (place / "bench" / "__main__.py").touch()
    assert run.modules_here() == ["bench"]


def test_an_older_python_can_still_say_that_it_is_too_old(monkeypatch):
    assert ast.parse((ROOT / "run.py").read_text("utf-8"), feature_version=(3, 7))
    monkeypatch.setattr(run.sys, "version_info", (3, 10, 13))
    with pytest.raises(run.Stop, match=r"3\.11"):
        run.main(["setup"])


def test_run_py_needs_the_standard_library_only():
    tree = ast.parse((ROOT / "run.py").read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


# ---- The two commands ----


def test_ci_runs_the_test_command_of_the_readme_and_the_checks():
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "\npython3 run.py test\n" in ci
    named = re.search(r"\npython3 run\.py check (.+)\n", ci)
    # The tests of the docs are tests, too.
    assert named
    assert {*named[1].split(), "docs"} == {*run.CHECKS}
    readme = ROOT / "README.md"
    if readme.exists():
        assert "python3 run.py test" in readme.read_text("utf-8")


@pytest.fixture
def fresh_clone(tmp_path):
    """The project as a newcomer has it, in a folder with spaces."""
    clone = tmp_path / "Meine Projekte" / "Vertrauens konto"
    clone.mkdir(parents=True)
    for name in ("run.py", "pyproject.toml", "LICENSE", "requirements", *run.PACKAGES):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, clone / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, clone)
    return clone


def konto_help(environment):
    """What `konto --help` prints, whichever way konto was installed."""
    return subprocess.run([environment / "konto", "--help"], capture_output=True, text=True, check=True).stdout


@pytest.mark.long
def test_a_fresh_clone_is_set_up_once_and_the_second_start_is_quick(fresh_clone):
    command = [sys.executable, "run.py", "setup"]
    subprocess.run(command, cwd=fresh_clone, check=True)
    mark = json.loads((fresh_clone / ".venv" / "setup.json").read_text())
    assert mark["state"] == "ready"
    start = time.monotonic()
    second = subprocess.run(command, cwd=fresh_clone, check=True, capture_output=True, text=True)
    assert time.monotonic() - start < 2
    assert second.stderr == ""
    assert konto_help(fresh_clone / ".venv" / "bin")


@pytest.mark.long
def test_a_killed_set_up_repairs_itself(fresh_clone):
    command = [sys.executable, "run.py", "setup"]
    for seconds in (0.3, 1, 2, 3, 4):
        with pytest.raises(subprocess.TimeoutExpired):  # the time-out kills it
            subprocess.run(command, cwd=fresh_clone, timeout=seconds)
        if (fresh_clone / ".venv" / "setup.json").exists():
            assert '"building"' in (fresh_clone / ".venv" / "setup.json").read_text()
    subprocess.run(command, cwd=fresh_clone, check=True)
    assert konto_help(fresh_clone / ".venv" / "bin")


@pytest.mark.long
def test_pip_install_gives_the_same_konto(fresh_clone, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "env"], check=True)
    subprocess.run([tmp_path / "env" / "bin" / "pip", "install", "-q", "."], cwd=fresh_clone, check=True)
    subprocess.run([sys.executable, "run.py", "setup"], cwd=fresh_clone, check=True)
    assert konto_help(tmp_path / "env" / "bin") == konto_help(fresh_clone / ".venv" / "bin")
