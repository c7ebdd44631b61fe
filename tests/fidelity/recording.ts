// The recorded output of a real node.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Said } from './play.ts'

const said = z.array(
  z.strictObject({
    id: z.string(),
    line: z.string(),
    argv: z.array(z.string()),
    code: z.number(),
    stdout: z.string(),
    stderr: z.string(),
  }),
)

/** The recording of the list of commands. */
export const recorded = (): readonly Said[] =>
  said.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, 'recorded', 'kubectl.json'), 'utf8')),
  )
