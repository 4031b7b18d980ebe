import { limits, settings } from '@roadstead/proto'

const { file, flag, integer, list, oneOf, optional, port, text, url } = settings

/** Every environment variable of the hub: the program, its reference page and its chart read this table. */
export const hubSettings = {
  listenHost: text('ROADSTEAD_LISTEN_HOST', 'address to listen on', { default: '127.0.0.1' }),
  listenPort: port('ROADSTEAD_LISTEN_PORT', 'port to listen on; 0 takes a free one', { default: '8080' }),
  publicUrl: optional(url('ROADSTEAD_PUBLIC_URL', 'how people and agents reach the hub')),
  tlsCertificate: optional(file('ROADSTEAD_TLS_CERTIFICATE', 'PEM file; with the key, the hub speaks HTTPS')),
  tlsKey: optional(file('ROADSTEAD_TLS_KEY', 'PEM file of the private key')),

  databaseUrl: text('ROADSTEAD_DATABASE_URL', 'PostgreSQL 15 or newer', { secret: true }),
  databasePoolSize: integer('connections', 2, 200)(
    'ROADSTEAD_DATABASE_POOL_SIZE',
    'largest number of pooled connections',
    {
      default: '10',
    },
  ),
  databaseStatementTimeoutMs: integer('milliseconds', 100, 600_000)(
    'ROADSTEAD_DATABASE_STATEMENT_TIMEOUT_MS',
    'a statement that runs longer is cancelled',
    { default: '30000' },
  ),

  natsUrls: list('ROADSTEAD_NATS_URLS', 'broker addresses for the hub', { default: 'nats://127.0.0.1:4222' }),
  natsAgentUrls: list('ROADSTEAD_NATS_AGENT_URLS', 'broker addresses told to agents; empty: the same', {
    default: '',
  }),
  natsCertificateAuthority: optional(
    file('ROADSTEAD_NATS_CERTIFICATE_AUTHORITY', 'PEM file, where the broker has a private authority'),
  ),
  secretsDirectory: file(
    'ROADSTEAD_SECRETS_DIRECTORY',
    'keys of the operator, the accounts and the assignments',
  ),

  repositoryDirectory: file(
    'ROADSTEAD_REPOSITORY_DIRECTORY',
    "the hub's clone of the fleet repository (bare)",
  ),
  searchPath: text('PATH', 'where the `git` program is looked for', {
    default: '/usr/local/bin:/usr/bin:/bin',
  }),
  gitRemote: optional(
    url('ROADSTEAD_GIT_REMOTE', 'HTTPS remote to follow; without one the hub serves its own repository'),
  ),
  gitBranch: text('ROADSTEAD_GIT_BRANCH', 'branch that counts', { default: 'main' }),
  gitPollMs: integer('milliseconds', 1_000, 86_400_000)(
    'ROADSTEAD_GIT_POLL_MS',
    'how often the remote is asked',
    {
      default: '60000',
    },
  ),
  gitUsername: text('ROADSTEAD_GIT_USERNAME', 'for the remote', { default: 'git' }),
  gitPassword: optional(text('ROADSTEAD_GIT_PASSWORD', 'for the remote', { secret: true })),
  webhookSecret: optional(text('ROADSTEAD_WEBHOOK_SECRET', 'signs POST /v1/webhooks/git', { secret: true })),

  apiTokens: list(
    'ROADSTEAD_API_TOKENS',
    'name:token pairs; the name is the author of what is done with it',
    {
      secret: true,
    },
  ),
  silentAfterMs: integer('milliseconds', 1_000, 86_400_000)(
    'ROADSTEAD_SILENT_AFTER_MS',
    'a cluster unheard for this long is silent',
    { default: String(limits.silentAfterMs) },
  ),
  lead: flag('ROADSTEAD_LEAD', 'whether this replica may run the down path', { default: 'true' }),

  otlpEndpoint: optional(url('OTEL_EXPORTER_OTLP_ENDPOINT', 'OTLP/HTTP collector for traces')),
  logLevel: oneOf(
    'debug',
    'info',
    'warn',
    'error',
    'silent',
  )('ROADSTEAD_LOG_LEVEL', 'least level that is logged', {
    default: 'info',
  }),
} as const
