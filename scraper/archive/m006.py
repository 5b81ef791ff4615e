"""What the sixth version of the schema adds: causes, readings in order, pages that are one, removed bytes.

`REBUILT` has tables that stay with their rows: how each is made, and the select list that fills it from its old rows.
"""

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

# What was read of a capture was stored in the order of the records' numbers.
REBUILT = {
    "page": (PAGE, "id, url_key, url, source, first_seen, state, current_seq, null from old_page"),
    "page_url": (PAGE_URL, "url_key, page_id, url, first_seen, how, capture_id from old_page_url order by rowid"),
    "reading": (
        READING,
        """capture_id, record_id, row_number() over (partition by capture_id order by record_id), held, held_reason,
            profile, superseded, outline_id, report_words, chrome_words, unclaimed_words from old_reading""",
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

VIEWS = """
create view report_version as
select version.id as version_id, version.page_id, version.seq, version.kind, version.cause, record.title,
    record.published, version.seen_after, version.first_seen, version.last_seen, difference.class as change_class,
    difference.summary as change_summary, record.layout, record.content_digest, version.capture_id, page.url
from version
join page on page.id = version.page_id
left join record on record.id = version.record_id
left join difference on difference.after_version_id = version.id and difference.before_version_id is not null;

create view change as
select difference.page_id, page.url, coalesce(new.title, old.title, '') as title, before.seq as before_seq,
    after.seq as after_seq, after.capture_id, after.seen_after, after.first_seen, difference.cause, difference.class,
    difference.summary, difference.words_changed, difference.numbers_changed, difference.detail
from difference
join page on page.id = difference.page_id
join version as after on after.id = difference.after_version_id
left join version as before on before.id = difference.before_version_id
left join record as old on old.id = difference.before_record_id
left join record as new on new.id = difference.after_record_id;
"""
