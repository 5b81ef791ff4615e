"""What the third version of the schema adds: the chrome learned of a site, and what a reading made of a page's words.

`REBUILT` has tables that stay with their rows: how each is made, and the select list that fills it from its old rows.
"""

READING = """
create table reading (
    capture_id integer not null references capture (id),
    record_id integer not null references record (id),
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

FACT = """
create table fact (
    record_id integer not null references record (id),
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
    primary key (record_id, position)
) strict, without rowid;
create index fact_kind on fact (kind, name)
"""

REBUILT = {
    "reading": (
        READING,
        "capture_id, record_id, held, held_reason, '', 0, null, null, null, null from old_reading",
    ),
    "fact": (
        FACT,
        "record_id, position, kind, name, number, code, model, text, addressees, null, null from old_fact",
    ),
}

TABLES = """
create table outline (
    id integer primary key,
    host text not null,
    layout text not null,
    title text not null,
    titles text not null,
    lines text not null
) strict;
create index outline_host on outline (host);

create table site (
    host text primary key,
    profile text not null default '',
    told text not null default '',
    pages integer not null default 0,
    pages_learned integer not null default 0,
    is_due integer not null default 1 check (is_due in (0, 1)),
    is_settled integer not null default 1 check (is_settled in (0, 1))
) strict, without rowid;
create index site_waiting on site (host) where is_due = 1 or is_settled = 0;

create table sighting (
    host text not null,
    rank integer not null,
    page_id integer not null references page (id),
    outline_id integer not null references outline (id),
    first_at text not null,
    last_at text not null,
    primary key (host, rank, page_id, outline_id)
) strict, without rowid;

create table profile (
    id text primary key,
    host text not null,
    seq integer not null,
    seen_to text not null,
    pages integer not null,
    suffix text not null,
    unique (host, seq)
) strict;

create table profile_line (
    profile text not null references profile (id),
    position integer not null,
    place text not null check (place in ('start', 'inside', 'end')),
    key text not null,
    kind text not null,
    text text not null,
    words integer not null,
    pages integer not null,
    primary key (profile, position)
) strict, without rowid;

create table profile_page (
    profile text not null references profile (id),
    position integer not null,
    page_id integer not null references page (id),
    primary key (profile, position, page_id)
) strict, without rowid;

create table selector_match (
    capture_id integer not null references capture (id),
    field text not null,
    selector text not null,
    found integer not null,
    primary key (capture_id, field, selector)
) strict, without rowid;
"""
