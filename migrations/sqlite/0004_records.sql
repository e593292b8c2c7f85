-- The types of the events after which the provider is asked by itself: a JSON array. Null means those that are usual for it.
alter table endpoints add column refetch_event_types text;

-- The provider's record says something else than the webhook.
alter table webhooks add column contradicted integer not null default 0;

-- It was not received, but made of what the provider lists.
alter table webhooks add column reconciled integer not null default 0;

-- When its body, headers and fields were erased.
alter table webhooks add column erased_at integer;

-- A row for each time that something was erased and not yet overwritten on disk.
create table scrubs_owed (
    number integer primary key autoincrement
) strict;

-- Asking a provider's API for what a webhook tells of. Filled with its webhook, or when a person asks for it: a foreign key
-- would only look the parents up again for every row.
create table refetches (
    id          blob    not null primary key,
    webhook_id  blob    not null,
    endpoint_id blob    not null,
    state       text    not null,
    -- Called so because `trigger` is a word of SQL.
    caused_by   text    not null,
    -- A person waits for its next try, whoever made it.
    asked_for   integer not null default 0,
    -- When a pending one is due, or when the lease of one that is under way ends. Null where nothing is to be done.
    due_at      integer,
    lease       blob,
    attempts    integer not null default 0,
    -- Of the last attempt.
    asked_at    integer,
    url         text,
    duration_ms integer,
    status      integer,
    failure     text,
    record_id   blob,
    -- The bulk re-fetch that waits for its end.
    resend_id   blob,
    created_at  integer not null
) without rowid, strict;

-- The id, being the primary key, is the last column of each index, so lists and the queue are read from them in order.
create index refetches_by_webhook on refetches (webhook_id);

create unique index refetches_open on refetches (webhook_id) where state in ('pending', 'fetching');

-- The queue. It begins with what is due longest.
create index refetches_due on refetches (endpoint_id, due_at) where due_at is not null;

-- Those that a person waits for, which go before all others.
create index refetches_asked_for on refetches (endpoint_id, due_at) where due_at is not null and asked_for = 1;

-- The others, by what made them: a confirmation, which a webhook waits for, goes before what is asked for in bulk.
create index refetches_by_cause on refetches (endpoint_id, caused_by, due_at) where due_at is not null and asked_for = 0;

create index refetches_by_resend on refetches (resend_id) where resend_id is not null;

-- What a provider's API answered, for ever the same bytes.
create table records (
    id            blob    not null primary key,
    webhook_id    blob    not null,
    endpoint_id   blob    not null,
    resource_type text    not null,
    resource_id   text    not null,
    fetched_at    integer not null,
    url           text    not null,
    status        integer not null,
    duration_ms   integer not null,
    agreement     text    not null,   -- a JSON object
    size          integer not null,   -- of the body, in bytes
    -- The last column, so that reading the others does not wade through it.
    body          blob    not null
) without rowid, strict;

create index records_by_resource on records (endpoint_id, resource_type, resource_id);

create index records_by_webhook on records (webhook_id);

-- Events that tell of an object and of no subject: what erasing a person looks for by the objects of theirs.
create index events_without_subject on events (resource_type, resource_id, webhook_id)
    where subject is null and resource_id is not null;
