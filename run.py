#!/usr/bin/env python3
"""Sets Vertrauenskonto up in this folder and starts it; needs Python 3.11 and pip, nothing else.

The packages come from `requirements/`, pinned with hashes, into `.venv`. A mark in there says what it was
made from, so that a later start only compares; an interrupted set-up is known by its mark and made anew.
An older Python can still read this file, so that it can say it is too old.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import json
import locale
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
PACKAGES = ("domain", "projections", "workers", "intake", "wiring", "dashboard", "api", "words", "verifier")
VENV = ROOT / ".venv"
CHECKS = ("format", "lint", "types", "layers", "docs")
MARK = VENV / "setup.json"
TOOLS = ROOT / ".tools"
LOG = TOOLS / "setup.log"
REQUIREMENTS = ROOT / "requirements"
WINDOWS = os.name == "nt"
# Started from inside .venv, this is still the Python that .venv was made from: .venv cannot replace itself.
PYTHON: str = getattr(sys, "_base_executable", None) or sys.executable
# Where there is no network, ask twice and say so, instead of pip's five times.
PIP_OPTIONS = ("--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "2")


class Stop(Exception):
    """Ends the run with one sentence and the next step."""

    def __init__(self, german: str, english: str, code: int = 1) -> None:
        super().__init__(translated(german, english))
        self.code = code


class ToolFailed(Exception):
    """pip, uv or venv ended with an error; the text is what it printed."""


def main(arguments: Sequence[str]) -> int:
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        raise Stop(
            f"Das ist Python {platform.python_version()}, nötig ist {oldest} oder neuer. "
            "Bitte ein neueres Python installieren und run.py damit starten.",
            f"This is Python {platform.python_version()}, and {oldest} or newer is needed. "
            "Please install a newer Python and start run.py with it.",
        )
    command, rest = "demo", list(arguments)
    if rest and (rest[0] in ("-h", "--help") or not rest[0].startswith("-")):
        command = rest.pop(0)
    if command in COMMANDS:
        return COMMANDS[command][0](rest)
    if command in modules_here():
        set_up("dev")
        return become(in_venv("python"), "-m", MODULES[command][0], *rest, folder=ROOT)
    if command in ("-h", "--help", "help"):
        print(help_text())
        return 0
    raise Stop(
        f"Den Befehl „{command}“ gibt es nicht. Alle Befehle zeigt: python3 run.py --help",
        f'There is no command "{command}". To see all commands: python3 run.py --help',
        code=2,
    )


# ---- Commands ----


def demo(rest: Sequence[str]) -> int:
    set_up("runtime")
    return become(in_venv("konto"), "demo", *rest)


def setup(rest: Sequence[str]) -> int:
    set_up("runtime")
    print(translated("Bereit:", "Ready:"), in_venv("konto"))
    return 0


def test(rest: Sequence[str]) -> int:
    """The whole suite, each file in one process, two more of them than there are cores, since many wait for others.

    With arguments plainly, as whoever gives them expects.
    """
    set_up("dev")
    processes = str((os.cpu_count() or 1) + 2)
    options = rest or ["--numprocesses", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
    return become(in_venv("python"), "-m", "pytest", *options, folder=ROOT)


def check(rest: Sequence[str]) -> int:
    """Runs every check to its end, or those named, so that one run shows all there is to mend."""
    unknown = [name for name in rest if name not in CHECKS]
    if unknown:
        known = ", ".join(CHECKS)
        raise Stop(
            f"Die Prüfung „{unknown[0]}“ gibt es nicht. Es gibt: {known}",
            f'There is no check "{unknown[0]}". There are: {known}',
            code=2,
        )
    set_up("dev")
    sources = [*(name for name in PACKAGES if (ROOT / name).is_dir()), "bench", "drills", "run.py"]
    steps = {
        "format": [in_venv("ruff"), "format", "--check", "."],
        "lint": [in_venv("ruff"), "check", "."],
        "types": [in_venv("mypy"), *sources],
        "layers": [in_venv("lint-imports"), "--no-logo"],
        "docs": [in_venv("python"), "-m", "pytest", "-q", "tests/docs"],
    }
    summary = []
    for name in rest or CHECKS:
        command = steps[name]
        shown = " ".join([Path(command[0]).name, *map(str, command[1:])])
        print(f"== {name}: {shown}", flush=True)
        start = time.monotonic()
        failed = subprocess.run(command, cwd=ROOT).returncode != 0
        summary.append((name, failed, time.monotonic() - start))
    print()
    for name, failed, seconds in summary:
        result = translated("Fehler", "failed") if failed else "ok"
        print(f"{name:8} {result:8} {seconds:5.1f} s")
    return 1 if any(failed for _, failed, _ in summary) else 0


def lock(rest: Sequence[str]) -> int:
    """Pins every package anew as far as pyproject.toml asks for it; with --upgrade, to the newest.

    Asks no index or folder that only this machine has and writes no address: the files hold everywhere.
    """
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    with only_one_setup():
        uv = uv_here() or fetch_uv()
        if uv is None:
            raise Stop(
                "Zum Festschreiben der Versionen fehlt uv. Bitte uv installieren und noch einmal starten.",
                "Pinning the versions needs uv. Please install uv and start again.",
            )
        private = ("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_CONFIG_FILE")
        environment = {name: value for name, value in tool_environment().items() if name not in private}
        # setuptools builds the project; pinned like the rest, it need not be fetched while building.
        builders = TOOLS / "builders.in"
        builders.write_text("\n".join(project["build-system"]["requires"]), encoding="utf-8")
        apart = {"tools": ["uv"], "audit": ["pip-audit"], "fuzz": project["project"]["optional-dependencies"]["fuzz"]}
        for name, packages in apart.items():
            (TOOLS / f"{name}.in").write_text("\n".join(packages), encoding="utf-8")
        # The tests' packages come first: what both files hold has one version.
        for name, options in (
            ("dev", ["pyproject.toml", str(builders), "--extra", "dev"]),
            ("runtime", ["pyproject.toml", str(builders), "--constraints", "requirements/dev.txt"]),
            *((name, [str(TOOLS / f"{name}.in")]) for name in apart),
        ):
            file = REQUIREMENTS / f"{name}.txt"
            command = [uv, "pip", "compile", "--no-config", "--quiet", *options, *rest]
            command += ["--universal", "--python-version", ".".join(map(str, OLDEST_PYTHON))]
            command += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"]
            command += ["--no-header", "--no-annotate", "--output-file", str(file)]
            run_tool(f"requirements/{name}.txt", command, environment)
            pinned = "# Made by: python3 run.py lock\n" + file.read_text("utf-8")
            file.write_text(pinned, encoding="utf-8", newline="\n")
    return 0


def audit_dependencies(rest: Sequence[str]) -> int:
    """Whether anything is known against the versions in requirements/. Asks elsewhere, so it is no part of `check`."""
    place = fetched("audit", translated("Prüfprogramm holen", "Fetching the auditor"))
    failed = 0
    for name in ("runtime", "dev"):
        print(f"== requirements/{name}.txt", flush=True)
        # Strict: what could not be asked about is no good news.
        command = [PYTHON, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--strict"]
        command += ["--progress-spinner", "off", "--requirement", str(REQUIREMENTS / f"{name}.txt"), *rest]
        failed |= subprocess.run(command, env={**tool_environment(), "PYTHONPATH": str(place)}).returncode
    if failed:
        print(
            translated(
                "Gegen ein Paket ist etwas bekannt, oder es ließ sich nicht danach fragen; was, steht oben. Ein "
                "Paketverzeichnis im eigenen Netz kennt oft keine Schwachstellen.",
                "Something is known against a package, or it could not be asked about; see above. An index of "
                "packages in your own network often knows of no vulnerabilities.",
            )
        )
    else:
        print(translated("Gegen kein Paket ist etwas bekannt.", "Nothing is known against any package."))
    return failed


def fuzz(rest: Sequence[str]) -> int:
    """Tries every reader with bytes that nobody thought of; for minutes or hours, so it is no part of the tests."""
    set_up("dev")
    place = fetched("fuzz", translated("Atheris holen", "Fetching Atheris"))
    if not (place / "atheris").is_dir():
        raise Stop(
            "Atheris gibt es für diesen Rechner nicht: nur für Linux auf x86-64 und Python unter 3.14.",
            "There is no Atheris for this machine: only for Linux on x86-64 and Python below 3.14.",
        )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(place), str(ROOT)])}
    return subprocess.run([in_venv("python"), "-m", "drills.fuzz", *rest], cwd=ROOT, env=environment).returncode


def fetched(name: str, label: str) -> Path:
    """The folder of .tools that holds what requirements/NAME.txt names, apart from everything else."""
    with only_one_setup():
        LOG.write_bytes(b"")
        place = TOOLS / name
        mark, wanted = place / "made-from.txt", (REQUIREMENTS / f"{name}.txt").read_bytes()
        if not mark.exists() or mark.read_bytes() != wanted:
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            command = [PYTHON, "-m", "pip", "install", *PIP_OPTIONS, "--require-hashes", "--target", str(place)]
            command += ["-r", str(REQUIREMENTS / f"{name}.txt")]
            try:
                run_tool(label, command, tool_environment())
            except ToolFailed as failure:
                raise explained(failure) from None
            mark.write_bytes(wanted)
    return place


COMMANDS: dict[str, tuple[Callable[[Sequence[str]], int], str, str]] = {
    "demo": (
        demo,
        "richtet ein und startet die Vorführung; auch ohne Befehl. Weiteres geht an „konto demo“",
        'sets up and starts the demo; also without a command. The rest goes to "konto demo"',
    ),
    "setup": (setup, "richtet nur .venv mit dem Befehl konto ein", "only makes .venv with the command konto"),
    "test": (
        test,
        "richtet ein und testet; Weiteres geht an pytest",
        "sets up and tests; the rest goes to pytest",
    ),
    "check": (
        check,
        "prüft Format, Stil, Typen, Schichten und Dokumentation, oder was davon genannt wird",
        "checks format, style, types, layers and documentation, or those of them that are named",
    ),
    "audit-dependencies": (
        audit_dependencies,
        "fragt, ob gegen eines der Pakete etwas bekannt ist; braucht das Netz",
        "asks whether anything is known against one of the packages; needs the network",
    ),
    "fuzz": (
        fuzz,
        "versucht Lesende mit Bytes, an die niemand dachte; holt sich Atheris",
        "tries readers with bytes that nobody thought of; fetches Atheris",
    ),
    "lock": (
        lock,
        "schreibt die Versionen in requirements/ neu fest; mit --upgrade die neuesten",
        "pins the versions in requirements/ anew; with --upgrade the newest",
    ),
}

# Each is a folder or file of its own and a command as soon as that is there.
MODULES = {
    "bench": ("bench", "misst, wie schnell alles ist", "measures how fast everything is"),
    "drill": ("drills", "übt Ausfälle", "rehearses failures"),
    "shots": ("tests.shots", "fotografiert jede Seite in einen ORDNER", "photographs every page into a DIR"),
}


def modules_here() -> list[str]:
    def is_here(module: str) -> bool:
        path = ROOT.joinpath(*module.split("."))
        return path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()

    return [command for command, (module, _, _) in MODULES.items() if is_here(module)]


def help_text() -> str:
    texts = {name: (german, english) for name, (_, german, english) in COMMANDS.items()}
    texts |= {name: MODULES[name][1:] for name in modules_here()}
    width = max(map(len, texts))
    lines = [f"  {name:{width}} {translated(*text)}" for name, text in texts.items()]
    usage = translated("python3 run.py [BEFEHL] [WEITERES …]", "python3 run.py [COMMAND] [REST …]")
    return "\n".join([usage, "", *lines])


# ---- Set-up ----


def set_up(group: str) -> None:
    """Makes .venv hold what a group of packages (runtime, dev) names, and the project itself."""
    if is_ready(group):
        return
    with only_one_setup():
        if is_ready(group):  # whoever had the lock before us did it
            return
        mark = read_mark()
        if mark.get("group") == "dev":
            group = "dev"
        start = time.monotonic()
        LOG.write_bytes(b"")
        uv = uv_here() or fetch_uv()
        prepare_venv(mark, uv)
        write_mark(state="building", group=group)
        try:
            install(group, uv)
        except ToolFailed as failure:
            raise explained(failure) from None
        write_mark(state="ready", group=group, fingerprint=fingerprint(group))
        seconds = f"{time.monotonic() - start:.0f} s."
        say(f"Eingerichtet in {seconds}", f"Set up in {seconds}")


def is_ready(group: str) -> bool:
    mark = read_mark()
    made_for = str(mark.get("group"))
    return (
        mark.get("state") == "ready"
        and made_for in (group, "dev")
        and mark.get("fingerprint") == fingerprint(made_for)
        and Path(in_venv("python")).exists()
        and Path(in_venv("konto")).exists()
    )


def fingerprint(group: str) -> str:
    """What .venv depends on: pinned packages, the project's own file, the Python, and the place itself."""
    found = hashlib.sha256()
    for file in (REQUIREMENTS / f"{group}.txt", ROOT / "pyproject.toml"):
        found.update(file.read_bytes())
    found.update(f"{sys.version_info[:2]} {platform.machine()} {ROOT}".encode())
    return found.hexdigest()


