-- When a secret was last seen to make a signature, to the minute.
alter table endpoint_secrets add column last_used_at integer;

-- What the provider's API is asked with, for endpoints that have it.
create table endpoint_credentials (
    endpoint_id  blob    not null primary key references endpoints (id),
    sealed_value blob    not null,
    fields       text    not null,   -- a JSON array: the names of what is sealed
    base_url     text,
    token_url    text,
    set_at       integer not null
) without rowid, strict;

create table users (
    id             blob    not null primary key,
    email          text    not null unique,   -- trimmed and in lower case
    role           text    not null,
    password_hash  text,                      -- none until an invited user chooses a password
    sealed_totp    blob,                      -- none without a second factor
    last_totp_step integer,                   -- kept when the second factor changes: no code of that time works again
    disabled_at    integer,
    created_at     integer not null,
    signed_in_at   integer
) without rowid, strict;

-- Digests, here and below, are SHA-256 of a random value that is kept nowhere.
create table recovery_codes (
    user_id blob not null references users (id),
    digest  blob not null,
    used_at integer,
    primary key (user_id, digest)
) without rowid, strict;

-- A link that was used is gone.
create table links (
    digest     blob    not null primary key,
    purpose    text    not null,
    user_id    blob    references users (id),   -- none: the link under which the first admin is made
    created_at integer not null,
    expires_at integer not null
) without rowid, strict;

create index links_by_user on links (user_id);

create table sessions (
    digest       blob    not null primary key,
    user_id      blob    references users (id),   -- none between password and second factor
    created_at   integer not null,
    last_seen_at integer not null,
    expires_at   integer not null,
    address      text    not null,
    user_agent   text    not null,
    data         text    not null                 -- a JSON object
) without rowid, strict;

create index sessions_by_user on sessions (user_id);

create index sessions_by_expiry on sessions (expires_at);

-- A token that was revoked stays, so that its name can be told.
create table tokens (
    id           blob    not null primary key,
    user_id      blob    not null references users (id),
    name         text    not null,
    digest       blob    not null unique,
    hint         text    not null,
    created_at   integer not null,
    last_used_at integer,
    revoked_at   integer
) without rowid, strict;

create index tokens_by_user on tokens (user_id);

-- The audit log. The hash is over that of the entry before and all that an entry says. It names users and targets by what
-- they were called at the time, and refers to nothing.
create table audit (
    number      integer not null primary key,   -- from 1 without a gap
    at          integer not null,
    actor_kind  text    not null,
    actor_user  blob,
    actor_name  text    not null,
    address     text,
    action      text    not null,
    target_kind text,
    target_id   text,
    target_name text,
    detail      text    not null,               -- a JSON array
    hash        blob    not null,
    check ((target_kind is null) = (target_id is null)),
    check ((target_kind is null) = (target_name is null))
) strict;

-- The number, being the primary key, is the last column of each index, so lists are read from them in order.
create index audit_by_actor on audit (actor_name);

create index audit_by_action on audit (action);

create index audit_by_target on audit (target_id);

create trigger audit_is_not_changed before update on audit begin
    select raise(abort, 'the audit log is only appended to');
end;

create trigger audit_is_not_shortened before delete on audit begin
    select raise(abort, 'the audit log is only appended to');
end;

-- `insert or replace` removes a row without a trigger that says so.
create trigger audit_is_not_replaced before insert on audit when new.number <= (select max(number) from audit) begin
    select raise(abort, 'the audit log is only appended to');
end;

-- One row: where the log ends, so that entries missing at its end show.
create table audit_head (
    only_row integer not null primary key check (only_row = 1),
    number   integer not null,
    hash     blob    not null
) strict;

insert into audit_head (only_row, number, hash) values (1, 0, zeroblob(32));

-- One row, from the first start on: the fingerprint of the key that everything is sealed with.
create table sealing_key (
    only_row    integer not null primary key check (only_row = 1),
    fingerprint blob    not null
) strict;
