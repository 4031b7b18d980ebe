/**
 * How to reach one API server. Credentials are asked for on every request, so that a rotated token or a
 * renewed exec credential is picked up without a restart; `refresh` drops what was answered with 401.
 */
export interface KubeAccess {
  readonly server: URL
  /** PEM; the machine's own authorities where absent. */
  readonly certificateAuthority?: string | undefined
  readonly serverName?: string | undefined
  readonly insecureSkipTlsVerify?: boolean | undefined
  credentials(): Promise<KubeCredentials>
  refresh(): void
}

export interface KubeCredentials {
  /** The whole value of the `Authorization` header. */
  readonly authorization?: string | undefined
  /** Client certificate and key, PEM. They belong to a connection: a change opens a new one. */
  readonly certificate?: string | undefined
  readonly key?: string | undefined
}

export const fixedCredentials = (credentials: KubeCredentials) => ({
  credentials: async () => credentials,
  refresh: () => {},
})