def read_mark() -> dict[str, str]:
    try:
        mark = json.loads(MARK.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return mark if isinstance(mark, dict) else {}


def write_mark(**mark: str) -> None:
    VENV.mkdir(exist_ok=True)
    new = MARK.with_suffix(".new")
    new.write_text(json.dumps({**mark, "place": str(ROOT)}), encoding="utf-8")
    os.replace(new, MARK)


def prepare_venv(mark: dict[str, str], uv: str | None) -> None:
    """Keeps a .venv that works, even one made by hand; replaces what is broken, interrupted or moved here."""
    moved = mark.get("place", str(ROOT)) != str(ROOT)
    if VENV.exists() and (mark.get("state") == "building" or moved or not venv_works()):
        shutil.rmtree(VENV)
    if VENV.exists():
        return
    write_mark(state="building")
    step = translated("Umgebung anlegen", "Making the environment")
    # Only without uv does .venv need a pip of its own, which Debian keeps in a package apart.
    attempts = [[PYTHON, "-m", "venv", "--without-pip", str(VENV)]]
    if uv is None:
        attempts.insert(0, [PYTHON, "-m", "venv", str(VENV)])
    else:
        attempts.append([uv, "venv", "--quiet", "--allow-existing", "--python", PYTHON, str(VENV)])
    for command in attempts:
        with contextlib.suppress(ToolFailed):
            run_tool(step, command, tool_environment())
            return
    raise Stop(
        "Dieses Python kann keine Umgebung anlegen. Unter Debian und Ubuntu hilft: apt install python3-venv",
        "This Python cannot make an environment. On Debian and Ubuntu this helps: apt install python3-venv",
    )


def venv_works() -> bool:
    probe = "import sys; print(sys.version_info[:2])"
    try:
        found = subprocess.run([in_venv("python"), "-c", probe], capture_output=True, text=True)
    except OSError:
        return False
    return found.stdout.strip() == str(sys.version_info[:2])


def install(group: str, uv: str | None) -> None:
    requirements = REQUIREMENTS / f"{group}.txt"
    number = sum("==" in line for line in requirements.read_text("utf-8").splitlines())
    packages = translated(f"{number} Pakete installieren", f"Installing {number} packages")
    project = translated("konto installieren", "Installing konto")

    def install_with(tool: Sequence[str], *options: str) -> None:
        environment = tool_environment()
        run_tool(packages, [*tool, *options, "--require-hashes", "-r", str(requirements)], environment)
        # setuptools came with the packages, so building asks for nothing more.
        run_tool(project, [*tool, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], environment)

    if uv is not None:
        # uv leaves compiling to the first start, which this setting would keep from doing it.
        options = ["--compile-bytecode"] if sys.dont_write_bytecode else []
        try:
            return install_with([uv, "pip", "install", "--python", in_venv("python")], *options)
        except ToolFailed as failure:
            # A mirror that only pip is told about may still work.
            if reason(failure) != "network":
                raise
    install_with(pip_for_venv())


def pip_for_venv() -> list[str]:
    for pip in (
        [in_venv("python"), "-m", "pip"],
        [PYTHON, "-m", "pip", "--python", in_venv("python")],
    ):
        if succeeds([*pip, "--version"]):
            return [*pip, "install", *PIP_OPTIONS]
    if succeeds([in_venv("python"), "-m", "ensurepip"]):
        return [in_venv("python"), "-m", "pip", "install", *PIP_OPTIONS]
    raise Stop(
        "Diesem Python fehlt pip. Unter Debian und Ubuntu hilft: apt install python3-pip",
        "This Python has no pip. On Debian and Ubuntu this helps: apt install python3-pip",
    )


def uv_here() -> str | None:
    """A uv that runs: ours, else the user's own."""
    own = [TOOLS / "uv" / folder / name for folder in ("bin", "Scripts") for name in ("uv", "uv.exe")]
    for candidate in [*map(str, own), shutil.which("uv")]:
        if candidate and Path(candidate).exists() and succeeds([candidate, "--version"]):
            return candidate
    return None


def fetch_uv() -> str | None:
    """uv is many times faster than pip, and pip may put it into a folder even on a locked-down system."""
    new = TOOLS / "uv.new"
    command = [PYTHON, "-m", "pip", "install", *PIP_OPTIONS, "--only-binary", ":all:", "--require-hashes"]
    command += ["--target", str(new), "-r", str(REQUIREMENTS / "tools.txt")]
    try:
        shutil.rmtree(new, ignore_errors=True)
        run_tool(translated("uv holen", "Fetching uv"), command, tool_environment())
    except ToolFailed as failure:
        if reason(failure) in ("network", "disk"):
            raise explained(failure) from None
        return None  # no pip here, or no uv for this machine
    shutil.rmtree(TOOLS / "uv", ignore_errors=True)
    os.replace(new, TOOLS / "uv")
    return uv_here()


def tool_environment() -> dict[str, str]:
    """The user's environment without what sends packages elsewhere; uv learns of pip's mirror."""
    elsewhere = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}
    elsewhere |= {f"{tool}_{name}" for tool in ("PIP", "UV") for name in ("TARGET", "PREFIX")}
    environment = {name: value for name, value in os.environ.items() if name not in elsewhere}
    environment.update(PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    if not os.access(os.path.expanduser("~"), os.W_OK):
        environment.setdefault("UV_CACHE_DIR", str(TOOLS / "cache"))
    for option, name in (
        ("index-url", "UV_DEFAULT_INDEX"),
        ("trusted-host", "UV_INSECURE_HOST"),
        ("proxy", "ALL_PROXY"),
        ("cert", "SSL_CERT_FILE"),
    ):
        value = pip_settings().get(option)
        if value:
            environment.setdefault(name, value)
    return environment


@functools.lru_cache(maxsize=1)
def pip_settings() -> dict[str, str]:
    """What pip was told on this machine; the environment is listed first and goes before files."""
    settings: dict[str, str] = {}
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        settings.setdefault(key.rpartition(".")[2], value.strip("'\""))
    return settings


@contextlib.contextmanager
def only_one_setup() -> Iterator[None]:
    """Two starts at once share one set-up: the second waits.

    pip and uv inherit the lock, so that one that outlives a killed start is waited for as well.
    """
    TOOLS.mkdir(exist_ok=True)
    with open(TOOLS / "lock", "a", encoding="utf-8") as file:
        os.set_inheritable(file.fileno(), True)
        if not locked(file.fileno()):
            say("Ein anderer Start richtet ein, bitte warten.", "Another start is setting up, please wait.")
            while not locked(file.fileno()):
                time.sleep(0.2)
        yield


def locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# ---- Starting other programs ----


def in_venv(program: str) -> str:
    return str(VENV / "Scripts" / f"{program}.exe" if WINDOWS else VENV / "bin" / program)


def succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, env=tool_environment()).returncode == 0
    except OSError:
        return False


