"""After a full journey through the running product no file of it holds a personal value in a shape one could read."""

import csv
import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest

from guiju.config import placing
from guiju.config.embedded import Cluster
from guiju.config.home import KEYRING_DATABASE, MAIN_DATABASE, OWNER
from guiju.config.tests.canaries import Canary, Found, Net
from guiju.config.tests.outside import Answer, Browser, Caller
from guiju.config.tests.product import Product, installed

pytestmark = pytest.mark.xdist_group("leak")  # one journey serves all of these tests
UNIT = "My organisation"
COLUMNS = {
    "姓名": "name", "职务": "job title", "部门": "department", "职业": "occupation", "手机": "phone", "邮箱": "e-mail",
    "微信": "wechat", "身份证号": "resident id", "护照": "passport", "出生日期": "birth date", "地址": "address",
    "备注": "notes",
}  # fmt: skip
NAMES = ("欧阳璟瑄", "尉迟霁舸", "司马翀鬯", "Quillonna Zyxtabrandt", "Thaddeusz Wrobkevitch")
QUARANTINED = "夏侯瀞璇"
PUBLIC = "Canary Lantern Works"


def resident_id(born: str, number: int) -> str:
    """Return a resident identity number with a true check digit."""
    digits = f"110105{born.replace('-', '')}{number:03}"
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(digits))
    return digits + "10X98765432"[total % 11]


def person(number: int, name: str) -> dict[str, str]:
    """Return the cells of one person, none of whose values anybody else has."""
    born = f"19{31 + number}-02-2{number}"
    cells = (
        name, f"Lampwright Ordinal {number}ᵗʰ of Yvvern", f"灯塔巡检{number}组瓯越", f"Chandlerix{number}ovan",
        f"+861391357246{number}", f"zyx.canary{number}@quuxmail.example", f"wx_quuxlark{number}zz",
        resident_id(born, 120 + number), f"E5731908{number}", born, f"温州市瓯江路8137弄66支弄50{number}室",
        f"Keeps a one-eyed heron named Ygraine{number}; 喜饮狮峰龙井{number}",
    )  # fmt: skip
    return dict(zip(COLUMNS, cells, strict=True))


PEOPLE = [person(number, name) for number, name in enumerate(NAMES)]
SPOKEN = "139 1357 2460"
BAD = person(7, QUARANTINED) | {"邮箱": "broken.canary.quuxmail", "身份证号": "110105193102270000"}
BY_API = person(8, "Hjalmarique Oststrandvik")
IN_BROWSER = person(9, "Wilhelmtine Grauwackenstein")
TYPED = {
    "search text": "Vexillorum Pathwyckson",
    "phone searched for": "+8613624681357",
    "failed sign-in": "intruder.canary@quuxmail.example",
    "wrong password": "hunter2-canary-password",
    "edited wechat": "wx_edited_quuxlark",
    "edited phone": "+8613713579135",
    "note": "Her sister Ysolde rings the bell thrice; 姊妹绫濑",
    "refused edit": "not-a-mail-address-quux",
}
CANARIES = [
    *(Canary(COLUMNS[column], value) for row in (*PEOPLE, BAD, BY_API, IN_BROWSER) for column, value in row.items()),
    *(Canary(where, value) for where, value in TYPED.items()),
]


