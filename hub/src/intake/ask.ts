import type { NatsConnection } from '@nats-io/transport-node'
import { type Ask, type ClusterName, decodeAnswer, encodeAsk, subjects } from '@roadstead/proto'
import { limits } from './limits.ts'

/** Asks an agent for something, once. Never throws: an agent that can not answer now is asked again later. */
export async function ask(
  connection: NatsConnection,
  cluster: ClusterName,
  kind: Ask['kind'],
): Promise<'answered' | 'refused' | 'unanswered'> {
  try {
    const { data } = await connection.request(subjects.ask(cluster), encodeAsk({ kind }), {
      timeout: limits.askTimeoutMs,
    })
    return decodeAnswer(data).kind === 'ok' ? 'answered' : 'refused'
  } catch {
    return 'unanswered'
  }
}
