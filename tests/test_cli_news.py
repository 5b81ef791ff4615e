"""fonds feed, fonds notify, and what a crawl tells, as they are typed."""

import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from commands import Run, one_line, runner
from pytest_httpserver import HTTPServer
from strict_atom import faults
from test_cli_crawling import TEXT, Publisher
from werkzeug import Request, Response

SECRET = "whsec_" + b64encode(bytes(range(32))).decode()
PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("DESK_SECRET", SECRET)
    return runner(tmp_path, monkeypatch, capsys)


@pytest.fixture
def publisher(httpserver: HTTPServer, tmp_path: Path) -> Publisher:
    made = Publisher(httpserver, tmp_path)
    made.source(every="0 6 * * *")
    return made


class Hook:
    """Takes digests at /hook, unless *status* says otherwise, and keeps them."""

    def __init__(self, publisher: Publisher) -> None:
        self.status = 204
        self.came: list[dict[str, object]] = []
        self.ids: list[str] = []
        server = publisher.server
        server.expect_request("/hook", method="POST").respond_with_handler(self._take)
        self.url, self.place = f"http://127.0.0.1:{server.port}/hook", f"127.0.0.1:{server.port}"
        self.file = publisher.sources.parent / "notify.toml"
        self.write()

    def write(self, more: str = "", include: str = '["changes"]') -> None:
        self.file.write_text(
            f'title = "Watch"\n[[feed]]\nto = "changes.atom"\n[[feed]]\nto = "a.json"\npage = "r/a"\n'
            f'[[webhook]]\nname = "desk"\nurl = "{self.url}"\nsecret_env = "DESK_SECRET"\ninclude = {include}\n'
            f'allow_addresses = ["{self.place}"]\n{more}',
            encoding="utf-8",
        )

    def _take(self, request: Request) -> Response:
        if self.status == 204:
            self.came.append(json.loads(request.data))
            self.ids.append(request.headers["webhook-id"])
        return Response(status=self.status)

    @property
    def summaries(self) -> list[list[str]]:
        return [sorted(one["summary"] for one in message["data"]["changes"]) for message in self.came]  # type: ignore[index]


@pytest.fixture
def hook(publisher: Publisher) -> Hook:
    return Hook(publisher)


def edit(publisher: Publisher, name: str = "a") -> None:
    body = TEXT.format(name).replace("forty", "fifty")
    publisher.server.clear_all_handlers()
    publisher.server.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /r/private\n")
    links = '<main><a href="/r/a">a</a><a href="/r/b">b</a></main>'
    publisher.server.expect_request("/").respond_with_data(links, content_type="text/html")
    for page in ("a", "b"):
        text = body if page == name else TEXT.format(page)
        publisher.server.expect_request(f"/r/{page}").respond_with_data(text, content_type="text/html")


def test_feed_writes_a_valid_file_once(fonds: Run, publisher: Publisher) -> None:
    fonds("--now", "2024-03-01T12:00:00Z", "crawl")
    first, again = fonds("feed", "--to", "f.atom"), fonds("feed", "--to", "f.atom")
    assert (first.code, first.out, again.out) == (
        0, "f.atom: 2 entries, written\n", "f.atom: 2 entries, as it was\n",
    )  # fmt: skip
    assert faults(Path("f.atom").read_bytes()) == []
    fonds("feed", "--to", "f.json", "--page", "r/a", "--base", "https://archive.example", "--title", "Watch")
    values = json.loads(Path("f.json").read_text(encoding="utf-8"))
    assert (values["title"], len(values["items"])) == ("Watch: changes of Report a", 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "f.txt"], "f.txt: found no format"),
        (["--to", "f.atom", "--page", "nowhere"], "'nowhere': there is no such page"),
        (["--to", "f.atom", "--source", "nobody"], "no page of a source 'nobody'; there is: site"),
        (["--to", "f.atom", "--source", "site", "--country", "x"], "found more than one of --source"),
        (["--to", "f.atom", "--base", "ftp://x"], "found ftp: URL, expected http or https"),
        (["--to", "no/folder/f.atom"], "the feed cannot be written: No such file or directory"),
    ],
)
def test_a_feed_that_cannot_be_is_one_line(fonds: Run, publisher: Publisher, arguments: list[str], said: str) -> None:
    fonds("crawl")
    assert said in one_line(fonds("feed", *arguments))


