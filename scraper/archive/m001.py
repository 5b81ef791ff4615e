"""The tables and views of the first archives. Archives made by it exist, so this text never changes."""

TABLES = """
create table crawl (
    id integer primary key,
    started_at text not null,
    ended_at text,
    sources text not null,
    fonds_version text not null,
    sqlite_version text not null,
    counts text not null default '{}'
) strict;

create table page (
    id integer primary key,
    url_key text not null unique,
    url text not null,
    source text not null default '',
    first_seen text not null,
    state text not null default 'unread' check (state in ('unread', 'live', 'held', 'missing', 'gone')),
    current_seq integer
) strict;
create index page_source on page (source);

create table page_url (
    url_key text primary key,
    page_id integer not null references page (id),
    url text not null,
    first_seen text not null
) strict;
create index page_url_page on page_url (page_id);

create table frontier (
    source text not null,
    url_key text not null,
    url text not null,
    page_id integer references page (id),
    depth integer not null default 0,
    found_by text not null default '',
    state text not null check (state in ('due', 'done', 'failed', 'gone', 'skipped')),
    reason text not null default '',
    outcome text not null default '',
    attempts integer not null default 0,
    crawl_id integer not null references crawl (id),
    primary key (source, url_key)
) strict;
create index frontier_due on frontier (crawl_id, source, state, depth);

create table headers (
    id integer primary key,
    digest text not null unique,
    json text not null
) strict;

create table body (
    id integer primary key,
    sha256 text not null unique,
    codec text not null check (codec in ('raw', 'zstd')),
    bytes integer not null,
    data blob not null
) strict;

create table capture (
    id integer primary key,
    crawl_id integer references crawl (id),
    page_id integer references page (id),
    url_key text not null,
    url text not null,
    final_url text not null,
    captured_at text not null,
    method text not null check (method in ('http', 'import')),
    outcome text not null check (outcome in ('fetched', 'not-modified', 'missing', 'failed', 'refused')),
    status integer,
    content_type text not null,
    request_headers_id integer not null references headers (id),
    response_headers_id integer not null references headers (id),
    body_id integer references body (id),
    wire_bytes integer not null,
    hops text not null,
    address text not null,
    robots text not null,
    reason text not null,
    duration_s real not null
) strict;
create index capture_page on capture (page_id, captured_at);
create index capture_url on capture (url_key, id);
create index capture_crawl on capture (crawl_id);
create index capture_body on capture (body_id);

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
    fields text not null,
    unique (page_id, digest)
) strict;
create index record_capture on record (capture_id);

create table reading (
    capture_id integer not null references capture (id),
    record_id integer not null references record (id),
    held integer not null default 0 check (held in (0, 1)),
    held_reason text not null default '',
    primary key (capture_id, record_id)
) strict, without rowid;
create index reading_record on reading (record_id);

create table release (
    capture_id integer primary key references capture (id),
    released_at text not null
) strict;

create table block (
    id integer primary key,
    digest text not null unique,
    kind text not null,
    text text not null,
    json text not null
) strict;

create table block_page (
    block_id integer not null references block (id),
    page_id integer not null references page (id),
    primary key (block_id, page_id)
) strict, without rowid;

create virtual table block_fts using fts5 (
    text, content = 'block', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);

create table fact (
    record_id integer not null references record (id),
    position integer not null,
    kind text not null check (kind in ('country', 'alert', 'stage', 'recommendation')),
    name text not null,
    number integer,
    code text,
    model text,
    text text not null,
    addressees text not null,
    primary key (record_id, position)
) strict, without rowid;
create index fact_kind on fact (kind, name);

create table version (
    id integer primary key,
    page_id integer not null references page (id),
    seq integer not null,
    kind text not null check (kind in ('record', 'tombstone')),
    record_id integer references record (id),
    capture_id integer not null references capture (id),
    cause text not null check (cause in ('publisher', 'parser')),
    seen_after text,
    first_seen text not null,
    last_seen text not null,
    last_capture_id integer not null references capture (id),
    unique (page_id, seq),
    check ((kind = 'record') = (record_id is not null))
) strict;
create index version_record on version (record_id);
create index version_seen on version (page_id, first_seen);

create table change (
    id integer primary key,
    page_id integer not null references page (id),
    before_version_id integer not null references version (id),
    after_version_id integer not null unique references version (id),
    cause text not null check (cause in ('publisher', 'parser')),
    class text not null,
    summary text not null,
    words_changed integer not null,
    numbers_changed integer not null,
    detail text not null
) strict;
create index change_page on change (page_id);
create index change_before on change (before_version_id);

create table description (
    object text not null,
    column text not null,
    text text not null,
    primary key (object, column)
) strict, without rowid;
"""

EVIDENCE = ("body", "headers", "capture")

VIEWS = """
create view report as
select page.id as page_id, record.title, country.name as country, country.code as country_code, record.published,
    page.state, page.current_seq as versions, version.first_seen as current_since, version.last_seen, page.source,
    page.url
from page
join version on version.id = (
    select id from version where page_id = page.id and kind = 'record' order by seq desc limit 1
)
join record on record.id = version.record_id
left join fact as country on country.record_id = record.id and country.kind = 'country' and country.position = (
    select min(position) from fact where record_id = record.id and kind = 'country'
);

create view report_version as
select version.id as version_id, version.page_id, version.seq, version.kind, version.cause, record.title,
    record.published, version.seen_after, version.first_seen, version.last_seen, change.class as change_class,
    change.summary as change_summary, record.layout, record.content_digest, version.capture_id, page.url
from version
join page on page.id = version.page_id
left join record on record.id = version.record_id
left join change on change.after_version_id = version.id;

create view paragraph as
select version.id as version_id, version.page_id, version.seq, item.key + 1 as position, block.kind, block.text
from version
join record on record.id = version.record_id
join json_each(record.blocks) as item
join block on block.id = item.value;

create view stage as
select version.id as version_id, version.page_id, version.seq, record.title, fact.number, fact.name, fact.model
from version
join record on record.id = version.record_id
join fact on fact.record_id = record.id and fact.kind = 'stage';

create view recommendation as
select version.id as version_id, version.page_id, version.seq, record.title, fact.position, fact.text, fact.addressees
from version
join record on record.id = version.record_id
join fact on fact.record_id = record.id and fact.kind = 'recommendation';
"""
