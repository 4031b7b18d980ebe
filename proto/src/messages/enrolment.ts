import * as v from 'valibot'
import { decoder } from '../decode.ts'
import { ClusterNameSchema } from './scalars.ts'

/**
 * The one HTTPS request of an agent's life: a one-time token for an identity. The private key is made in
 * the cluster and stays there.
 */
export const EnrolmentRequestSchema = v.object({
  cluster: ClusterNameSchema,
  token: v.pipe(v.string(), v.minLength(20), v.maxLength(200)),
  /** The public nkey (`U…`) of the agent. */
  publicKey: v.pipe(v.string(), v.regex(/^U[A-Z2-7]{55}$/)),
})

export const EnrolmentResponseSchema = v.object({
  cluster: ClusterNameSchema,
  /** The NATS user JWT, bound to the public key. */
  userJwt: v.pipe(v.string(), v.maxLength(16_384)),
  natsUrls: v.pipe(v.array(v.pipe(v.string(), v.maxLength(512))), v.minLength(1), v.maxLength(20)),
  /** PEM; what the agent verifies assignments with. */
  assignmentKeys: v.pipe(v.array(v.pipe(v.string(), v.maxLength(1_024))), v.minLength(1), v.maxLength(10)),
  /** What opens the keys of releases in this cluster's assignments: base64url of 32 bytes, a secret. */
  clusterKey: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
  /** PEM of the authority that signed the broker's certificate, where it is not a public one. */
  natsCertificateAuthority: v.exactOptional(v.pipe(v.string(), v.maxLength(65_536))),
})
export type EnrolmentRequest = v.InferOutput<typeof EnrolmentRequestSchema>
export type EnrolmentResponse = v.InferOutput<typeof EnrolmentResponseSchema>

export const decodeEnrolmentResponse = decoder('enrolment response', EnrolmentResponseSchema, 256 * 1024)
