"""What the seventh version of the schema adds: whether publishers said what they changed, and what was looked at.

An archive of an older fonds has differences whose flags nobody has looked for; they stand in `unflagged` until then.
"""

TABLES = """
create table flag (
    difference_id integer not null references difference (id) on delete cascade,
    position integer not null,
    page_id integer not null references page (id),
    version_id integer not null references version (id),
    name text not null,
    detail text not null,
    evidence text not null,
    primary key (difference_id, position)
) strict, without rowid;
create index flag_name on flag (name, difference_id);
create index flag_page on flag (page_id);
create index flag_version on flag (version_id);

create table unflagged (
    difference_id integer primary key references difference (id) on delete cascade
) strict;
insert into unflagged
select id from difference
where cause = 'publisher' and before_record_id is not null and after_record_id is not null;

create table look (
    name text not null,
    key text not null,
    looked_at text not null,
    primary key (name, key)
) strict, without rowid;

create index difference_weight on difference (
    cause, class, after_version_id, before_version_id, page_id, words_changed, numbers_changed
);
"""

VIEWS = """
create view flagged as
select flag.name, page.url, coalesce(record.title, '') as title, fact_set.country, fact_set.country_code,
    before.seq as before_seq, after.seq as after_seq, after.seen_after, after.first_seen, difference.class,
    difference.summary, flag.detail, flag.evidence, page.source, flag.page_id, flag.version_id, flag.difference_id
from flag
join difference on difference.id = flag.difference_id
join version as after on after.id = flag.version_id
left join version as before on before.id = difference.before_version_id
join page on page.id = flag.page_id
left join record on record.id = difference.after_record_id
left join fact_set on fact_set.id = record.fact_set_id
"""