def run_tool(step: str, command: Sequence[str], environment: dict[str, str]) -> None:
    """Runs a tool to its end with one line of progress; what it prints goes to the log."""
    terminal = sys.stderr.isatty()
    start = time.monotonic()
    if not terminal:
        print(f"{step} …", file=sys.stderr, flush=True)
    with open(LOG, "ab+") as log:
        before = log.tell()
        try:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                close_fds=False,  # hands on the lock, see only_one_setup
            )
        except OSError as error:
            raise ToolFailed(str(error)) from None
        try:
            while process.poll() is None:
                if terminal:
                    print(f"\r{step} … {time.monotonic() - start:.0f} s", end="", file=sys.stderr, flush=True)
                time.sleep(0.05)
        finally:
            process.kill()
            process.wait()
            if terminal:
                print(file=sys.stderr)
        log.seek(before)
        printed = log.read().decode("utf-8", "replace")
    if process.returncode != 0:
        raise ToolFailed(printed)


def become(program: str, *arguments: str, folder: Path | None = None) -> int:
    """Goes on as another program, so that Ctrl-C and signals reach it and nobody else."""
    if folder is not None:
        os.chdir(folder)
    sys.stdout.flush()
    sys.stderr.flush()
    if WINDOWS:
        return subprocess.run([program, *arguments]).returncode
    os.execv(program, [program, *arguments])


