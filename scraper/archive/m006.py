"""What the sixth version of the schema adds: causes, readings in order, pages that are one, removed bytes; views anew.

Of facts the list comes first (`cross join`): by its country there are few, by a stage alone there are many.
A view is made of lookups by index alone, so that what is asked of one page costs what that page has, and a branch that
a condition rules out is not computed. Each keeps to what SQLite 3.38 knows, without extensions and without functions of
JSON, which it does not let a view call where the schema is not trusted (`json_each` it does).

`REBUILT` has tables that stay with their rows: how each is made, and the select list that fills it from its old rows.
`FUNCTIONS` are what these lists call; they and what they make never change.
"""

# ruff: noqa: S608 -- our own words

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

_READABLE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_ASCII = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
# What a block is where nothing is said; blocks of the head have kind and words alone.
_PLAIN = {"level": 0, "ordered": False, "marks": [], "rows": [], "header_rows": 0, "figure": None}
_HEADS = ("title", "headline", "lead")

PAGE = """
create table page (
    id integer primary key,
    url_key text not null unique,
    url text not null,
    source text not null default '',
    first_seen text not null,
    state text not null default 'unread' check (state in ('unread', 'live', 'held', 'missing', 'gone', 'merged')),
    current_seq integer,
    merged_into integer references page (id),
    check ((state = 'merged') = (merged_into is not null))
) strict;
create index page_source on page (source)
"""

READING = """
create table reading (
    capture_id integer not null references capture (id),
    record_id integer not null references record (id),
    turn integer not null default 1,
    held integer not null default 0 check (held in (0, 1)),
    held_reason text not null default '',
    profile text not null default '',
    superseded integer not null default 0 check (superseded in (0, 1)),
    outline_id integer references outline (id),
    report_words integer,
    chrome_words integer,
    unclaimed_words integer,
    primary key (capture_id, record_id)
) strict, without rowid;
create index reading_record on reading (record_id);
create index reading_outline on reading (outline_id)
"""

PAGE_URL = """
create table page_url (
    url_key text primary key,
    page_id integer not null references page (id),
    url text not null,
    first_seen text not null,
    how text not null check (how in ('asked', 'redirect', 'canonical', 'person')),
    capture_id integer references capture (id)
) strict;
create index page_url_page on page_url (page_id)
"""

# Most versions of a page state the same, so that its facts are stored once for all of them.
FACT_SET = """
create table fact_set (
    id integer primary key,
    digest text not null unique,
    country text,
    country_code text,
    json text not null
) strict;
create index fact_set_country on fact_set (country);
create index fact_set_code on fact_set (country_code);
insert into fact_set (digest, json)
select digest_of(stated), stated from (select distinct facts_of(fields) as stated from record) order by 1
"""

FACT = """
create table fact (
    fact_set_id integer not null references fact_set (id),
    position integer not null,
    kind text not null check (kind in ('country', 'alert', 'stage', 'recommendation', 'entry')),
    name text not null,
    number integer,
    code text,
    model text,
    text text not null,
    addressees text not null,
    published text,
    target text,
    primary key (fact_set_id, position)
) strict, without rowid;
create index fact_kind on fact (kind, name);
create index fact_number on fact (fact_set_id, kind, number)
"""

RECORD = """
create table record (
    id integer primary key,
    capture_id integer not null references capture (id),
    page_id integer not null references page (id),
    digest text not null,
    content_digest text not null,
    characters integer not null,
    doubt text not null,
    layout text not null,
    revision integer not null,
    title text not null,
    headline text not null,
    organisation text not null,
    authors text not null,
    published text,
    language text not null,
    media_type text not null,
    text_digest text not null,
    cosmetic_digest text not null,
    facts_digest text not null,
    heads text not null,
    blocks text not null,
    fact_set_id integer not null references fact_set (id),
    fields text not null,
    unique (page_id, digest)
) strict;
create index record_capture on record (capture_id);
create index record_facts on record (fact_set_id)
"""

COUNTRIES = """
update fact_set set (country, country_code) = (
    select name, code from fact where fact_set_id = fact_set.id and kind = 'country' order by position limit 1
)
"""

# A block is its kind and its words, and what else there is of it where that is not plain.
BLOCK = "update block set json = beside_text(kind, text, json)"

