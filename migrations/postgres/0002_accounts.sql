-- When a secret was last seen to make a signature, to the minute.
alter table endpoint_secrets add column last_used_at timestamptz;

-- What the provider's API is asked with, for endpoints that have it.
create table endpoint_credentials (
    endpoint_id  uuid        not null primary key references endpoints (id),
    sealed_value bytea       not null,
    fields       text        not null, -- a JSON array: the names of what is sealed
    base_url     text,
    token_url    text,
    set_at       timestamptz not null
);

create table users (
    id             uuid        not null primary key,
    email          text        not null unique, -- trimmed and in lower case
    role           text        not null,
    password_hash  text,                        -- none until an invited user chooses a password
    sealed_totp    bytea,                       -- none without a second factor
    last_totp_step bigint,                      -- kept when the second factor changes: no code of that time works again
    disabled_at    timestamptz,
    created_at     timestamptz not null,
    signed_in_at   timestamptz
);

-- Digests, here and below, are SHA-256 of a random value that is kept nowhere.
create table recovery_codes (
    user_id uuid  not null references users (id),
    digest  bytea not null,
    used_at timestamptz,
    primary key (user_id, digest)
);

-- A link that was used is gone.
create table links (
    digest     bytea       not null primary key,
    purpose    text        not null,
    user_id    uuid        references users (id), -- none: the link under which the first admin is made
    created_at timestamptz not null,
    expires_at timestamptz not null
);

create index links_by_user on links (user_id);

create table sessions (
    digest       bytea       not null primary key,
    user_id      uuid        references users (id), -- none between password and second factor
    created_at   timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at   timestamptz not null,
    address      text        not null,
    user_agent   text        not null,
    data         text        not null               -- a JSON object
);

create index sessions_by_user on sessions (user_id);

create index sessions_by_expiry on sessions (expires_at);

-- A token that was revoked stays, so that its name can be told.
create table tokens (
    id           uuid        not null primary key,
    user_id      uuid        not null references users (id),
    name         text        not null,
    digest       bytea       not null unique,
    hint         text        not null,
    created_at   timestamptz not null,
    last_used_at timestamptz,
    revoked_at   timestamptz
);

create index tokens_by_user on tokens (user_id);

-- The audit log. The hash is over that of the entry before and all that an entry says. It names users and targets by what
-- they were called at the time, and refers to nothing.
create table audit (
    number      bigint      not null primary key, -- from 1 without a gap
    at          timestamptz not null,
    actor_kind  text        not null,
    actor_user  uuid,
    actor_name  text        not null,
    address     text,
    action      text        not null,
    target_kind text,
    target_id   text,
    target_name text,
    detail      text        not null,             -- a JSON array; not jsonb, which refuses what text may hold
    hash        bytea       not null,
    check ((target_kind is null) = (target_id is null)),
    check ((target_kind is null) = (target_name is null))
);

create index audit_by_actor on audit (actor_name, number);

create index audit_by_action on audit (action, number);

create index audit_by_target on audit (target_id, number);

create function refuse_to_change_audit() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is only appended to' using errcode = 'integrity_constraint_violation';
end
$$;

create trigger audit_is_not_changed before update or delete on audit
    for each row execute function refuse_to_change_audit();

create trigger audit_is_not_emptied before truncate on audit
    for each statement execute function refuse_to_change_audit();

-- One row: where the log ends, so that entries missing at its end show. Every change that people make locks it first, so
-- that changes come one after the other on all nodes.
create table audit_head (
    only_row integer not null primary key check (only_row = 1),
    number   bigint  not null,
    hash     bytea   not null
);

insert into audit_head (only_row, number, hash) values (1, 0, decode(repeat('00', 32), 'hex'));

-- One row, from the first start on: the fingerprint of the key that everything is sealed with.
create table sealing_key (
    only_row    integer not null primary key check (only_row = 1),
    fingerprint bytea   not null
);