# ---- What the user reads ----


# Why a set-up fails: what pip, uv or the system then print, and what the user reads.
FAILURES = {
    "disk": (
        ("No space left", "Disk quota exceeded", "os error 28"),
        "Die Platte ist voll. Bitte etwa 1 GB frei machen und noch einmal starten.",
        "The disk is full. Please free about 1 GB and start again.",
    ),
    "hash": (
        ("DO NOT MATCH THE HASHES", "Hash mismatch"),
        "Ein Paket ist nicht das, das hier festgeschrieben ist, und wurde nicht installiert. "
        "Bitte noch einmal starten; bleibt es dabei, stimmt etwas mit der Paketquelle nicht.",
        "A package is not the one that is pinned here and was not installed. "
        "Please start again; if it stays so, something is wrong with where packages come from.",
    ),
    "network": (
        ("ConnectionError", "TimeoutError", "ProxyError", "SSLError", "sending request", "dns error"),
        "Die Pakete sind nicht erreichbar. Bitte Netz und HTTPS_PROXY prüfen und noch einmal starten.",
        "The packages cannot be reached. Please check network and HTTPS_PROXY and start again.",
    ),
    "access": (
        ("Permission denied", "Access is denied", "os error 13"),
        f"In {ROOT} darf dieser Benutzer nicht schreiben. Bitte in einen eigenen Ordner kopieren.",
        f"This user may not write in {ROOT}. Please copy it into a folder of your own.",
    ),
    "missing": (
        ("No matching distribution", "No solution found"),
        f"Ein Paket gibt es hier nicht. Welches, steht in {LOG}; ist die eingestellte Paketquelle aktuell?",
        f"A package is not to be had here. {LOG} says which; is the package source set here up to date?",
    ),
    "other": (
        (),
        f"Das Einrichten ist gescheitert. Warum, steht in {LOG}; danach bitte noch einmal starten.",
        f"Setting up failed. {LOG} says why; then please start again.",
    ),
}