# What was read of a capture was stored in the order of the records' numbers. Facts are of the first record of a set.
REBUILT = {
    "page": (PAGE, "id, url_key, url, source, first_seen, state, current_seq, null from old_page"),
    "page_url": (PAGE_URL, "url_key, page_id, url, first_seen, how, capture_id from old_page_url order by rowid"),
    "reading": (
        READING,
        """capture_id, record_id, row_number() over (partition by capture_id order by record_id), held, held_reason,
            profile, superseded, outline_id, report_words, chrome_words, unclaimed_words from old_reading""",
    ),
    "fact": (
        FACT,
        """fact_set.id, position, old.kind, name, number, code, model, old.text, addressees, published, target
            from (select min(id) as record_id, facts_of(fields) as stated from record group by 2) as first
            join fact_set on fact_set.json = first.stated
            join old_fact as old on old.record_id = first.record_id""",
    ),
    "record": (
        RECORD,
        """id, capture_id, page_id, digest, content_digest, characters, doubt, layout, revision, title, headline,
            organisation, authors, published, language, media_type, text_digest, cosmetic_digest, facts_digest, heads,
            blocks, (select fact_set.id from fact_set where fact_set.digest = digest_of(facts_of(fields))),
            without_facts(fields) from old_record""",
    ),
}

# `difference` is what `change` was; that is a view now, which has the differences that make no version too.
DIFFERENCE = """
create table difference (
    id integer primary key,
    page_id integer not null references page (id),
    before_version_id integer references version (id),
    after_version_id integer not null references version (id),
    before_record_id integer references record (id),
    after_record_id integer references record (id),
    cause text not null check (cause in ('publisher', 'parser', 'chrome')),
    class text not null,
    summary text not null,
    words_changed integer not null,
    numbers_changed integer not null,
    detail text not null
) strict;
create index difference_page on difference (page_id);
create index difference_before on difference (before_version_id);
create index difference_after on difference (after_version_id);
insert into difference (id, page_id, before_version_id, after_version_id, before_record_id, after_record_id, cause,
    class, summary, words_changed, numbers_changed, detail)
select change.id, change.page_id, before_version_id, after_version_id, before.record_id, after.record_id, change.cause,
    class, summary, words_changed, numbers_changed, detail
from change
join version as before on before.id = before_version_id
join version as after on after.id = after_version_id
order by change.id;
drop table change
"""

TABLES = """
create table field_change (
    difference_id integer not null references difference (id) on delete cascade,
    position integer not null,
    page_id integer not null references page (id),
    path text not null,
    before text,
    after text,
    primary key (difference_id, position)
) strict, without rowid;
create index field_change_path on field_change (page_id, path);

create table reparsed (
    page_id integer primary key references page (id),
    parsers_sha256 text not null,
    at text not null
) strict;

create table redaction (
    capture_id integer primary key references capture (id),
    redacted_at text not null,
    reason text not null,
    wiped_at text
) strict;
"""

# Which page a capture is of is a judgement, and may be put right; all else of it is evidence.
CAPTURE_GUARD = """create trigger capture_no_update before update of
    id, crawl_id, url_key, url, final_url, captured_at, order_at, method, outcome, status, content_type, coding,
    request_headers_id, response_headers_id, body_id, content_sha256, content_bytes, wire_bytes, hops, address, tls,
    certificate_sha256, robots, pace, waited_s, attempts, reason, server_date, monotonic_s, duration_s
on capture
begin select raise(abort, 'table capture is evidence: no update'); end"""


def _json(value: object) -> str:
    text = _READABLE.encode(value)
    return text if "\0" not in text and _is_text(text) else _ASCII.encode(value)


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _facts_of(fields: str) -> str:
    """The facts among the fields of a record."""
    return _json(json.loads(fields)["facts"])


def _without_facts(fields: str) -> str:
    """The fields of a record without its facts."""
    values = json.loads(fields)
    del values["facts"]
    return _json(values)


def _beside_text(kind: str, text: str, whole: str) -> str:
    """What a block is besides its kind and its words; all of it where these do not give it back to the letter."""
    columns = {"kind": kind, "text": text, **({} if kind in _HEADS else _PLAIN)}
    rest = {name: value for name, value in json.loads(whole).items() if columns.get(name, ...) != value}
    return _json(rest) if "text" not in rest and _json(columns | rest) == whole else whole


def _digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "facts_of": (1, _facts_of),
    "without_facts": (1, _without_facts),
    "beside_text": (3, _beside_text),
    "digest_of": (1, _digest_of),
}

OLD_VIEWS = ("report", "report_version", "paragraph", "stage", "recommendation")

INDEXES = """
create index reading_held on reading (record_id) where held = 1;
create index version_first on version (first_seen)
"""

_UNTIL = """(
        select first_seen from version as later where later.page_id = version.page_id and later.seq = version.seq + 1
    )"""


def _is_last_reading(version: str) -> str:
    """Whether the same bytes were not read anew after *version*: what today's parsers make of them counts."""
    return f"""not exists (
        select 1 from version as anew
        where anew.page_id = {version}.page_id and anew.seq = {version}.seq + 1 and anew.cause = 'parser'
    )"""