def test_a_crawl_writes_feeds_and_tells_what_it_found_once(fonds: Run, publisher: Publisher, hook: Hook) -> None:
    first = fonds("--now", "2024-03-01T12:00:00Z", "crawl")
    assert (first.code, hook.summaries) == (0, [["first version", "first version"]])
    assert "notification" not in first.err
    fonds("--now", "2024-03-02T12:00:00Z", "crawl")
    assert len(hook.came) == 1
    before = Path("data/changes.atom").stat().st_mtime_ns
    edit(publisher)
    publisher.server.expect_request("/hook", method="POST").respond_with_handler(hook._take)
    fonds("--now", "2024-03-03T12:00:00Z", "crawl")
    assert hook.summaries[1:] == [["1 word in 1 paragraph"]]
    assert Path("data/changes.atom").stat().st_mtime_ns != before
    assert faults(Path("data/changes.atom").read_bytes()) == []
    assert len(json.loads(Path("data/a.json").read_text(encoding="utf-8"))["items"]) == 2


def test_a_notification_that_fails_fails_no_crawl_and_is_sent_again(
    fonds: Run, publisher: Publisher, hook: Hook
) -> None:
    hook.status = 400
    crawled = fonds("--now", "2024-03-01T12:00:00Z", "crawl")
    assert crawled.code == 0
    assert "notification desk: answered 400 (Bad Request)" in crawled.err
    listed = fonds("notify")
    assert listed.code == 1
    (row,) = listed.rows
    assert (row["name"], row["kind"], row["waiting"], row["problem"]) == (
        "desk", "webhook", 1, "answered 400 (Bad Request)",
    )  # fmt: skip
    assert fonds("notify", "--retry").code == 1
    hook.status = 204
    again = fonds("notify", "--retry")
    assert (again.code, again.out) == (0, "all sent\n")
    assert fonds("notify", "--retry").err == "nothing waits to be sent\n"
    assert hook.summaries == [["first version", "first version"]]
    assert fonds("notify").code == 0


def test_what_waits_is_sent_by_the_next_crawl(fonds: Run, publisher: Publisher, hook: Hook) -> None:
    hook.status = 400
    fonds("--now", "2024-03-01T12:00:00Z", "crawl")
    hook.status = 204
    fonds("--now", "2024-03-02T12:00:00Z", "crawl")
    assert hook.summaries == [["first version", "first version"]]


def test_a_crawl_that_ends_early_tells_what_it_has_and_the_rest_when_it_is_resumed(
    fonds: Run, publisher: Publisher, hook: Hook
) -> None:
    fonds("--now", "2024-03-01T12:00:00Z", "crawl", "--limit", "2")
    fonds("--now", "2024-03-01T13:00:00Z", "crawl")
    fonds("--now", "2024-03-01T14:00:00Z", "crawl")
    assert sum(len(one) for one in hook.summaries) == 2
    assert len(set(hook.ids)) == len(hook.ids)


