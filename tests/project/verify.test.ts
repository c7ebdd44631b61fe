// The bridge to vitest: which verdict becomes which test. A spec file registers tests only in its
// own run.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { root } from './source.ts'

const run = promisify(execFile)
const folder = join(root, 'tests', 'project', 'fixtures', 'canary')
const tests = z.array(
  z.object({
    file: z.string(),
    name: z.string(),
    state: z.string(),
    errors: z.array(z.string()).optional(),
    note: z.string().optional(),
    holdfast: z.string().optional(),
  }),
)

/**
 * Runs the fixture's specs in a process of their own: vitest inside of vitest would be judged by
 * the outer one.
 */
async function canary(files: readonly string[], only = '*'): Promise<z.infer<typeof tests>> {
  const { stdout } = await run(process.execPath, [join(folder, 'run.ts'), ...files], {
    env: { ...process.env, CANARY_ONLY: only },
  })
  return tests.parse(JSON.parse(stdout))
}

const everything = canary([])

describe('a spec file', () => {
  test('does nothing when plain Node imports it, however deep', async () => {
    const script =
      `const spec = await import(${JSON.stringify(join(folder, 'importing.spec.ts'))}); ` +
      'console.log(JSON.stringify([spec.violated.kind, Object.keys(spec).length]))'
    const { stdout, stderr } = await run(process.execPath, [
      '--input-type=module',
      '--eval',
      script,
    ])
    expect({ stdout, stderr }).toEqual({ stdout: '["invariant",6]\n', stderr: '' })
  })

  test('registers only its own tests, though it imports another spec', async () => {
    const shown = await everything
    const count = Object.fromEntries(
      [...Map.groupBy(shown, ({ file }) => file)].map(([file, of]) => [
        file,
        of.map(({ name }) => name.split(' ')[0]),
      ]),
    )
    expect(count['imported.spec.ts']).toEqual(['a-holds'])
    expect(count['importing.spec.ts']).not.toContain('a-holds')
    expect(shown.find(({ name }) => name.startsWith('the imported spec knows'))?.state).toBe(
      'passed',
    )
  })

  test('of which nothing is selected says so instead of passing in silence', async () => {
    expect(await canary(['imported.spec.ts'], 'something-else')).toEqual([
      { file: 'imported.spec.ts', name: 'nothing here is selected by --only', state: 'skipped' },
    ])
  })
})

test('verdicts and drills become tests', async () => {
  const shown = (await everything).toSorted((a, b) => a.file.localeCompare(b.file))
  const lines = shown.map(({ name, state, holdfast, errors, note }) =>
    [name, state, errors?.join() ?? note ?? '', holdfast ?? 'no meta'].join(' | '),
  )
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('fixtures/shown-results.txt')
})
