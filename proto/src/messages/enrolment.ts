import Type, { type Static } from 'typebox'
import { decoder } from '../decode.ts'
import { ClusterNameSchema } from './scalars.ts'

/**
 * The one HTTPS request of an agent's life: a one-time token for an identity. The private key is made in
 * the cluster and stays there.
 */
export const EnrolmentRequestSchema = Type.Object({
  cluster: ClusterNameSchema,
  token: Type.String({ minLength: 20, maxLength: 200 }),
  /** The public nkey (`U…`) of the agent. */
  publicKey: Type.String({ pattern: '^U[A-Z2-7]{55}$' }),
})

export const EnrolmentResponseSchema = Type.Object({
  cluster: ClusterNameSchema,
  /** The NATS user JWT, bound to the public key. */
  userJwt: Type.String({ maxLength: 16_384 }),
  natsUrls: Type.Array(Type.String({ maxLength: 512 }), { minItems: 1, maxItems: 20 }),
  /** PEM; what the agent verifies assignments with. */
  assignmentKeys: Type.Array(Type.String({ maxLength: 1_024 }), { minItems: 1, maxItems: 10 }),
  /** PEM of the authority that signed the broker's certificate, where it is not a public one. */
  natsCertificateAuthority: Type.Optional(Type.String({ maxLength: 65_536 })),
})
export type EnrolmentRequest = Static<typeof EnrolmentRequestSchema>
export type EnrolmentResponse = Static<typeof EnrolmentResponseSchema>

export const decodeEnrolmentResponse = decoder('enrolment response', EnrolmentResponseSchema, 256 * 1024)
