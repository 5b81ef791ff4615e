"""What the fourth version of the schema adds: bodies stored beside others, and the door to store one in another form.

`REBUILT` has tables that stay with their rows: how each is made, and the select list that fills it from its old rows.
"""

BODY = """
create table body (
    id integer primary key check (id > 0),
    sha256 text not null unique,
    codec text not null check (codec in ('raw', 'zstd', 'delta', 'host', 'again', 'redacted')),
    bytes integer not null,
    base_id integer references body (id),
    base_coding text not null,
    seal integer not null,
    data blob not null,
    check ((base_id is not null) = (codec in ('delta', 'host', 'again'))),
    check (base_id <> id)
) strict;
create index body_bytes on body (bytes);
create index body_base on body (base_id, codec) where base_id is not null
"""

# `seal` is a function in Python, as the rows stored from now on have it.
REBUILT = {
    "body": (
        BODY,
        "id, sha256, codec, bytes, null, '', seal(sha256, codec, bytes, null, '', data), data from old_body",
    ),
}

TABLES = """
create table body_copy (
    body_id integer primary key references body (id),
    host text not null,
    coding text not null,
    data blob not null
) strict;
create index body_copy_host on body_copy (host, body_id);

create table rewriting (
    body_id integer primary key references body (id),
    never integer not null default -1 check (never = -1) references body (id) deferrable initially deferred
) strict;
"""

# A row may be written anew only while `rewriting` names it, and only in how its bytes are stored. A row of `rewriting`
# refers to a body that cannot be (-1), which is looked at when a transaction ends: none is committed while it is there.
TRIGGERS = (
    """create trigger body_no_update before update on body
when not exists (select 1 from rewriting where body_id = old.id)
    or new.id is not old.id or new.sha256 is not old.sha256 or new.bytes is not old.bytes
begin select raise(abort, 'table body is evidence: no update'); end""",
    """create trigger body_no_delete before delete on body
begin select raise(abort, 'table body is evidence: no delete'); end""",
    """create trigger body_no_replace before insert on body
when exists (select 1 from body where id = new.id or sha256 = new.sha256)
begin select raise(abort, 'table body is evidence: no replace'); end""",
)
