"""docker-compose.yml: each setting is there and explained, and the services really come up."""

import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
import yaml
from pymongo import MongoClient

from bridge.settings import BridgeSettings
from receiver.page.signing.place import place_of
from receiver.settings import ReceiverSettings
from tests import servers
from tests.letters import letter
from tests.servers import ROOT
from tests.smtp_client import send

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
OLGA = "olga@a.ru"


def service(name: str) -> str:
    """Return the lines of one service."""
    found = re.search(rf"^  {name}:(?: &\S+)?\n((?:    .*\n|\n)+)", COMPOSE, re.MULTILINE)
    assert found, name
    return found[1]


BRIDGE = set(BridgeSettings.names())
IMAP = {name for name in BRIDGE if name.startswith("IMAP_")}
SMTP_DOOR = {name for name in BRIDGE if name.startswith("SMTP_")} - {
    "SMTP_HOSTNAME",
    "SMTP_MAX_SIZE",
}
SETTINGS = {
    "bridge": BRIDGE - IMAP,
    "imap": BRIDGE - SMTP_DOOR,
    "receiver": set(ReceiverSettings.names()),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_written_out(name: str) -> None:
    text = service(name)
    missing = [field for field in SETTINGS[name] if f"      {field}:" not in text]
    assert missing == []


def test_a_restore_by_compose_has_what_it_reads() -> None:
    """The backups, the files of erasures, and MongoDB's password; ``-e`` gives the name."""
    text = service("backup")
    for each in ("backups:/backups", "receiver:/data:ro", "mongo-secret:/mongo-secret:ro"):
        assert f"      - {each}\n" in text
    assert "      - receiver:/data\n" in service("receiver")
    for name in ("DATA_DIR: /data", "MONGO_URI_FILE:", "MONGO_DATABASE:", "JOIN_POLICY:"):
        assert f"      {name}" in text


@pytest.mark.parametrize(("name", "data"), [("backup-bridge", "spool"), ("backup-imap", "imap")])
def test_a_restore_of_a_bridge_by_compose_may_write_what_it_brings_back(
    name: str, data: str
) -> None:
    """These are letters, cursors and the secret, which only the receiver may write otherwise."""
    mounted = {"backups:/backups", f"{data}:/data", "secret:/secret"}
    assert mounted <= {each.strip(" -") for each in service(name).splitlines()}


def test_what_is_mounted_from_here_is_in_the_repository() -> None:
    """Docker silently creates an empty directory for a missing file."""
    listed = subprocess.run(["git", "ls-files", "ops"], cwd=ROOT, capture_output=True, check=False)
    mounted = re.findall(r"^ +- \./([\w./-]+):", COMPOSE, re.MULTILINE)
    assert len(mounted) > 4
    for path in mounted:
        assert (ROOT / path).exists(), path
        if listed.returncode == 0:
            files = listed.stdout.decode().split()
            assert any(each == path or each.startswith(f"{path}/") for each in files), path


def test_every_variable_is_explained() -> None:
    variables = set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    assert {name for name in variables if not re.search(rf"^# {name}=", EXAMPLE, re.M)} == set()


def test_no_version_is_named_as_both_composes_read_it_without() -> None:
    assert not re.search(r"^(version|name):", COMPOSE, re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    [
        *("mongo", "receiver", "bridge", "imap", "backup", "backup-bridge"),
        *("prometheus", "grafana", "proxy"),
    ],
)
def test_every_service_has_limits_and_logs_that_end(name: str) -> None:
    text = service(name)
    assert "    mem_limit: " in text
    assert "    <<: *hardened" in text or "    logging: *logging" in text


# The second generation as Docker's plugin or as make test installs it, and the first.
PLUGINS = [
    str(each) for each in ROOT.glob(".venv/compose/lib/*/site-packages/compose/docker-compose")
]
GENERATIONS = {
    "v2": [["docker", "compose"], *([each] for each in PLUGINS)],
    "v1": [["docker-compose"]],
}


@cache  # asked by the tests, as every worker collects this file
def composes(generation: str) -> list[str] | None:
    """Return the command of a generation, if it is here."""
    for words in GENERATIONS[generation]:
        if shutil.which(words[0]):
            asked = subprocess.run([*words, "version", "--short"], capture_output=True, check=False)
            major = asked.stdout.decode().lstrip("v").partition(".")[0]
            if not asked.returncode and (major == "1") == (generation == "v1"):
                return words
    return None


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("profile", ["", "imap", "backup", "monitoring", "proxy"])
def test_it_is_read_without_a_warning(generation: str, profile: str) -> None:
    command = composes(generation)
    if not command:
        pytest.skip(f"compose {generation} is not here")
    words = [*command, *(["--profile", profile] if profile else []), "config"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    named = "grafana" if profile == "monitoring" else profile
    assert not profile or f"  {named}:" in done.stdout.decode()


def test_the_page_is_shown_where_the_proxy_is_unless_told() -> None:
    [(ours, its)] = re.findall(
        r"PAGE_URL: \$\{PAGE_URL:-(.*)\}.*PAGE_URL: \$\{PAGE_URL:-(.*)\}", COMPOSE, re.DOTALL
    )
    proxied = urlsplit(its)
    shown = place_of(ours or None, proxied.netloc, proxied.scheme)  # which Caddy forwards
    assert (proxied.scheme, proxied.netloc) == (shown.scheme, shown.host)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_page_is_shown_where_the_proxy_is(generation: str) -> None:
    """It is started as the comment in the file says; another ``Host`` would get 403."""
    command = composes(generation)
    if not command:
        pytest.skip(f"compose {generation} is not here")
    [said] = re.findall(r"^  # (\S+=\S+) docker compose --profile proxy up$", COMPOSE, re.MULTILINE)
    words = [*command, "--profile", "proxy", "config"]
    env = os.environ | dict([said.split("=", 1)])
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, check=True)
    read = yaml.safe_load(done.stdout)["services"]
    [address] = re.findall(r"^\{\$(\w+)\} \{$", (ROOT / "ops/proxy/Caddyfile").read_text(), re.M)
    proxied = urlsplit(read["proxy"]["environment"][address])
    shown = place_of(read["receiver"]["environment"]["PAGE_URL"], "listener.example.ru")
    assert (proxied.scheme, proxied.netloc) == (shown.scheme, shown.host)


def test_no_secret_is_in_the_repository() -> None:
    assert not re.search(r"whsec_[A-Za-z0-9+/]{8}", COMPOSE + EXAMPLE)


@pytest.fixture(params=GENERATIONS)
def compose(request: pytest.FixtureRequest) -> Iterator[tuple[list[str], dict[str, str]]]:
    """The command and environment of a project of the test's own, removed in the end."""
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        pytest.skip("no Docker engine answers")
    command = composes(request.param)
    if not command:
        pytest.skip(f"compose {request.param} is not here")
    ports = {
        name: str(servers.free_port()) for name in ("MONGO_PORT", "RECEIVER_PORT", "SMTP_PORT")
    }
    # An image that is here counts, whichever is pinned.
    env = {
        **os.environ,
        **ports,
        "MONGO_IMAGE": os.environ.get("MONGO_IMAGE", "mongo:8"),
        "PAGE_URL": f"http://127.0.0.1:{ports['RECEIVER_PORT']}",
        "COMPOSE_PROJECT_NAME": f"test{secrets.token_hex(4)}",
    }
    try:
        yield command, env
    finally:
        started = {"COMPOSE_PROFILES": "imap,backup,monitoring,proxy"}  # v2 leaves the others
        words = [*command, "down", "--volumes"]
        subprocess.run(words, cwd=ROOT, env=env | started, check=True)


def signed_in(link: str) -> str:
    """Sign in to the page as a browser does, and return what is shown then: the list."""
    origin, _, code = link.partition("/sign-in?link=")
    browser = build_opener(HTTPCookieProcessor())
    browser.addheaders = [("Origin", origin)]
    with browser.open(f"{origin}/sign-in", urlencode({"link": code}).encode()) as answer:
        return str(answer.read().decode())


WHAT_IS_IN_IT = """
import json, platform, subprocess
from importlib.metadata import distributions
from contract import __version__
words = ["dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Status}\\n"]
debian = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
there = [f"{each.name} {each.version}" for each in distributions()]
there += [each.removesuffix(" installed") for each in debian if each.endswith(" installed")]
there += [f"python {platform.python_version()}", f"email-listener {__version__}"]
print(json.dumps(sorted(there)))
"""


def the_image_lists_what_is_in_it(run: Callable[..., str]) -> None:
    """Its label leads to a list in CycloneDX; what pip and dpkg say is in it, and nothing else."""
    words = ["docker", "image", "inspect", "email-listener"]
    shown = subprocess.run(words, check=True, capture_output=True).stdout
    path = json.loads(shown)[0]["Config"]["Labels"]["email-listener.sbom"]
    listed = json.loads(run("exec", "-T", "receiver", "cat", path))
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.6")
    names = [
        f"{each['name']} {each['version']}"
        for each in (*listed["components"], listed["metadata"]["component"])
        if each["type"] != "operating-system"
    ]
    there = json.loads(run("exec", "-T", "receiver", "python", "-c", WHAT_IS_IN_IT))
    assert sorted(names) == there


@pytest.mark.minutes
def test_it_comes_up_with_nothing_prepared(compose: tuple[list[str], dict[str, str]]) -> None:
    command, env = compose

    def run(*words: str) -> str:
        done = subprocess.run(
            [*command, *words], cwd=ROOT, env=env, check=True, capture_output=True
        )
        return done.stdout.decode()

    run("up", "--build", "--detach")
    servers.wait_until(lambda: run("ps").count("(healthy)") == 3, 300)
    assert send(env["SMTP_PORT"], [letter("1@a.ru"), letter("2@a.ru", in_reply_to="1@a.ru")]) == 2
    with MongoClient[dict[str, Any]]("127.0.0.1", int(env["MONGO_PORT"])) as client:
        dialogs = client.dialog.dialogs
        servers.wait_until(lambda: dialogs.count_documents({"messages": {"$size": 2}}) == 1)

        link = run("exec", "-T", "receiver", "python", "-m", "receiver", "link").strip()
        assert link.startswith(env["PAGE_URL"])
        assert '<li class="row' in signed_in(link)

        run("stop", "receiver")
        assert send(env["SMTP_PORT"], [letter("3@a.ru", in_reply_to="2@a.ru")]) == 1
        run("restart", "bridge")
        run("start", "receiver")
        servers.wait_until(lambda: dialogs.count_documents({"messages": {"$size": 3}}) == 1, 60)

    backup = ("--profile", "backup", "run", "--rm", "backup", "python", "-m", "receiver")
    assert "3 letters" in run(*backup, "backup", "/backups")
    run(*backup, "restore", "/backups", "--check")

    for name in ("bridge", "receiver"):
        assert "uid=10001" in run("exec", "-T", name, "id")
        assert (
            run("exec", "-T", name, "sh", "-c", "touch /x 2>&1 || true")
            .strip()
            .endswith("Read-only file system")
        )
        assert run("exec", "-T", name, "sh", "-c", "which gcc make || true") == ""
        assert run("exec", "-T", name, "stat", "-c", "%a", "/secret/webhook").strip() == "600"
    the_image_lists_what_is_in_it(run)
    run("stop")
    assert run("ps").count("Exit 0") + run("ps", "--all").count("Exited (0)") >= 3


@pytest.mark.minutes
def test_what_was_taken_out_comes_back_on_new_volumes(
    compose: tuple[list[str], dict[str, str]], tmp_path: Path
) -> None:
    """The commands are those of docs/operations.md; nobody who was erased comes back."""
    command, env = compose
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    lines = re.findall(r"^    (docker compose (?:run --rm|up --detach).*)$", page, re.M)
    lines = [each for each in lines if "-e MONGO_DATABASE=drill" not in each]
    taken_out, others = lines[:2], lines[2:]
    assert len(others) == 5

    def shell(words: str) -> str:
        words = words.replace("docker compose", " ".join(command))
        words = re.sub(r"(\w+\.tar)", rf"{tmp_path}/\1", words)
        done = subprocess.run(
            words, shell=True, cwd=ROOT, env=env, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        return done.stdout.decode()

    def are_there(letters: int) -> None:
        sizes = {"messages": {"$size": letters}}
        with MongoClient[dict[str, Any]]("127.0.0.1", int(env["MONGO_PORT"])) as client:
            dialogs = client.dialog.dialogs
            servers.wait_until(lambda: dialogs.count_documents(sizes) == 1, 120)

    def of_olga() -> int:
        with MongoClient[dict[str, Any]]("127.0.0.1", int(env["MONGO_PORT"])) as client:
            return client.dialog.dialogs.count_documents({"email_from": OLGA})

    shell("docker compose up --build --detach")
    servers.wait_until(lambda: shell("docker compose ps").count("(healthy)") == 3, 300)
    assert send(env["SMTP_PORT"], [letter("1@a.ru"), letter("2@a.ru", in_reply_to="1@a.ru")]) == 2
    assert send(env["SMTP_PORT"], [letter("4@a.ru", sender=OLGA)]) == 1
    are_there(2)
    servers.wait_until(lambda: of_olga() == 1)
    digest = "docker compose exec -T receiver sha256sum /secret/webhook"
    secret = shell(digest)
    shell("docker compose stop receiver")
    assert send(env["SMTP_PORT"], [letter("3@a.ru", in_reply_to="2@a.ru")]) == 1
    alone = "docker compose run --rm --no-deps -T"
    assert "1 letters" in shell(f"{alone} backup-bridge python -m bridge backup /backups/bridge")
    assert "3 letters" in shell(f"{alone} backup python -m receiver backup /backups")
    erased = f"{alone} receiver python -m receiver erase {OLGA} --reason asked --yes"
    assert "/data/erasures/" in shell(erased)
    for each in taken_out:
        shell(each)
    shell("docker compose down --volumes")
    for each in others:
        shell(each)
    are_there(3)
    assert of_olga() == 0
    assert shell(digest) == secret
