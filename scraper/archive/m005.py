"""What the fifth version of the schema adds: the log over all that was archived, and what vouches for it.

Leaves of captures that were made before there was a log are added when an archive is brought up to date.
"""

TABLES = """
create table leaf (
    seq integer primary key check (seq >= 0),
    kind text not null,
    capture_id integer references capture (id),
    hash blob not null,
    record blob not null
) strict;
create index leaf_kind on leaf (kind, seq) where kind <> 'capture';

create table log_node (
    level integer not null,
    idx integer not null,
    hash blob not null,
    primary key (level, idx)
) strict, without rowid;

create table checkpoint (
    size integer primary key,
    root blob not null,
    note text not null,
    created_at text not null
) strict;

create table witness (
    id integer primary key,
    size integer not null references checkpoint (size),
    kind text not null,
    token blob not null,
    added_at text not null
) strict;
create index witness_size on witness (size);

create table public_key (
    id text primary key,
    key text not null unique,
    since integer not null references leaf (seq)
) strict, without rowid;
"""

# Rows of these are only ever added.
APPEND_ONLY = ("leaf", "log_node", "checkpoint", "witness", "public_key")
