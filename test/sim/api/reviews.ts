import { isMap } from '../schema/schema.ts'
import { type Answer, ok } from './answer.ts'
import type { ApiRequest } from './request.ts'

const ANSWERS: Readonly<Record<string, { kind: string; status: unknown }>> = {
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': {
    kind: 'SelfSubjectAccessReview',
    status: { allowed: true, reason: 'simulated: everything is allowed' },
  },
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': {
    kind: 'SelfSubjectRulesReview',
    status: {
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
      incomplete: false,
    },
  },
  '/apis/authentication.k8s.io/v1/selfsubjectreviews': {
    kind: 'SelfSubjectReview',
    status: { userInfo: { username: 'simulated-admin', groups: ['system:masters', 'system:authenticated'] } },
  },
}

/** Access reviews: there is one user here, who may do everything. */
export async function answerReview(request: ApiRequest): Promise<Answer | undefined> {
  const known = ANSWERS[request.path]
  if (!known || request.method !== 'POST') return undefined
  const body = await request.body()
  const group = request.path.split('/')[2]
  const given = isMap(body) ? body : {}
  return ok(
    { ...given, kind: known.kind, apiVersion: `${group}/v1`, metadata: {}, status: known.status },
    [],
    201,
  )
}
