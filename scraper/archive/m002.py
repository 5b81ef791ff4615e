"""What the second version of the schema adds: all of the wire in a capture, and what long crawls need.

`REBUILT` has tables that stay with their rows: how each is made, and the select list that fills it from its old rows.
"""

CAPTURE = """
create table capture (
    id integer primary key,
    crawl_id integer references crawl (id),
    page_id integer references page (id),
    url_key text not null,
    url text not null,
    final_url text not null,
    captured_at text not null,
    order_at text not null,
    method text not null check (method in ('http', 'browser', 'import')),
    outcome text not null check (outcome in ('fetched', 'not-modified', 'missing', 'truncated', 'failed', 'refused')),
    status integer,
    content_type text not null,
    coding text not null,
    request_headers_id integer not null references headers (id),
    response_headers_id integer not null references headers (id),
    body_id integer references body (id),
    content_sha256 text,
    content_bytes integer,
    wire_bytes integer not null,
    hops text not null,
    address text not null,
    tls text not null,
    certificate_sha256 text not null,
    robots text not null,
    pace text not null,
    waited_s real not null,
    attempts integer not null,
    reason text not null,
    server_date text not null,
    monotonic_s real not null,
    duration_s real not null,
    check ((content_sha256 is null) = (content_bytes is null))
) strict;
create index capture_page on capture (page_id, order_at, content_sha256);
create index capture_url on capture (url_key, id);
create index capture_crawl on capture (crawl_id);
"""

# Bodies were kept with their coding undone, so content and body are the same. Captures of one page follow each other as
# they were made, even where the clock was set back in between.
_OLD_CAPTURES = """
    capture.id, crawl_id, page_id, url_key, url, final_url, captured_at,
    case when page_id is null or method = 'import' then captured_at
        else max(captured_at) over (partition by page_id, method order by capture.id) end,
    method, outcome, status, content_type, '', request_headers_id, response_headers_id, body_id, body.sha256,
    body.bytes, wire_bytes, hops, address, '', '', robots, '', 0.0, 1, reason, '', 0.0, duration_s
from old_capture as capture left join body on body.id = capture.body_id
order by capture.id
"""

HEADERS = """
create table headers (
    id integer primary key,
    digest text not null unique,
    json text not null,
    head blob
) strict
"""

CRAWL = """
create table crawl (
    id integer primary key,
    started_at text not null,
    ended_at text,
    sources text not null,
    fonds_version text not null,
    sqlite_version text not null,
    counts text not null default '{}',
    findings text not null default '[]'
) strict
"""

PAGE_URL = """
create table page_url (
    url_key text primary key,
    page_id integer not null references page (id),
    url text not null,
    first_seen text not null,
    how text not null check (how in ('asked', 'redirect', 'canonical')),
    capture_id integer references capture (id)
) strict;
create index page_url_page on page_url (page_id);
"""

# A page was known under a second URL only after a permanent redirect to it.
_OLD_PAGE_URLS = """
    old.url_key, old.page_id, old.url, old.first_seen,
    case when old.url_key = page.url_key then 'asked' else 'redirect' end,
    (select min(capture.id) from capture where capture.page_id = old.page_id
        and (capture.url_key = old.url_key or capture.final_url = old.url))
from old_page_url as old join page on page.id = old.page_id
order by old.rowid
"""

REBUILT = {
    "crawl": (CRAWL, "id, started_at, ended_at, sources, fonds_version, sqlite_version, counts, '[]' from old_crawl"),
    "headers": (HEADERS, "id, digest, json, null from old_headers"),
    "capture": (CAPTURE, _OLD_CAPTURES),
    "page_url": (PAGE_URL, _OLD_PAGE_URLS),
}

TABLES = """
create index body_bytes on body (bytes);

create table effective (
    capture_id integer primary key references capture (id),
    status integer not null,
    rule text not null,
    detail text not null
) strict;

create table unparsed (
    capture_id integer primary key references capture (id),
    reason text not null
) strict;

create table frontier (
    source text not null,
    url_key text not null,
    url text not null,
    host text not null,
    page_id integer references page (id),
    depth integer not null default 0,
    found_by text not null default '',
    state text not null check (state in ('due', 'leased', 'done', 'failed', 'gone', 'skipped')),
    next_at text,
    reason text not null default '',
    outcome text not null default '',
    attempts integer not null default 0,
    crawl_id integer not null references crawl (id),
    primary key (url_key, source)
) strict;
create index frontier_due on frontier (crawl_id, source, host, depth) where state = 'due';

create table host (
    host text primary key,
    hold_until text not null,
    reason text not null
) strict, without rowid;

create table schedule (
    source text primary key,
    every text not null,
    next_at text,
    why text not null,
    started_at text,
    ended_at text,
    result text not null
) strict, without rowid;

create table visit (
    page_id integer primary key references page (id),
    next_at text not null,
    interval_s real not null,
    why text not null
) strict;
create index visit_next on visit (next_at);
"""
