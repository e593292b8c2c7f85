create table endpoints (
    id                        uuid        not null primary key,
    token                     text        not null unique,
    provider                  text        not null,
    name                      text        not null,
    environment               text        not null,
    on_untrusted              text        not null,
    forward_unsigned          boolean     not null,
    confirm_before_forwarding boolean     not null,
    digest_mode               text,
    static_header_name        text,
    static_header_value       bytea,                -- sealed
    networks                  text        not null, -- a JSON array
    rate_limit                bigint,               -- webhooks per second
    enabled                   boolean     not null,
    created_at                timestamptz not null,
    archived_at               timestamptz,
    check ((static_header_name is null) = (static_header_value is null))
);

create table endpoint_secrets (
    id           uuid        not null primary key,
    endpoint_id  uuid        not null references endpoints (id),
    label        text        not null,
    hint         text        not null,
    sealed_value bytea       not null,
    not_before   timestamptz,
    expires_at   timestamptz,
    created_at   timestamptz not null
);

create index endpoint_secrets_by_endpoint on endpoint_secrets (endpoint_id);

-- One row, counted up in the transaction of every change to the two tables above.
create table configuration_version (
    only_row integer not null primary key check (only_row = 1),
    version  bigint  not null
);

insert into configuration_version (only_row, version) values (1, 0);

-- What is known of each webhook. Appended in the order of ids, so that the indexes grow at their ends.
create table webhooks (
    id              uuid        not null primary key,
    endpoint_id     uuid        not null references endpoints (id),
    received_at     timestamptz not null,
    size            bigint      not null, -- of the body, in bytes
    verdict         text        not null,
    same_event      bytea,
    duplicate_of    uuid,
    foreign_network boolean     not null,
    peer            text        not null,
    evidence        text        not null, -- a JSON object; not jsonb, which refuses what text may hold
    parse_error     text,
    event_count     bigint      not null
);

create index webhooks_by_endpoint on webhooks (endpoint_id, id);

-- Nearly all webhooks are verified: they are left out, and looking for the others does not wade through them.
create index webhooks_by_other_verdict on webhooks (verdict, id) where verdict <> 'verified';

-- What came over the wire: written once, never changed. Apart from `webhooks`, so that lists read dense pages.
--
-- This table and `events` are filled in the transaction that fills `webhooks` and by nothing else; a foreign key would
-- only look the parent up again for every row.
create table webhook_contents (
    webhook_id uuid  not null primary key,
    headers    bytea not null,
    body       bytea not null
) with (toast_tuple_target = 8160);

-- A body of the usual size stays in its row, as it is: neither compressed nor cut up on the hot path.
alter table webhook_contents
    alter column headers set storage external,
    alter column body set storage external;

create table events (
    webhook_id        uuid        not null,
    position          integer     not null, -- 0 names the webhook's row in lists
    event_type        text        not null,
    outcome           text        not null,
    subject           text,
    resource_type     text,
    resource_id       text,
    provider_event_id text,
    occurred_at       timestamptz,
    primary key (webhook_id, position),
    check ((resource_type is null) = (resource_id is null))
);

create index events_by_subject on events (subject, webhook_id) where subject is not null;

create index events_by_type on events (event_type, webhook_id);

-- The most trusted webhook so far that tells of an event, and how far it is trusted.
create table originals (
    endpoint_id uuid     not null,
    same_event  bytea    not null,
    webhook_id  uuid     not null,
    trust       smallint not null,
    primary key (endpoint_id, same_event)
);

-- How many webhooks arrived in each minute. The outcome is that of the event at position 0, or '' without events.
--
-- Each counter is counted up by every batch of its minute: room is left on the pages for its next versions.
create table rollups (
    minute      timestamptz not null,
    endpoint_id uuid        not null,
    verdict     text        not null,
    outcome     text        not null,
    count       bigint      not null,
    primary key (minute, endpoint_id, verdict, outcome)
) with (fillfactor = 50);
