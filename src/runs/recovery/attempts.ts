// Attempts at fixes, stored between runs: a timer that heals every few minutes must know what the
// previous run tried.
import { join } from 'node:path'
import { z } from 'zod'
import { liveFiles } from '#src/targets/live/files.ts'
import { freshMemory, backoff, type Memory } from '#src/engine/heal/memory.ts'
import { ms, errorMessage, type Fix } from '#src/model/index.ts'
import { stateFolder } from '#src/runs/process/state.ts'

const form = z.strictObject({
  holdfast: z.literal('attempts'),
  version: z.literal(1),
  lastAt: z.record(z.string(), z.number()),
  heldUntil: z.number(),
})

const pathOf = (world: string): string => join(stateFolder(), 'attempts', `${world}.json`)
const files = liveFiles('/')

/**
 * The last attempt of each fix, as long as it matters: fixes whose cooldown is over, and fixes that
 * no longer exist, are dropped.
 */
export function stillMatters(
  lastAt: Readonly<Record<string, number>>,
  fixes: readonly Fix[],
  now: number,
): Readonly<Record<string, number>> {
  // A clock that was set back must not hold a fix for longer than its cooldown.
  return Object.fromEntries(
    fixes.flatMap(({ name, cooldown }) => {
      const at = Math.min(lastAt[name] ?? -Infinity, now)
      return cooldown !== undefined && now - at < ms(cooldown) ? [[name, at]] : []
    }),
  )
}

/**
 * What earlier runs tried on a world. An unreadable file counts as empty, and `tell` reports it:
 * healing matters more, and the attempts of this run still count.
 */
export async function loadAttempts(
  world: string,
  fixes: readonly Fix[],
  now: number,
  tell: (message: string) => void,
): Promise<Memory> {
  const memory = freshMemory()
  try {
    const text = await files.read(pathOf(world))
    if (text === undefined) return memory
    const { lastAt, heldUntil } = form.parse(JSON.parse(text))
    for (const [name, at] of Object.entries(stillMatters(lastAt, fixes, now)))
      memory.attempts.set(name, { times: 0, lastAt: at })
    memory.backoffUntil = Math.min(heldUntil, now + backoff)
  } catch (error) {
    tell(`what was tried before is not known (${pathOf(world)}): ${errorMessage(error)}`)
  }
  return memory
}

/** Stores the attempts. Never rejects: if it cannot store them, `tell` reports it. */
export async function saveAttempts(
  world: string,
  memory: Memory,
  fixes: readonly Fix[],
  now: number,
  tell: (message: string) => void,
): Promise<void> {
  const lastAt = stillMatters(
    Object.fromEntries([...memory.attempts].map(([name, attempt]) => [name, attempt.lastAt])),
    fixes,
    now,
  )
  try {
    await files.write(
      pathOf(world),
      JSON.stringify({
        holdfast: 'attempts',
        version: 1,
        lastAt,
        heldUntil: memory.backoffUntil,
      } satisfies z.infer<typeof form>),
    )
  } catch (error) {
    tell(
      `what is being tried cannot be kept for later runs (${pathOf(world)}): ` +
        errorMessage(error),
    )
  }
}
