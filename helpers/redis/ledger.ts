// Writes that were acknowledged, noted on the host, against what the store still holds.
import { z } from 'zod'
import type { Policy, Question, Runtime } from '#src/model/index.ts'

const shape = z.object({ run: z.string(), port: z.number(), acknowledged: z.array(z.number()) })
/** What a writer was told: the numbers of its acknowledged writes, each a key of its own. */
export type Ledger = z.output<typeof shape>

export const keysOf = ({ run, acknowledged }: Ledger): readonly string[] =>
  acknowledged.map(number => `${run}:${number}`)

/** How long the store may take for one answer, ms. */
const patience = 5_000

/**
 * Sends one line to a Redis on this host and resolves with the first line of its answer. Rejects
 * when none comes, or an error does.
 */
export async function redisSays(
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
    throw new Error(`Redis at 127.0.0.1:${port} refuses: ${answer.body.trim()}`)
  return answer.body.trim()
}

/**
 * How many writes were acknowledged and how many of them the store holds now; null where nobody has
 * written.
 */
export const acknowledgedWrites = (
  policy: Policy,
): Question<{ acknowledged: number; kept: number } | null> => ({
  key: 'data.ledger',
  description: 'count the acknowledged writes that are still there',
  origin: 'redis',
  needs: ['host-ports'],
  async ask({ runtime, signal }) {
    const text = await runtime.files.read(policy.drillTargets.writing?.ledger ?? '')
    if (text === undefined) return null
    const ledger = shape.parse(JSON.parse(text))
    if (ledger.acknowledged.length === 0) return { acknowledged: 0, kept: 0 }
    const said = await redisSays(runtime, ledger.port, `EXISTS ${keysOf(ledger).join(' ')}`, signal)
    if (!/^:\d+$/.test(said))
      throw new Error(`Redis did not answer with a number: “${said.slice(0, 80)}”`)
    return { acknowledged: ledger.acknowledged.length, kept: Number(said.slice(1)) }
  },
})