def table(rows: list[dict[str, str]]) -> bytes:
    """Return rows as a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(COLUMNS))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@dataclass
class Journey:
    """The product, whoever works with it, and whatever their screens and files showed."""

    product: Product
    bo: Browser
    kai: Browser
    program: Caller
    secrets: list[str]
    seen: list[Answer] = field(default_factory=list)

    def see(self, answer: Answer, *good: int) -> Answer:
        """Keep an answer; fail where it is not one of ``good``, 200 if left out."""
        assert answer.status in (good or (200,)), f"{answer.status} {answer.address}\n{answer.text[:2000]}"
        self.seen.append(answer)
        return answer

    def shown(self, value: str) -> bool:
        """Say whether a screen or file showed a value: a journey that shows nothing proves nothing."""
        return any(value in answer.text for answer in self.seen)


def begin(product: Product) -> Journey:
    """Let three people in."""
    product.up()
    links = {}
    for name, role in (("Bo", "sales"), ("Kai", "records-admin")):
        said = product.tell("person", "add", f"{name}@example.org", "--role", role, "--unit", UNIT, "--name", name)
        links[name] = said["link"]
    made = product.tell(
        "token",
        "create",
        "--person",
        "kai@example.org",
        "--purpose",
        "account-management",
        "--purpose",
        "due-diligence",
    )
    secrets = [link.partition("#")[2] for link in links.values()]
    browsers = {name: Browser(product.address).come_in(link) for name, link in links.items()}
    return Journey(product, browsers["Bo"], browsers["Kai"], Caller(product.address, made["token"]), secrets)


def import_at_the_command_line(journey: Journey, folder: Path) -> None:
    """Import people; one row is refused and taken home for mending."""
    file, refused = folder / "people.csv", folder / "refused.csv"
    file.write_bytes(table([*PEOPLE, BAD]))
    said = journey.product.tell(
        "import", str(file), "--basis", "contract", "--purpose", "account-management", "--purpose", "due-diligence",
        "--source", "old CRM", "--region", "CN", "--quarantine", str(refused),
    )  # fmt: skip
    assert (said["created"], said["quarantined"]) == (len(PEOPLE), 1), said
    assert QUARANTINED in refused.read_text("utf-8-sig")


def import_by_program(journey: Journey) -> None:
    """Import a file through the API; leave another one that nobody declares."""
    program, product = journey.program, journey.product
    journey.see(program.upload("/imports", "left.csv", table([BY_API])), 201)
    batch = journey.see(program.upload("/imports", "more.csv", table([BY_API, BAD])), 201).json["id"]
    said = {"basis": "contract", "purposes": ["account-management"], "source": "partner", "region": "CN"}
    journey.see(program.call("PUT", f"/imports/{batch}/declaration", said))
    journey.see(program.call("POST", f"/imports/{batch}/check"), 202)
    product.wait_until(lambda: program.call("GET", f"/imports/{batch}").json["state"] == "checked")
    journey.see(program.call("POST", f"/imports/{batch}/start"), 202)
    product.wait_until(lambda: program.call("GET", f"/imports/{batch}").json["state"] == "done")
    journey.see(program.call("GET", f"/imports/{batch}/quarantine"))
    journey.see(journey.kai.get(f"/imports/{batch}/"))
    journey.see(journey.kai.post(f"/imports/{batch}/quarantine/"))


def import_in_the_browser(journey: Journey) -> None:
    """Upload a file and look at what its columns would become; leave it there."""
    page = journey.see(journey.kai.upload("/imports/new/", "wizard.csv", table([IN_BROWSER])))
    assert page.address.endswith("/columns/")
    assert IN_BROWSER["姓名"] in page.text, "the page shows some rows to recognise the columns by"


def browse(journey: Journey) -> str:
    """List, search, open, reveal, edit and note in the browser; return the address of the record."""
    bo = journey.bo
    journey.see(bo.get("/customers/"))
    journey.see(bo.get("/today/"))
    for text in (NAMES[0], PEOPLE[1]["手机"], PEOPLE[2]["邮箱"], *[TYPED[one] for one in TYPED if "search" in one]):
        journey.see(bo.post("/customers/", q=text))
    page = journey.see(bo.post("/search/", q=NAMES[0]))
    record = re.search(r"/customers/[0-9a-f-]{36}/", page.address + page.text)
    assert record, page.text
    address = record[0]
    journey.see(bo.get(address))
    for one in ("phones", "emails", "wechat", "addresses"):
        journey.see(bo.post(f"{address}reveal/{one}/", asked="1"))
    journey.see(bo.post(f"{address}edit/wechat/", **{"f-wechat": TYPED["edited wechat"], "version": "1"}))
    journey.see(bo.post(f"{address}notes/add/", text=TYPED["note"]))
    for tab in ("notes/", "history/", "trail/", "relationships/", "proofs/", "edit/"):
        journey.see(bo.get(f"{address}{tab}"))
    return address


def work_by_program(journey: Journey, address: str) -> None:
    """Read, reveal, change and search through the API, some of it wrongly."""
    program, customer = journey.program, address.split("/")[2]
    journey.see(program.call("GET", f"/customers/{customer}?reveal=resident-id", Guiju_Reason="verify-identity",
                             Guiju_Purpose="due-diligence"), 200)  # fmt: skip
    journey.see(program.call("POST", "/customers/search", {"text": NAMES[3]}))
    version = program.call("GET", f"/customers/{customer}").headers["etag"]
    change = {"values": {"phones": [{"number": TYPED["edited phone"]}]}}
    journey.see(program.call("PATCH", f"/customers/{customer}", change, If_Match=version, Idempotency_Key="once"))
    wrong = {"values": {"emails": [{"address": TYPED["refused edit"]}]}}
    journey.see(program.call("PATCH", f"/customers/{customer}", wrong, If_Match='"3"'), 422)
    journey.see(program.call("GET", f"/customers/{customer}/history"))


def take_out(journey: Journey, folder: Path) -> None:
    """Export in clear: in the browser, through the API and at the command line."""
    fields = ["person-name", "phones", "emails", "addresses", "job-title"]
    page = journey.see(journey.bo.post("/customers/export/", format="csv", sight="clear", field=fields))
    export = page.address.rstrip("/").rsplit("/", 1)[-1]
    journey.product.wait_until(lambda: "take/" in journey.bo.get(f"/exports/{export}/").text)
    journey.see(journey.bo.post(f"/exports/{export}/take/"))
    asked = {"format": "xlsx", "columns": fields, "clear": True}
    started = journey.see(journey.program.call("POST", "/exports", asked), 202).json["id"]
    journey.product.wait_until(lambda: journey.program.call("GET", f"/exports/{started}").json["state"] == "done")
    content = journey.see(journey.program.call("GET", f"/exports/{started}/file")).content
    cells = {str(cell) for row in openpyxl.load_workbook(io.BytesIO(content)).active.values for cell in row}  # type: ignore[union-attr]
    assert set(NAMES) & cells, cells
    journey.product.tell("export", str(folder / "out.xlsx"), "--purpose", "account-management", "--clear")


def make_mistakes(journey: Journey) -> None:
    """Fail to sign in, ask for what is not there, send what cannot be read."""
    stranger = Browser(journey.product.address)
    for account in (TYPED["failed sign-in"], "kai@example.org"):
        journey.see(stranger.post("/sign-in/", login=account, password=TYPED["wrong password"]))
    for secret in journey.secrets:
        journey.see(stranger.post("/sign-in/link/", code=secret), 410)
        journey.see(stranger.post("/sign-in/link/", code=secret, csrfmiddlewaretoken="of another visit"), 403)
    journey.see(journey.bo.get(f"/customers/{'0' * 8}-0000-7000-8000-{'0' * 12}/"), 404)
    journey.see(journey.program.upload("/imports", "torn.xlsx", b"PK\x03\x04" + table(PEOPLE)), 422)
    journey.see(Caller(journey.product.address, "gj_none").call("POST", "/customers/search", {"text": NAMES[4]}), 401)


def erase(journey: Journey) -> str:
    """Erase one customer in the browser; return whom."""
    page = journey.see(journey.kai.post("/search/", q=NAMES[2]))
    found = re.search(r"/customers/([0-9a-f-]{36})/", page.address + page.text)
    assert found, page.text
    code = found[1].replace("-", "")[-6:].upper()
    form = journey.see(journey.kai.get(f"/customers/{found[1]}/erase/")).text
    assert code in form
    usual = ("csrfmiddlewaretoken", "reason", "purpose", "next", "language", "q")
    typed = next(one for one in re.findall(r'<input[^>]*name="([a-z_]+)"', form) if one not in usual)
    done = journey.see(journey.kai.post(f"/customers/{found[1]}/erase/", **{"reason": "request", typed: code}))
    assert "erase" not in done.address, done.text
    return found[1]


@dataclass
class Remains:
    """What is left when everything has stopped."""

    home: Path
    temporary: Path
    dumps: Path
    secrets: list[str]


@pytest.fixture(scope="module")
def remains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remains]:
    """Make the whole journey, stop the product, and dump both databases."""
    folder = tmp_path_factory.mktemp("outside")
    with installed(GUIJU_LOG_LEVEL="debug") as product:
        journey = begin(product)
        import_at_the_command_line(journey, folder)
        import_by_program(journey)
        import_in_the_browser(journey)
        address = browse(journey)
        work_by_program(journey, address)
        take_out(journey, folder)
        make_mistakes(journey)
        erase(journey)
        assert journey.see(journey.kai.post("/search/", q=NAMES[2])).status == 200
        unseen = [value for value in (SPOKEN, TYPED["note"], QUARANTINED) if not journey.shown(value)]
        assert unseen == [], "the journey shows these values on the way"
        product.tell("ledger", "export", str(product.home.path / "bundle"))
        jobs = product.rows("SELECT count(*) FROM procrastinate_jobs")
        with product.ask() as connection:
            connection.execute("CHECKPOINT")
        product.down()
        dumps = folder / "dumps"
        dumps.mkdir()
        dump(product, dumps)
        assert jobs
        for name in ("people.csv", "refused.csv", "out.xlsx"):
            (folder / name).unlink()
        yield Remains(product.home.path, product.temporary, dumps, journey.secrets)


def dump(product: Product, folder: Path) -> None:
    """Write both databases as SQL: what PostgreSQL had compressed stands there in full."""
    cluster = Cluster(home=product.home)
    cluster.start()
    try:
        program = placing.binaries(account=None) / "pg_dump"
        for database in (MAIN_DATABASE, KEYRING_DATABASE):
            url = product.home.url(role=OWNER, database=database)
            done = subprocess.run(
                [program, "--dbname", url, "--file", folder / f"{database}.sql"], capture_output=True, check=False
            )
            assert done.returncode == 0, done.stderr.decode()
    finally:
        cluster.stop()


NET = Net(CANARIES)


def told(found: list[Found]) -> list[str]:
    """Return where a value was found, without what lies before the home."""
    return [f"{one.canary.where} as {one.shape} in {one.path}: {one.canary.value}" for one in found]


def test_no_file_of_the_installation_holds_a_personal_value(remains: Remains) -> None:
    names = {path.relative_to(remains.home).parts[0] for path in remains.home.rglob("*") if path.is_file()}
    assert {"bundle", "keys", "logs", "files"} <= names, names
    assert (remains.home / "postgres").resolve().joinpath("base").is_dir()
    assert told(NET.cast(remains.home)) == []


def test_no_file_and_no_log_holds_the_secret_of_a_sign_in_link(remains: Remains) -> None:
    net = Net([Canary("link", secret) for secret in remains.secrets])
    assert len(remains.secrets) == 2
    assert "/sign-in/link/" in (remains.home / "logs" / "web.log").read_text()
    assert told([*net.cast(remains.home), *net.cast(remains.dumps), *net.cast(remains.temporary)]) == []


def test_no_dump_of_the_databases_holds_a_personal_value(remains: Remains) -> None:
    main = (remains.dumps / f"{MAIN_DATABASE}.sql").read_text()
    assert "records_sealed" in main
    assert "procrastinate_jobs" in main
    assert told(NET.cast(remains.dumps)) == []


def test_nothing_stays_in_the_temporary_folder(remains: Remains) -> None:
    left = [path for path in remains.temporary.rglob("*") if path.is_file() and not path.name.startswith(".coverage")]
    assert told(NET.cast(remains.temporary)) == []
    assert left == []


def test_the_same_search_finds_what_is_public_by_design(remains: Remains) -> None:
    assert Net([Canary("unit", UNIT)]).cast(remains.dumps)
    assert Net([Canary("staff", "kai@example.org")]).cast(remains.home)
