// The bundled gate behaves like its sources, and is not used once a source has changed.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { node, temporary, type Ended } from '#tests/project/process.ts'
import { makeBundle } from './bundle.ts'
import { projectRoot } from '#src/project-root.ts'
import { bundleFor, bundleIn, noteFile, stampOf, type BundleNote } from './bundled.ts'

const folder = temporary()
const bundles = join(folder, 'bundles')
beforeAll(() => makeBundle(bundles))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const entry = (): string => bundleIn(bundles, projectRoot) ?? 'no bundle'
const noteIn = (place: string): BundleNote =>
  JSON.parse(readFileSync(join(place, noteFile), 'utf8')) as BundleNote

/** Runs a program that has `main`, from the bundle or from the sources. */
async function gate(program: string, args: readonly string[]): Promise<Ended> {
  const start = join(folder, `${program.endsWith('.cjs') ? 'bundle' : 'sources'}.mjs`)
  writeFileSync(
    start,
    `import { createRequire } from 'node:module'\nconst { main } = ` +
      `createRequire(import.meta.url)(${JSON.stringify(program)})\n` +
      'process.exitCode = await main()\n',
  )
  const { code, stdout, stderr } = await node(start, ['gate', ...args])
  return { code, stdout: stdout.replaceAll(/[\d.]+ m?s$/gm, '… ms'), stderr }
}

describe('the bundle behaves like its sources', () => {
  test.each([
    ['of many findings', ['tests/gate/pairs', '--cluster', 'joelclaw'], 1],
    ['of a clean set', ['clusters/joelclaw/manifests', '--only', 'images-start-from-cache'], 0],
    ['of what has anchors', ['tests/gate/pairs', '--fix', '--dry-run'], 1],
    ['of nothing to judge', ['nowhere'], 64],
    ['of a baseline that is not there', ['tests/gate/pairs', '--baseline', 'nowhere.json'], 64],
  ])('%s', async (_, args, code) => {
    const bundled = await gate(entry(), args)
    expect(bundled.code).toBe(code)
    expect(bundled).toEqual(await gate(join(projectRoot, 'src', 'cli', 'main.ts'), args))
  })

  test('holds every module that the gate always loads', () => {
    const { entry: of } = noteIn(bundles)
    const place = join(bundles, of, '..')
    const texts = readdirSync(place)
      .map(name => readFileSync(join(place, name), 'utf8'))
      .join('\n')
    const loaded = [...texts.matchAll(/\b(?:require|import)\("([^"]+)"\)/g)]
      .map(([, name = '']) => name)
      .filter(name => !name.startsWith('node:') && !name.startsWith('./'))
    const places = loaded.map(name =>
      name
        .replace(/^file:.*\/helpers\/[\w-]+\/(faults|fixes)\b.*$/, 'the $1 of a platform')
        .replace(/^file:.*\/(src\/.*)$/, '$1'),
    )
    expect([...new Set(places)].toSorted()).toMatchInlineSnapshot(`
      [
        "execa",
        "src/cli/gate/live.ts",
        "src/cli/verbs/check.ts",
        "src/cli/verbs/drill.ts",
        "src/cli/verbs/explain.ts",
        "src/cli/verbs/heal.ts",
        "src/cli/verbs/lab.ts",
        "src/cli/verbs/list.ts",
        "src/cli/verbs/nightly.ts",
        "src/cli/verbs/rbac.ts",
        "src/cli/verbs/report.ts",
        "src/cli/verbs/schedule.ts",
        "src/cli/verbs/status.ts",
        "src/cli/verbs/stop.ts",
        "src/cli/verbs/undo.ts",
        "src/runs/policy/proofs.ts",
        "the faults of a platform",
        "the fixes of a platform",
      ]
    `)
  })
})

describe('the bundle runs', () => {
  /** A bundle of one source, in a folder of its own. */
  function small(name: string): { place: string; source: string } {
    const place = join(folder, name)
    mkdirSync(place)
    const source = join(place, 'one.ts')
    writeFileSync(source, 'export const one = 1\n')
    writeFileSync(join(place, 'gate.cjs'), '')
    writeFileSync(
      join(place, noteFile),
      JSON.stringify({
        entry: 'gate.cjs',
        sources: [['one.ts', stampOf(statSync(source))]],
      } satisfies BundleNote),
    )
    return { place, source }
  }

  test('while no source has changed', () => {
    const { place } = small('same')
    expect(bundleIn(place, place)).toBe(join(place, 'gate.cjs'))
  })

  test('not after a source has changed, even to the same length', () => {
    const { place, source } = small('written')
    writeFileSync(source, 'export const one = 2\n')
    utimesSync(source, new Date(), new Date(Date.now() + 1000))
    expect(bundleIn(place, place)).toBeUndefined()
  })

  test('not after a source was removed', () => {
    const { place, source } = small('removed')
    rmSync(source)
    expect(bundleIn(place, place)).toBeUndefined()
  })

  test('not if it is missing or incomplete', () => {
    const { place } = small('half')
    writeFileSync(join(place, noteFile), '{"entry": "ga')
    const { place: empty } = small('empty')
    rmSync(join(empty, 'gate.cjs'))
    expect([
      bundleIn(place, place),
      bundleIn(empty, empty),
      bundleIn(join(folder, 'nowhere'), projectRoot),
    ]).toEqual([undefined, undefined, undefined])
  })

  test('for the gate without --live only', () => {
    expect([['check'], ['gate', 'k8s', '--live'], []].map(bundleFor)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('building the bundle', () => {
  test('a second time changes nothing', async () => {
    const before = statSync(join(bundles, noteFile)).mtimeMs
    await makeBundle(bundles)
    expect(statSync(join(bundles, noteFile)).mtimeMs).toBe(before)
  })

  test('after a change replaces the old one, which stays for an hour for its readers', async () => {
    const { entry: old, sources } = noteIn(bundles)
    const inUse = join(bundles, 'in-use')
    mkdirSync(inUse)
    utimesSync(join(bundles, old, '..'), new Date(0), new Date(0))
    renameSync(join(bundles, old, '..'), join(bundles, 'of-long-ago'))
    writeFileSync(
      join(bundles, noteFile),
      JSON.stringify({
        entry: 'of-long-ago/gate.cjs',
        sources: sources.map(([path]) => [path, 'of another day']),
      }),
    )
    expect(bundleIn(bundles, projectRoot)).toBeUndefined()
    await makeBundle(bundles)
    expect(bundleIn(bundles, projectRoot)).toBeDefined()
    expect(noteIn(bundles).sources).toEqual(sources)
    expect([existsSync(inUse), existsSync(join(bundles, 'of-long-ago'))]).toEqual([true, false])
  })

  test('twice at the same time leaves a complete one', async () => {
    const place = join(folder, 'twice')
    await Promise.all([makeBundle(place), makeBundle(place)])
    expect(bundleIn(place, projectRoot)).toBeDefined()
  })
})
