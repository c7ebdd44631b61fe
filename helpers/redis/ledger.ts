// Compares the acknowledged writes, recorded on the host, with the keys that the store still holds.
import { z } from 'zod'
import type { Policy, Question, Runtime } from '#src/model/index.ts'

const shape = z.object({ run: z.string(), port: z.number(), acknowledged: z.array(z.number()) })
/** The acknowledged writes of one run, by number; each wrote one key. */
export type Ledger = z.output<typeof shape>

/** The keys of the acknowledged writes. */
export const keysOf = ({ run, acknowledged }: Ledger): readonly string[] =>
  acknowledged.map(number => `${run}:${number}`)

/** Deadline of one answer, ms. */
const patience = 5_000

/**
 * Sends one command line to a Redis on this host and resolves with its answer. Rejects when the
 * connection fails or Redis answers with an error.
 */
export async function sendToRedis(
  runtime: Runtime,
  port: number,
  line: string,
  signal: AbortSignal,
): Promise<string> {
  const answer = await runtime.net.tcp(
    { host: '127.0.0.1', port, send: `${line}\r\n` },
    { deadline: patience, signal },
  )
  if (answer.kind !== 'answered')
    throw new Error(`Redis at 127.0.0.1:${port}: ${answer.kind}: ${answer.why}`)
  if (answer.body.startsWith('-'))
    throw new Error(`Redis at 127.0.0.1:${port} refused the command: ${answer.body.trim()}`)
  return answer.body.trim()
}

/** Acknowledged writes, and how many the store still holds; null before the first write. */
export const acknowledgedWrites = (
  policy: Policy,
): Question<{ acknowledged: number; kept: number } | null> => ({
  key: 'data.ledger',
  description: 'count the acknowledged writes that the store still has',
  origin: 'redis',
  needs: ['host-ports'],
  async ask({ runtime, signal }) {
    const text = await runtime.files.read(policy.drillTargets.writing?.ledger ?? '')
    if (text === undefined) return null
    const ledger = shape.parse(JSON.parse(text))
    if (ledger.acknowledged.length === 0) return { acknowledged: 0, kept: 0 }
    const count = await sendToRedis(
      runtime,
      ledger.port,
      `EXISTS ${keysOf(ledger).join(' ')}`,
      signal,
    )
    if (!/^:\d+$/.test(count))
      throw new Error(`Redis answered EXISTS without a number: “${count.slice(0, 80)}”`)
    return { acknowledged: ledger.acknowledged.length, kept: Number(count.slice(1)) }
  },
})
