import { isName, settings } from '@roadstead/proto'

const { file, flag, integer, list, oneOf, optional, text, url } = settings

/** Every environment variable of the agent: the program, its reference page and its chart read this table. */
export const agentSettings = {
  cluster: {
    ...text('ROADSTEAD_CLUSTER', 'name of this cluster, as in the fleet repository'),
    parse: (value: string) =>
      isName(value) ? value : new settings.Fault('is not a cluster name (RFC 1123 label)'),
  },
  stateDirectory: file(
    'ROADSTEAD_STATE_DIRECTORY',
    'what the agent remembers: identity, assignment, releases, inventory, unsent reports',
    { default: '/var/lib/roadstead' },
  ),
  systemNamespace: text('ROADSTEAD_SYSTEM_NAMESPACE', 'where the inventories are kept in the cluster', {
    default: 'roadstead-system',
  }),

  hubUrl: optional(url('ROADSTEAD_HUB_URL', 'the hub, for the first start only')),
  enrolmentToken: optional(
    text('ROADSTEAD_ENROLMENT_TOKEN', 'one-time token for the first start', { secret: true }),
  ),
  enrolmentTokenFile: optional(file('ROADSTEAD_ENROLMENT_TOKEN_FILE', 'file that holds the token instead')),

  natsUrls: list('ROADSTEAD_NATS_URLS', 'broker addresses; empty: those the hub gave at enrolment', {
    default: '',
  }),
  seedFile: optional(
    file('ROADSTEAD_NKEY_SEED_FILE', 'nkey seed (SU…), where the identity is not by enrolment'),
  ),
  userJwtFile: optional(file('ROADSTEAD_USER_JWT_FILE', 'NATS user JWT that goes with the seed')),
  assignmentKeysFile: optional(
    file('ROADSTEAD_ASSIGNMENT_KEYS_FILE', 'PEM public keys of the hub that go with the seed'),
  ),
  clusterKeyFile: optional(
    file('ROADSTEAD_CLUSTER_KEY_FILE', 'the cluster’s key for its releases (base64url), with the seed'),
  ),

  kubeconfig: optional(file('KUBECONFIG', 'kubeconfig file; without one the Pod’s service account is used')),
  kubeContext: optional(text('ROADSTEAD_KUBE_CONTEXT', 'context of the kubeconfig; empty: its current one')),
  kubernetesHost: optional(text('KUBERNETES_SERVICE_HOST', 'set by Kubernetes in every Pod')),
  kubernetesPort: integer('port', 1, 65_535)('KUBERNETES_SERVICE_PORT', 'set by Kubernetes in every Pod', {
    default: '443',
  }),

  otlpEndpoint: optional(
    url('OTEL_EXPORTER_OTLP_ENDPOINT', 'OTLP/HTTP collector for traces; without one none are made'),
  ),
  logLevel: oneOf(
    'debug',
    'info',
    'warn',
    'error',
    'silent',
  )('ROADSTEAD_LOG_LEVEL', 'least severe log line', {
    default: 'info',
  }),
  exitWithParent: flag(
    'ROADSTEAD_EXIT_WITH_PARENT',
    'end when the standard input or the IPC channel closes',
    {
      default: 'false',
    },
  ),
}