def test_a_crawl_that_is_killed_leaves_what_it_found_to_the_next_one(
    fonds: Run, publisher: Publisher, hook: Hook, tmp_path: Path
) -> None:
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "DESK_SECRET": SECRET}
    with subprocess.Popen(
        [sys.executable, "-c", "import scraper.cli; scraper.cli.main()", "crawl", "--progress", "lines"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, text=True,
    ) as process:  # fmt: skip
        assert process.stdout
        for line in process.stdout:
            if "/r/" in line:
                process.send_signal(signal.SIGKILL)
                break
        process.communicate()
    assert hook.came == []
    assert fonds("crawl").code == 0
    assert sorted(one for message in hook.summaries for one in message) == ["first version", "first version"]


def test_held_pages_and_failures_are_told_where_they_are_wanted(fonds: Run, publisher: Publisher, hook: Hook) -> None:
    hook.write(include='["changes", "held", "failures"]')
    publisher.source(every="0 6 * * *", expect_pages=[40, 400])
    fonds("--now", "2024-03-01T12:00:00Z", "crawl")
    (message,) = hook.came
    data = message["data"]
    assert isinstance(data, dict)
    assert [one["text"] for one in data["sources"]] == ["found 2 pages, expected 40 to 400"]


def test_mistakes_in_the_file_are_told_and_the_crawl_goes_on(fonds: Run, publisher: Publisher, hook: Hook) -> None:
    hook.write('[[mail]]\nname = "x"\n')
    crawled = fonds("crawl")
    assert crawled.code == 1
    assert len(crawled.rows) == 1
    lines = crawled.err.splitlines()
    assert "fonds: data/notify.toml: mail[0].host: missing, expected the name of a mail server" in lines
    assert "no feed is written and nothing is sent; the crawl goes on" in lines
    assert sum("mail[0].host" in line for line in lines) == 1
    assert fonds("sources", "check").code == 1
    broken = fonds("notify")
    assert (broken.code, broken.err.splitlines()[0] in lines) == (2, True)
    hook.write()
    assert f"{Path('data/notify.toml')}: ok" in fonds("sources", "check").out


def test_a_secret_that_is_missing_is_told_and_never_shown(
    fonds: Run, publisher: Publisher, hook: Hook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DESK_SECRET")
    crawled = fonds("crawl")
    assert (crawled.code, hook.came) == (0, [])
    assert "notification desk: $DESK_SECRET is not set, expected the secret in it; nothing was sent" in crawled.err
    monkeypatch.setenv("DESK_SECRET", SECRET)
    tested = fonds("-v", "--json-log", "notify", "--test", "desk")
    fonds("notify", "--retry")
    assert len(hook.came) == 2
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET.removeprefix("whsec_").encode() not in kept
    assert SECRET.removeprefix("whsec_") not in crawled.err + crawled.out + tested.err + tested.out


def test_a_test_message_says_what_came_of_it(fonds: Run, publisher: Publisher, hook: Hook) -> None:
    result = fonds("notify", "--test")
    assert (result.code, result.rows) == (0, [{"name": "desk", "taken": True, "problem": ""}])
    assert [message["type"] for message in hook.came] == ["fonds.test"]
    hook.status = 404
    assert fonds("notify", "--test", "desk").code == 1
    assert "no notification 'desc'" in one_line(fonds("notify", "--test", "desc"))
    assert "expected one of them" in one_line(fonds("notify", "--test", "--retry"))
    assert not Path("data/archive.db.outbox").exists()


def test_without_a_file_there_is_nobody_to_be_told(fonds: Run, publisher: Publisher) -> None:
    assert fonds("crawl").code == 0
    assert "found no such file" in one_line(fonds("notify"))
    assert not Path("data/archive.db.outbox").exists()


def test_a_feed_that_cannot_be_written_fails_no_crawl(fonds: Run, publisher: Publisher, hook: Hook) -> None:
    hook.write('[[feed]]\nto = "no/folder/f.atom"\n')
    crawled = fonds("crawl")
    assert crawled.code == 0
    assert "feed data/no/folder/f.atom: the feed cannot be written: No such file or directory" in crawled.err
    assert Path("data/changes.atom").exists()
    assert len(hook.came) == 1


def test_schedule_run_once_tells_after_all_that_was_due(fonds: Run, publisher: Publisher, hook: Hook) -> None:
    publisher.source("other", every="0 6 * * *", include=[publisher.server.url_for("/r/b")])
    fonds("--now", "2024-03-01T12:00:00Z", "schedule", "run-once")
    ran = fonds("--now", "2024-03-02T12:00:00Z", "schedule", "run-once")
    assert ran.code == 0
    assert len(hook.came) == 1
    fonds("--now", "2024-03-02T12:01:00Z", "schedule", "run-once")
    assert len(hook.came) == 1


def test_schedule_run_tells_after_each_crawl(publisher: Publisher, hook: Hook, tmp_path: Path) -> None:
    publisher.source(every="adaptive")
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "DESK_SECRET": SECRET}
    with subprocess.Popen(
        [sys.executable, "-c", "import scraper.cli; scraper.cli.main()", "schedule", "run"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment, text=True,
    ) as process:  # fmt: skip
        assert process.stderr
        for line in process.stderr:
            if "next at" in line:
                break
        while not hook.came and process.poll() is None:
            pass
        process.send_signal(signal.SIGTERM)
        process.communicate()
    assert process.returncode == 143
    assert hook.summaries == [["first version", "first version"]]


def test_ids_are_by_the_domain_that_the_log_is_named_after(fonds: Run, publisher: Publisher) -> None:
    assert fonds("init", "--name", "archive.example.org/watch").code == 0
    fonds("--now", "2024-03-01T12:00:00Z", "crawl")
    fonds("feed", "--to", "f.json")
    values = json.loads(Path("f.json").read_text(encoding="utf-8"))
    assert values["_fonds"]["id"] == "tag:archive.example.org,2024:archive.example.org/watch:feed:publisher:all"
    assert all(item["id"].startswith("tag:archive.example.org,2024-03-01:fonds:") for item in values["items"])
    fonds("init", "--rotate")
    fonds("--now", "2024-03-02T12:00:00Z", "crawl")
    assert fonds("feed", "--to", "f.json").out == "f.json: 2 entries, as it was\n"