def _states(record_id: str, *columns: str) -> str:
    """Whether a record states what `fact` does, which is told by *columns*."""
    same = " and ".join(f"said.{column} is fact.{column}" for column in columns)
    return f"""exists (
        select 1 from record as telling join fact as said on said.fact_set_id = telling.fact_set_id
        where telling.id = {record_id} and said.kind = fact.kind and {same}
    )"""


def _runs(kind: str, *columns: str) -> str:
    """For how long pages state facts of one kind: from a version that is the first to do so until the next that is not.

    Of versions without anything between them one row is made, and none is begun or ended by reading the same anew.
    """
    told = ", ".join(f"fact.{column}" for column in columns)
    same = " and ".join(f"twin.{column} is fact.{column}" for column in columns)
    return f"""
select version.page_id, page.url, record.title, fact_set.country, fact_set.country_code, {told},
    version.first_seen, version.seen_after, last.last_seen, ended.first_seen as until, version.seq as from_seq,
    last.seq as to_seq
from fact_set
cross join fact on fact.fact_set_id = fact_set.id
join record on record.fact_set_id = fact_set.id
join version on version.record_id = record.id
join page on page.id = version.page_id
left join version as before on before.page_id = version.page_id and before.seq = (
    select max(seq) from version as earlier
    where earlier.page_id = version.page_id and earlier.seq < version.seq and {_is_last_reading("earlier")}
)
left join version as ended on ended.page_id = version.page_id and ended.seq = (
    select min(seq) from version as later
    where later.page_id = version.page_id and later.seq > version.seq and {_is_last_reading("later")}
        and not {_states("later.record_id", *columns)}
)
join version as last on last.page_id = version.page_id and last.seq = (
    select max(seq) from version as later
    where later.page_id = version.page_id and later.seq < coalesce(ended.seq, 9223372036854775807)
        and {_is_last_reading("later")}
)
where fact.kind = '{kind}' and {_is_last_reading("version")} and not {_states("before.record_id", *columns)}
    and fact.position = (
        select min(position) from fact as twin
        where twin.fact_set_id = fact.fact_set_id and twin.kind = fact.kind and {same}
    )"""


# SQLite runs no trigger on the rows that `insert or replace` puts others in place of.
_KEYS = {
    "capture": "id",
    "leaf": "seq",
    "log_node": "level, idx",
    "checkpoint": "size",
    "witness": "id",
    "public_key": "id",
}
NO_REPLACE = tuple(
    f"""create trigger {table}_no_replace before insert on {table}
when exists (select 1 from {table} where ({key}) = ({", ".join(f"new.{one}" for one in key.split(", "))}))
begin select raise(abort, 'table {table} is evidence: no replace'); end"""
    for table, key in _KEYS.items()
)

