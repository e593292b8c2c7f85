-- Times are microseconds since 1970-01-01T00:00:00Z; ids are the 16 bytes of a UUID v7; truth values are 0 and 1.

create table endpoints (
    id                        blob    not null primary key,
    token                     text    not null unique,
    provider                  text    not null,
    name                      text    not null,
    environment               text    not null,
    on_untrusted              text    not null,
    forward_unsigned          integer not null,
    confirm_before_forwarding integer not null,
    digest_mode               text,
    static_header_name        text,
    static_header_value       blob,               -- sealed
    networks                  text    not null,   -- a JSON array
    rate_limit                integer,            -- webhooks per second
    enabled                   integer not null,
    created_at                integer not null,
    archived_at               integer,
    check ((static_header_name is null) = (static_header_value is null))
) without rowid, strict;

create table endpoint_secrets (
    id           blob    not null primary key,
    endpoint_id  blob    not null references endpoints (id),
    label        text    not null,
    hint         text    not null,
    sealed_value blob    not null,
    not_before   integer,
    expires_at   integer,
    created_at   integer not null
) without rowid, strict;

create index endpoint_secrets_by_endpoint on endpoint_secrets (endpoint_id);

-- One row, counted up in the transaction of every change to the two tables above.
create table configuration_version (
    only_row integer not null primary key check (only_row = 1),
    version  integer not null
) strict;

insert into configuration_version (only_row, version) values (1, 0);

-- What is known of each webhook. Appended in the order of ids, so that the b-trees of this table grow at their ends.
create table webhooks (
    id              blob    not null primary key,
    -- Looked at when the transaction commits: looked at earlier, it would cost a copy of each page that a statement changes.
    endpoint_id     blob    not null references endpoints (id) deferrable initially deferred,
    received_at     integer not null,
    size            integer not null,   -- of the body, in bytes
    verdict         text    not null,
    same_event      blob,
    duplicate_of    blob,
    foreign_network integer not null,
    peer            text    not null,
    evidence        text    not null,   -- a JSON object
    parse_error     text,
    event_count     integer not null,
    contents        integer not null    -- the number of the row of webhook_contents
) without rowid, strict;

-- The id, being the primary key, is the last column of each index, so lists are read from them in order.
create index webhooks_by_endpoint on webhooks (endpoint_id);

-- Nearly all webhooks are verified: they are left out, and looking for the others does not wade through them.
create index webhooks_by_other_verdict on webhooks (verdict) where verdict <> 'verified';

-- What came over the wire: written once, never changed. Apart from `webhooks`, so that lists read dense pages. Numbered,
-- because a table that is kept in the order of numbers holds a body of the usual size in one page, and is appended to at
-- less cost than one that is kept in the order of ids.
--
-- This table and `events` are filled in the transaction that fills `webhooks` and by nothing else; a foreign key would
-- only look the parent up again for every row.
create table webhook_contents (
    number  integer not null primary key,
    headers blob    not null,
    body    blob    not null
) strict;

create table events (
    webhook_id        blob    not null,
    position          integer not null,   -- 0 names the webhook's row in lists
    event_type        text    not null,
    outcome           text    not null,
    subject           text,
    resource_type     text,
    resource_id       text,
    provider_event_id text,
    occurred_at       integer,
    primary key (webhook_id, position),
    check ((resource_type is null) = (resource_id is null))
) without rowid, strict;

create index events_by_subject on events (subject, webhook_id) where subject is not null;

create index events_by_type on events (event_type, webhook_id);

-- The most trusted webhook so far that tells of an event, and how far it is trusted.
create table originals (
    endpoint_id blob    not null,
    same_event  blob    not null,
    webhook_id  blob    not null,
    trust       integer not null,
    primary key (endpoint_id, same_event)
) without rowid, strict;

-- How many webhooks arrived in each minute. The outcome is that of the event at position 0, or '' without events.
create table rollups (
    minute      integer not null,   -- its first microsecond
    endpoint_id blob    not null,
    verdict     text    not null,
    outcome     text    not null,
    count       integer not null,
    primary key (minute, endpoint_id, verdict, outcome)
) without rowid, strict;
