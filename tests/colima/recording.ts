// Records what a real Colima and its programs print in each state. If HOLDFAST_COLIMA_RECORD names
// a file, the recording becomes the fixture of the ordinary tests.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { env } from 'node:process'
import { z } from 'zod'
import type { Exit, Runtime } from '#src/model/index.ts'

const exit = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('exited'),
    code: z.int(),
    stdout: z.string(),
    stderr: z.string(),
    tookMs: z.number(),
  }),
  z.strictObject({ kind: z.literal('missing'), program: z.string(), tookMs: z.number() }),
  z.strictObject({
    kind: z.literal('timed-out'),
    stdout: z.string(),
    stderr: z.string(),
    tookMs: z.number(),
  }),
])

/** The recorded versions, the home folder, and the result of each command line by state. */
export const recordingShape = z.strictObject({
  home: z.string(),
  versions: z.record(z.string(), z.string()),
  states: z.record(z.string(), z.record(z.string(), exit)),
})

export type Recording = z.infer<typeof recordingShape>

export const readRecording = (file: string): Recording =>
  recordingShape.parse(JSON.parse(readFileSync(file, 'utf8')))

/**
 * A runtime that records how each of its commands ended. The last result of a command line wins.
 */
export function recorded(runtime: Runtime): { runtime: Runtime; exits: Record<string, Exit> } {
  const exits: Record<string, Exit> = {}
  const run: Runtime['shell']['run'] = async (argv, options) => {
    const ended = await runtime.shell.run(argv, options)
    exits[argv.join(' ')] = ended
    return ended
  }
  return { exits, runtime: { ...runtime, shell: { run } } }
}

/** Adds one state to the file of HOLDFAST_COLIMA_RECORD. Does nothing if that is not set. */
export function keep(
  state: string,
  exits: Record<string, Exit>,
  about: Omit<Recording, 'states'>,
): void {
  const file = env['HOLDFAST_COLIMA_RECORD']
  if (file === undefined || file === '') return
  const states = existsSync(file) ? readRecording(file).states : {}
  const recording = { ...about, states: { ...states, [state]: exits } } satisfies Recording
  writeFileSync(file, `${JSON.stringify(recording, null, 1)}\n`)
}