VIEWS = f"""
create view report as
select page.id as page_id, record.title, fact_set.country, fact_set.country_code, record.published,
    page.state, page.current_seq as versions, version.first_seen as current_since, version.last_seen, page.first_seen,
    record.language, page.source, page.url, version.seq, version.id as version_id
from page
join version on version.id = (
    select id from version where page_id = page.id and kind = 'record' order by seq desc limit 1
)
join record on record.id = version.record_id
join fact_set on fact_set.id = record.fact_set_id;

create view report_version as
select version.id as version_id, version.page_id, version.seq, version.kind, version.cause, record.title,
    fact_set.country, fact_set.country_code, record.published, version.seen_after, version.first_seen,
    version.last_seen, {_UNTIL} as until, difference.class as change_class, difference.summary as change_summary,
    record.layout, record.content_digest, version.capture_id, page.source, page.url
from version
join page on page.id = version.page_id
left join record on record.id = version.record_id
left join fact_set on fact_set.id = record.fact_set_id
left join difference on difference.after_version_id = version.id and difference.before_version_id is not null;

create view paragraph as
select version.id as version_id, version.page_id, version.seq, item.key + 1 as position, block.kind, block.text,
    block.id as block_id
from version
join record on record.id = version.record_id
join json_each(record.blocks) as item
join block on block.id = item.value;

create view stage as
select version.id as version_id, version.page_id, version.seq, record.title, fact_set.country,
    fact_set.country_code, fact.number, fact.name, fact.model, version.first_seen, {_UNTIL} as until
from fact_set
cross join fact on fact.fact_set_id = fact_set.id and fact.kind = 'stage'
join record on record.fact_set_id = fact_set.id
join version on version.record_id = record.id;

create view stage_history as{_runs("stage", "model", "number", "name")};

create view recommendation as{_runs("recommendation", "text", "addressees")};

create view entry as
select version.id as version_id, version.page_id, version.seq, record.title, fact.position, fact.name as report,
    fact.text as subject, fact.code as country_code, fact.number as level, fact.published, fact.target,
    version.first_seen, {_UNTIL} as until
from version
join record on record.id = version.record_id
join fact on fact.fact_set_id = record.fact_set_id and fact.kind = 'entry';

create view held as
select capture.id as capture_id, capture.page_id, page.url, record.title, capture.captured_at,
    reading.held_reason as reason, (
        select count(*) from reading as again where again.record_id = reading.record_id and again.held = 1
    ) as captures
from reading
join capture on capture.id = reading.capture_id
join record on record.id = reading.record_id
join page on page.id = capture.page_id
where reading.held = 1 and not exists (
    select 1 from reading as before join capture as earlier on earlier.id = before.capture_id
    where before.record_id = reading.record_id and before.held = 1
        and (earlier.order_at, earlier.id) < (capture.order_at, capture.id)
);

create view change as
select difference.page_id, page.url, coalesce(new.title, old.title, '') as title, before.seq as before_seq,
    after.seq as after_seq, after.capture_id, after.seen_after, after.first_seen, difference.cause, difference.class,
    difference.summary, difference.words_changed, difference.numbers_changed, difference.detail,
    difference.id as difference_id
from difference
join page on page.id = difference.page_id
join version as after on after.id = difference.after_version_id
left join version as before on before.id = difference.before_version_id
left join record as old on old.id = difference.before_record_id
left join record as new on new.id = difference.after_record_id
union all
select held.page_id, held.url, held.title, (
        select max(seq) from version where version.page_id = capture.page_id and version.first_seen <= capture.order_at
    ), null, held.capture_id, (
        select max(earlier.order_at) from capture as earlier
        where earlier.page_id = capture.page_id and earlier.order_at < capture.order_at
    ), capture.order_at, 'capture fault', 'held', held.reason, 0, 0, '{{}}', null
from held
join capture on capture.id = held.capture_id
union all
select capture.page_id, page.url, record.title, version.seq, version.seq, capture.id, before.order_at, capture.order_at,
    'chrome', 'none', 'other bytes, the same report', 0, 0, '{{}}', null
from version
join record on record.id = version.record_id
join page on page.id = version.page_id
join capture on capture.page_id = version.page_id and capture.order_at > version.first_seen
    and capture.order_at <= version.last_seen and capture.content_sha256 is not null
join capture as before on before.id = (
    select id from capture as earlier
    where earlier.page_id = capture.page_id and earlier.order_at <= capture.order_at
        and (earlier.order_at, earlier.id) < (capture.order_at, capture.id)
        and earlier.content_sha256 is not null and exists (
            select 1 from reading where capture_id = earlier.id and held = 0 and superseded = 0
        )
    order by order_at desc, id desc limit 1
)
where before.content_sha256 <> capture.content_sha256
    and exists (select 1 from reading where capture_id = capture.id and held = 0 and superseded = 0)
    and {_is_last_reading("version")};

create view tombstone as
select version.page_id, page.url, (
        select record.title from version as last join record on record.id = last.record_id
        where last.page_id = version.page_id and last.seq < version.seq order by last.seq desc limit 1
    ) as title, version.seq, version.seen_after as last_there, version.first_seen as gone_since,
    version.last_seen as last_missed, (
        select count(*) from capture where capture.page_id = version.page_id
            and capture.order_at between version.first_seen and version.last_seen
            and capture.outcome in ('fetched', 'not-modified', 'missing')
    ) as misses, (
        select '[' || group_concat(id) || ']' from (
            select id from capture where capture.page_id = version.page_id
                and capture.order_at between version.first_seen and version.last_seen
                and capture.outcome in ('fetched', 'not-modified', 'missing')
            order by order_at, id
        )
    ) as captures, {_UNTIL} as returned_at
from version
join page on page.id = version.page_id
where version.kind = 'tombstone';

create view address as
select page_id, final_url as url, 'answered' as how, min(order_at) as seen_from, max(order_at) as seen_to,
    count(*) as captures, min(id) as capture_id
from capture
where page_id is not null and outcome in ('fetched', 'not-modified', 'truncated')
group by page_id, final_url
union all
select page_id, url, 'redirect', min(order_at), max(order_at), count(*), min(id)
from capture
where page_id is not null and url <> final_url and outcome in ('fetched', 'not-modified', 'truncated')
group by page_id, url
union all
select page_url.page_id, page_url.url, 'canonical', min(capture.order_at), max(capture.order_at), count(*),
    page_url.capture_id
from page_url
join record on record.page_id = page_url.page_id
    and instr(record.fields, '"canonical_url":"' || page_url.url || '"')
join reading on reading.record_id = record.id
join capture on capture.id = reading.capture_id
where page_url.how = 'canonical'
group by page_url.page_id, page_url.url
"""
