// Command lines of `holdfast schedule` on a world that stays, unlike that of a process.
import type { Runtime } from '#src/model/index.ts'
import { readArguments } from '#src/cli/arguments.ts'
import { carryOut } from '#src/cli/schedule/carry-out.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { guarded } from '#helpers/forbidden/forbidden.ts'

export interface Told {
  code: number
  text: string
}

/** Runs `holdfast schedule` with these words on a runtime, behind the guard of forbidden acts. */
export async function schedule(
  runtime: Runtime,
  words: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Told> {
  const given = readArguments(['schedule', ...words.split(' ')], environment)
  if (given?.schedule === undefined) throw new Error(`not about a timer: ${words}`)
  const { settings, schedule: options } = given
  const policy = await loadPolicy(settings.cluster)
  const close = async (): Promise<void> => {}
  const target = { runtime: guarded(runtime), policy, settings, close }
  let text = ''
  const code = await carryOut(target, given, options, more => (text += more))
  return { code, text }
}
