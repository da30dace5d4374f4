"""The commands of docs/operations.md that belong to other programs, run as written.

Where a program is not here the test says which commands were not run.
"""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from contract.signature import new_secret, parse_keys
from receiver.store.mongo import Database, Document
from tests.operations.page_commands import of
from tests.receiver.backup.test_mongodump import dumped
from tests.receiver.running import Run
from tests.receiver.written import a_letter_with_bytes
from tests.servers import ROOT, environment

OURS_OF_NPM = ROOT / ".venv/mongosh/node_modules/.bin"
MONGOSH = shutil.which("mongosh") or shutil.which("mongosh", path=str(OURS_OF_NPM))


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    mongo_uri: str,
    database_name: str,
) -> Run:
    return Run(monkeypatch, capsys, caplog, mongo_uri, database_name)


def needed(program: str, commands: list[str]) -> None:
    """Skip the test if a program is not here, and say which commands are not run then."""
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here, so these were not run: {'; '.join(commands)}")


def shell(words: str, directory: Path, **settings: str) -> str:
    """Run a line in a shell; return what it prints, and raise if it fails."""
    done = subprocess.run(
        ["bash", "-c", words],
        cwd=directory,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


def test_the_secret_is_one() -> None:
    [command] = of("secret")
    assert len(parse_keys(shell(command, ROOT))) == 1


async def test_files_can_be_looked_at(database: Database, run: Run, tmp_path: Path) -> None:
    """Size and digest of a backup; and whoever cloned with a umask of his own."""
    await a_letter_with_bytes(database)
    assert run("backup", str(tmp_path / "backups"))[0] == 0
    [backup] = [each for each in (tmp_path / "backups").iterdir() if each.name.endswith("Z")]
    size, mask, readable, summed = of("files")
    assert "backups" in shell(f"{size} backups", tmp_path)
    assert "manifest.json: OK" in shell(f"{summed} manifest.json.sha256", backup)
    shell(f"{mask}; cp -r {ROOT / 'ops'} ops", tmp_path)
    closed = tmp_path / "ops/mongo/start.sh"
    assert closed.stat().st_mode & 0o077 == 0
    shell(readable, tmp_path)
    assert closed.stat().st_mode & 0o044 == 0o044
    assert closed.parent.stat().st_mode & 0o055 == 0o055


def test_the_alarms_are_checked() -> None:
    needed("promtool", of("alarms"))
    for command in of("alarms"):
        assert "SUCCESS" in shell(command, ROOT)


async def test_mongodump_and_bsondump_read_what_the_page_says(
    database: Database, run: Run, tmp_path: Path, mongo_uri: str, database_name: str
) -> None:
    """Its files are restored; bsondump shows what is in one of ours."""
    shows, dumps = of("mongodump")
    await a_letter_with_bytes(database)
    missing = [each for each in (dumps, shows) if shutil.which(each.split()[0]) is None]
    if dumps in missing:
        await dumped(database, tmp_path / "dump")  # by its documentation
    else:
        words = dumps.replace("mongodb://…", mongo_uri).replace(" dialog ", f" {database.name} ")
        shell(words, tmp_path)
    into = f"{database_name}_again"
    settings = {"MONGO_DATABASE": into, "DATA_DIR": str(tmp_path)}
    status, _, told = run("restore", str(tmp_path / "dump"), **settings)
    await database.client.drop_database(into)
    assert status == 0, told
    if shows not in missing:
        assert run("backup", str(tmp_path / "b"))[0] == 0
        [packed] = (tmp_path / "b").glob("*/letters.bson.gz")
        (tmp_path / "letters.bson").write_bytes(gzip.decompress(packed.read_bytes()))
        assert '"message_id":"1@example.ru"' in shell(f"{shows} letters.bson", tmp_path)
    if missing:
        pytest.skip(f"not run, as they are not here: {'; '.join(missing)}")


@pytest.mark.parametrize("command", of("mongosh"))
def test_mongosh_does_it(command: str, mongo_uri: str) -> None:
    """Asked by mongosh itself; a server of its protocol that is no MongoDB has no replica sets."""
    if MONGOSH is None:
        pytest.skip(f"no mongosh here (make .venv/mongosh/installed), so not run: {command}")
    with MongoClient[Document](mongo_uri) as client:
        client.drill.letters.insert_one({})
        words = [MONGOSH, "--quiet", mongo_uri, "--eval", command]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
        if command.startswith("rs."):
            try:
                client.admin.command("replSetGetStatus")
            except OperationFailure as error:
                pytest.skip(
                    f"the server here has no replica sets ({error.code}): not run: {command}"
                )
        assert done.returncode == 0, done.stderr
        assert ("drill" in client.list_database_names()) == ("drill" not in command)
        assert "ok: 1" in done.stdout


def test_kubectl_makes_what_pods_need() -> None:
    """What it would send: there is no cluster here, and of the last command what it applies."""
    needed("kubectl", of("kubernetes"))
    namespace, secret, applies = of("kubernetes")
    secret = secret.replace("mongodb://…", "mongodb://h").replace("whsec_…", new_secret())
    made = []
    for each in (namespace, secret):
        made.append(yaml.safe_load(shell(f"{each} --dry-run=client --output=yaml", ROOT)))
    made += yaml.safe_load_all(shell(applies.replace("apply -k", "kustomize"), ROOT))
    for each in made:
        kubernetes_validate.validate(each, "1.37", strict=True)
    kinds = [each["kind"] for each in made]
    assert kinds[:2] == ["Namespace", "Secret"]
    assert {"Deployment", "StatefulSet", "NetworkPolicy"} < {*kinds}
    assert {each["metadata"].get("namespace", "email-listener") for each in made} == {
        "email-listener"
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A directory that stands for the root of the file system, with the units in it."""
    needed("systemctl", of("systemd"))
    (tmp_path / "etc/systemd/system").mkdir(parents=True)
    for each in ("opt", "etc/email-listener", "var/lib/email-listener-receiver"):
        (tmp_path / each).mkdir(parents=True)
    (tmp_path / "opt/email-listener").symlink_to(ROOT)
    copies, _, _ = systemds("cp").partition(" && ")  # daemon-reload needs a running systemd
    shell(copies.replace("/etc/", f"{tmp_path}/etc/"), ROOT)
    return tmp_path


def systemds(word: str) -> str:
    """Return the command of systemd that begins with a word."""
    [found] = [each for each in of("systemd") if each.startswith((f"{word} ", f"{word}="))]
    return found


def test_systemd_enables_the_units(root: Path) -> None:
    enables = systemds("systemctl").replace("systemctl", f"systemctl --root={root}")
    shell(enables.replace(" --now", ""), ROOT)
    units = enables.split()[4:]
    wanted = {each.name for each in root.rglob("*.wants/*")}
    assert wanted == {each if "." in each else f"{each}.service" for each in units}
    assert len(wanted) == 4


def test_systemd_finds_nothing_wrong(root: Path) -> None:
    units = sorted((root / "etc/systemd/system").iterdir())
    for each in units:  # the program is where a test can put it
        each.write_text(each.read_text().replace("/opt/", f"{root}/opt/"))
    said = shell(f"{systemds('systemd-analyze')} {' '.join(map(str, units))}", ROOT)
    assert [line for line in said.splitlines() if "email-listener" in line] == []


def test_the_doctor_reads_the_settings_of_a_unit(
    root: Path, mongo_uri: str, database_name: str
) -> None:
    settings = f"MONGO_URI={mongo_uri}\nMONGO_DATABASE={database_name}\n"
    (root / "etc/email-listener/receiver.env").write_text(settings)
    (root / "etc/email-listener/webhook").write_text(new_secret())
    words = re.sub(r"=/(etc|var/lib)/", rf"={root}/\1/", systemds("ENV_FILE"))
    named = [f"--unset={name}" for name in ("MONGO_URI", "MONGO_DATABASE", "WEBHOOK_SECRETS")]
    words = f"env {' '.join(named)} {words} --json || test $? -le 2"  # no service runs there
    said = shell(words, root / "opt/email-listener")
    assert {each["check"] for each in json.loads(said)["checks"]} >= {"settings", "secret", "disk"}
    assert f"free at {root}/var/lib/email-listener-receiver" in said
