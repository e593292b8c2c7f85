-- Where webhooks are forwarded to.
create table destinations (
    id              blob    not null primary key,
    name            text    not null,
    url             text    not null,
    endpoints       text    not null,   -- JSON arrays; empty means all
    event_types     text    not null,
    outcomes        text    not null,
    header_names    text    not null,   -- a JSON array
    sealed_headers  blob,               -- sealed
    concurrency     integer not null,
    rate_limit      integer,            -- requests per second
    ordered         integer not null,
    schedule        text    not null,   -- a JSON array of seconds
    disabled_reason text,
    disabled_at     integer,
    created_at      integer not null,
    archived_at     integer,
    check ((disabled_reason is null) = (disabled_at is null))
) without rowid, strict;

create table destination_secrets (
    id             blob    not null primary key,
    destination_id blob    not null references destinations (id),
    hint           text    not null,
    sealed_value   blob    not null,
    created_at     integer not null,
    expires_at     integer
) without rowid, strict;

create index destination_secrets_by_destination on destination_secrets (destination_id);

-- How a destination does. Apart from `destinations`, as attempts write it all day.
create table destination_health (
    destination_id       blob    not null primary key references destinations (id),
    consecutive_failures integer not null,
    failing_since        integer,
    last_failure         text,
    last_failure_at      integer,
    last_success_at      integer,
    resume_at            integer
) without rowid, strict;

-- One webhook on its way to one destination. Filled with its webhook, or when a person asks for it: a foreign key would only
-- look the parents up again for every row.
create table deliveries (
    id               blob    not null primary key,
    webhook_id       blob    not null,
    destination_id   blob    not null,
    state            text    not null,
    -- What the next attempt, or the one under way, is caused by.
    next_trigger     text    not null,
    -- When a pending one is tried next, or when the lease of one under way ends. Null where nothing is to be done: also
    -- while a pending one waits for an earlier one of its subject.
    due_at           integer,
    lease            blob,
    attempts         integer not null default 0,
    -- Attempts since its schedule began.
    position         integer not null default 0,
    -- Of the event that names the webhook, for the order.
    subject          text,
    last_status      integer,
    last_failure     text,
    last_duration_ms integer,
    last_attempt_at  integer,
    -- The bulk resend that waits for its end.
    resend_id        blob,
    -- The failed one that this one stands in for: it counts as failed again when this one is cancelled untried.
    replaces         blob,
    created_at       integer not null
) without rowid, strict;

-- The id, being the primary key, is the last column of each index, so lists and queues are read from them in order.
create index deliveries_by_webhook on deliveries (webhook_id);

create unique index deliveries_open on deliveries (webhook_id, destination_id) where state in ('held', 'pending', 'delivering');

-- The queue. It begins with what is due longest.
create index deliveries_due on deliveries (destination_id, due_at) where due_at is not null;

-- Those of a subject that later ones wait for, the one that may go first.
create index deliveries_in_order on deliveries (destination_id, subject)
    where subject is not null and state in ('pending', 'delivering', 'failed');

create index deliveries_parked on deliveries (destination_id) where state = 'pending' and due_at is null;

create index deliveries_by_state on deliveries (state, destination_id);

-- For the log of webhooks, which is in the order of their ids.
create index deliveries_by_webhooks_state on deliveries (state, webhook_id);

create index deliveries_by_resend on deliveries (resend_id) where resend_id is not null;

create table attempts (
    delivery_id      blob    not null,
    number           integer not null,
    trigger          text    not null,
    started_at       integer not null,
    duration_ms      integer not null,
    status           integer,
    failure          text,
    response_headers text    not null,   -- a JSON array of names and values
    response_body    text    not null,
    next_attempt_at  integer,
    primary key (delivery_id, number)
) without rowid, strict;

-- Resending, or releasing, everything that a filter matches.
create table resends (
    id             blob    not null primary key,
    action         text    not null,
    filter         text    not null,   -- a query string
    destination_id blob,
    state          text    not null,
    -- The last webhook that was dealt with, and the newest that counts.
    after          blob,
    last           blob    not null,
    -- Until when somebody goes on with it. Null when all of its deliveries are queued; it runs until they are at their ends.
    leased_until   integer,
    -- How many webhooks there were when it was begun.
    count          integer not null,
    -- How many deliveries it came to so far, without those that were cancelled.
    queued         integer not null default 0,
    done           integer not null default 0,
    failed         integer not null default 0,
    created_at     integer not null,
    created_by     text    not null
) without rowid, strict;

create index resends_to_go_on_with on resends (leased_until) where leased_until is not null;

-- Nearly no webhook repeats another: those that do are found without wading through the others.
create index webhooks_by_duplicate on webhooks (id) where duplicate_of is not null;
