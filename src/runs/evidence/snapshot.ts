// Snapshots as files: the evidence of a run, which can be judged again.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { errorMessage, type Policy, type Snapshot } from '#src/model/index.ts'
import { policyBeside, UsageError } from '#src/runs/settings.ts'

const asked = { description: z.string(), origin: z.string(), at: z.number(), tookMs: z.number() }
const schema = z.object({
  version: z.literal(1, 'it was written by another version of holdfast'),
  cluster: z.string(),
  target: z.object({ kind: z.enum(['lab', 'container', 'live']), description: z.string() }),
  startedAt: z.number(),
  endedAt: z.number(),
  answers: z.record(
    z.string(),
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('known'), value: z.unknown(), ...asked }),
      z.object({
        kind: z.literal('unknown'),
        why: z.string(),
        failure: z.literal('tls').exactOptional(),
        raw: z.string().exactOptional(),
        ...asked,
      }),
      z.object({ kind: z.literal('absent'), why: z.string(), ...asked }),
    ]),
  ),
})

/**
 * Reads a snapshot. Throws a UsageError if the file is missing, is not a snapshot, or shows another
 * cluster than the policy's.
 */
export function readSnapshot(file: string, policy: Policy): Snapshot {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(
      `Could not read the snapshot ${file}: ${errorMessage(error)}. ` +
        'Each run saves one as reports/<run>/snapshot.json.',
    )
  }
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    throw new UsageError(
      `${file} is not JSON. Give the snapshot of a run: reports/<run>/snapshot.json.`,
    )
  }
  const parsed = schema.safeParse(data)
  if (!parsed.success) {
    const [first] = parsed.error.issues
    throw new UsageError(
      `${file} is not a snapshot: ${first?.path.join('.') || '(top)'}: ${first?.message}. ` +
        'Each run saves one as reports/<run>/snapshot.json.',
    )
  }
  if (parsed.data.cluster !== policy.cluster)
    throw new UsageError(
      `${file} shows cluster “${parsed.data.cluster}”, not “${policy.cluster}”. ` +
        `Judge it with --cluster ${parsed.data.cluster}.`,
    )
  return parsed.data
}

/** The snapshot in the folder of a run. */
export const snapshotIn = (folder: string): string => join(folder, 'snapshot.json')

/**
 * Saves a snapshot with the policy that judges it: parts of the policy of a node in a container are
 * known only once the node runs. Creates missing folders.
 */
export function saveSnapshot(file: string, snapshot: Snapshot, policy: Policy): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(snapshot)}\n`)
  writeFileSync(policyBeside(file), `${JSON.stringify(policy)}\n`)
}