def reason(failure: ToolFailed) -> str:
    found = (why for why, (signs, _, _) in FAILURES.items() if any(sign in str(failure) for sign in signs))
    return next(found, "other")


def explained(failure: ToolFailed) -> Stop:
    _, german, english = FAILURES[reason(failure)]
    return Stop(german, english)


def explained_refusal(error: OSError) -> Stop:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return explained(ToolFailed("No space left"))
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return Stop(
            f"Auf {error.filename} darf dieser Benutzer nicht zugreifen. "
            "Bitte den ganzen Ordner dahin kopieren, wo er es darf, und dort starten.",
            f"This user has no access to {error.filename}. "
            "Please copy the whole folder to where they have, and start there.",
        )
    return Stop(
        f"Das geht hier nicht: {error}. Bitte das Projekt noch einmal ganz holen und neu starten.",
        f"This does not work here: {error}. Please get the whole project again and start anew.",
    )


def say(german: str, english: str) -> None:
    # Never on standard output: that belongs to the command that is started.
    print(translated(german, english), file=sys.stderr, flush=True)


def translated(german: str, english: str) -> str:
    return german if speaks_german() else english


def speaks_german() -> bool:
    chosen = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    chosen = chosen or locale.getlocale()[0] or ""
    return chosen.lower().startswith(("de", "german"))


def start() -> int:
    try:
        return main(sys.argv[1:])
    except Stop as stop:
        refusal = stop
    except OSError as error:
        refusal = explained_refusal(error)
    except KeyboardInterrupt:
        refusal = Stop("Abgebrochen; der nächste Start macht weiter.", "Interrupted; the next start goes on.", 130)
    print(refusal, file=sys.stderr)
    return refusal.code


if __name__ == "__main__":
    sys.exit(start())
