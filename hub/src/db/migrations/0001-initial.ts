import { type Kysely, sql } from 'kysely'

/**
 * One statement per table, in the order of the data: what Git says, what that means for each cluster,
 * what is on its way, who may speak, what came back.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...source, ...desired, ...identity, ...observed])
    await sql.raw(statement).execute(db)
}

const source = [
  `create table commits (
    id text primary key,
    ordinal bigint generated always as identity,
    author_name text not null,
    author_email text not null,
    message text not null,
    authored_at timestamptz not null,
    received_at timestamptz not null default now(),
    status text not null check (status in ('in-force', 'superseded', 'invalid', 'rejected')),
    problems jsonb not null default '[]',
    traceparent text
  )`,
  'create unique index commits_ordinal on commits (ordinal)',
  `create table fleet (
    singleton boolean primary key default true check (singleton),
    name text not null,
    head text not null references commits (id),
    in_force text references commits (id),
    updated_at timestamptz not null default now()
  )`,
  `create table environments (
    name text primary key,
    position integer not null,
    after text[] not null
  )`,
  `create table clusters (
    name text primary key,
    environment text not null,
    labels jsonb not null,
    variables jsonb not null,
    allow_empty boolean not null,
    retired_at timestamptz
  )`,
  'create index clusters_environment on clusters (environment, name)',
  `create table apps (
    name text primary key,
    description text not null,
    spec jsonb not null
  )`,
]

const desired = [
  `create table releases (
    digest text primary key,
    bytes integer not null,
    objects integer not null,
    compressed bytea not null,
    created_at timestamptz not null default now()
  )`,
  // What an app renders to per environment; a fault holds the app back at the release it has.
  `create table app_environments (
    app text not null,
    environment text not null,
    release text references releases (digest),
    variants jsonb not null default '{}',
    commit text not null,
    source_key text not null,
    problems jsonb not null default '[]',
    primary key (app, environment)
  )`,
  `create table placements (
    cluster text not null,
    app text not null,
    release text not null references releases (digest),
    since bigint not null,
    primary key (cluster, app)
  )`,
  'create index placements_app on placements (app)',
  `create table assignments (
    cluster text primary key,
    generation bigint not null,
    content_digest text not null,
    commit text not null,
    sealed bytea not null,
    issued_at timestamptz not null,
    published_at timestamptz,
    traceparent text
  )`,
  `create table outbox (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('release', 'assignment')),
    key text not null,
    created_at timestamptz not null default now()
  )`,
]

const identity = [
  `create table enrolment_tokens (
    hash text primary key,
    cluster text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
  )`,
  `create table agents (
    cluster text primary key,
    public_key text not null,
    issued_at timestamptz not null default now(),
    revoked_at timestamptz
  )`,
]

const observed = [
  `create table cluster_status (
    cluster text primary key,
    boot bigint not null default 0,
    seq bigint not null default 0,
    last_seen_at timestamptz,
    silent boolean not null default false,
    agent_version text,
    kubernetes_version text,
    counts jsonb,
    accepted_generation bigint,
    accepted_at timestamptz,
    refused_generation bigint,
    refusal jsonb,
    state_digest text
  )`,
  `create table app_status (
    cluster text not null,
    app text not null,
    boot bigint not null,
    seq bigint not null,
    phase text not null,
    release text,
    accepted_generation bigint,
    accepted_at timestamptz,
    applied_generation bigint,
    applied_at timestamptz,
    healthy_generation bigint,
    healthy_at timestamptz,
    health text not null,
    reason text,
    objects jsonb not null,
    drifted integer not null,
    problems jsonb not null,
    problem_count integer not null,
    reported_at timestamptz not null,
    received_at timestamptz not null default now(),
    primary key (cluster, app)
  )`,
  'create index app_status_app on app_status (app, cluster)',
  `create table drift (
    id bigint generated always as identity primary key,
    cluster text not null,
    app text not null,
    api_group text not null,
    kind text not null,
    namespace text not null,
    name text not null,
    boot bigint not null,
    seq bigint not null,
    change text not null,
    state text not null,
    fields jsonb not null,
    field_count integer not null,
    manager text,
    manager_at timestamptz,
    fight boolean not null,
    detected_at timestamptz not null,
    ended_at timestamptz,
    received_at timestamptz not null default now()
  )`,
  // A drift is known by its object and the moment it was seen first, so that a repeat updates its row.
  `create unique index drift_occurrence
    on drift (cluster, app, api_group, kind, namespace, name, detected_at)`,
  `create index drift_open on drift (cluster, app) where state = 'open'`,
  // The transaction id orders events by commit: a reader that stays below the oldest transaction in
  // flight and goes by (xid, id) never misses one that commits late.
  `create table events (
    id bigint generated always as identity,
    xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default now(),
    type text not null,
    environment text,
    cluster text,
    app text,
    commit text,
    message text not null,
    data jsonb not null default '{}',
    primary key (xid, id)
  )`,
  'create index events_cluster on events (cluster, xid, id) where cluster is not null',
  'create index events_app on events (app, xid, id) where app is not null',
]
