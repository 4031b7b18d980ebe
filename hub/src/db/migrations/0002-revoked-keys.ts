import { type Kysely, sql } from 'kysely'

/** Who may no longer speak, for as long as the broker may be asked again; and what keeps a release alive. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  // An agent's credential does not expire, so its revocation must not either. The key of an agent that
  // enrolled again is no longer in `agents`; it is here.
  `create table revoked_keys (
    public_key text primary key,
    cluster text not null,
    revoked_at timestamptz not null default now()
  )`,
  'create index placements_release on placements (release)',
]
