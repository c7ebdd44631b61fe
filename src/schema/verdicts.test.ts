// Objects that a real v1.35 API server accepted or refused, recorded as docs/schema.md describes.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { manifestOf } from './sample.ts'
import { schemaFor } from './schema.ts'
import { validate } from './validate.ts'

const verdicts = z
  .array(
    z.strictObject({
      name: z.string(),
      /** Why holdfast decides differently from the server. */
      because: z.string().min(20).optional(),
      object: z.unknown(),
      server: z.discriminatedUnion('accepted', [
        z.strictObject({ accepted: z.literal(true) }),
        z.strictObject({ accepted: z.literal(false), message: z.string().min(10) }),
      ]),
      findings: z.array(z.string()),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('verdicts.json', import.meta.url), 'utf8')))

const schema = schemaFor('1.35')

describe('recorded on a v1.35 API server', () => {
  test.each(verdicts)('$name', ({ object, findings }) => {
    expect(
      validate(manifestOf(object), schema).findings.map(
        ({ code, at }) => `${code} ${at.path.join('.')}`,
      ),
    ).toEqual(findings)
  })

  test('findings match the server’s refusals, except for cases with a stated reason', () => {
    const unlike = verdicts.filter(
      ({ server, findings }) => server.accepted !== (findings.length === 0),
    )
    expect(verdicts.length).toBeGreaterThanOrEqual(70)
    expect(
      unlike.map(({ name, because, server }) => ({
        name,
        explained: because !== undefined,
        accepted: server.accepted,
      })),
    ).toEqual([])
  })
})
