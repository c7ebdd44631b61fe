// Executes the recipes of CONTRIBUTING.md: they type-check, and their results work on the lab.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { judge } from '#src/engine/evaluate/judge.ts'
import { observe } from '#src/engine/evaluate/observe.ts'
import {
  answersOf,
  type AnyPlatform,
  type Drill,
  type Fault,
  type FaultKind,
  type Fix,
  type Invariant,
  type Run,
} from '#src/model/index.ts'
import { faults } from '#helpers/faults.ts'
import { platforms } from '#helpers/listed.ts'
import { parsePolicy, policySchemaOf } from '#helpers/policy.ts'
import { parsePolicyBy } from '#src/model/policy/parse.ts'
import { newLab, runIn, usersOnly } from '#tests/drills/stage.ts'
import { smallest } from '#tests/model/policy.ts'
import { sample } from '#tests/reporting/sample.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { openTarget } from '#src/runs/target.ts'
import { root, textOf } from './source.ts'

const base = join(root, '.holdfast')
mkdirSync(base, { recursive: true })
const folder = mkdtempSync(join(base, 'recipes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The blocks of the page by the file that their first line names. */
const recipes = new Map(
  [...textOf('CONTRIBUTING.md').matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```/gm)].map(match => [
    match[1] ?? '',
    // A recipe imports its neighbour where a real one imports its platform.
    `// A recipe.\n${(match[2] ?? '').replaceAll('#helpers-of-this-page', '../helpers')}`,
  ]),
)
for (const [path, text] of recipes) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const load = async <T>(path: string): Promise<T> =>
  (await import(pathToFileURL(join(folder, path)).href)) as T

test('the page has a recipe for each thing that a person adds', () => {
  expect([...recipes.keys()]).toEqual([
    'specs/paused.spec.ts',
    'helpers/faults.ts',
    'helpers/fixes.ts',
    'specs/paused-drill.spec.ts',
    'helpers/hypervisor/policy.ts',
    'helpers/hypervisor/client.ts',
    'helpers/hypervisor/index.ts',
    'helpers/platforms.ts',
    'reporting/markdown/markdown.ts',
  ])
})

test('the recipes type-check', () => {
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      // Additions are compiled with the project: its platforms name their sections there.
      include: ['.', '../../helpers/policy.ts'],
    }),
  )
  const { stdout, status } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], {
    encoding: 'utf8',
    cwd: root,
  })
  expect([stdout, status]).toEqual(['', 0])
})

describe('on the lab', () => {
  type Pause = FaultKind<{ namespace: string; name: string }>

  test('the fault turns the invariant red, and the fix or the undo turns it green', async () => {
    const { deploymentsAreNotPaused: rule } = await load<{ deploymentsAreNotPaused: Invariant }>(
      'specs/paused.spec.ts',
    )
    const { pauseDeployment } = await load<{ pauseDeployment: Pause }>('helpers/faults.ts')
    const { resumeDeployments } = await load<{ resumeDeployments: Fix }>('helpers/fixes.ts')
    const policy = await loadPolicy('joelclaw')
    const { runtime } = await openTarget(settingsFrom({}), policy, { drills: true })
    const context = { runtime, policy, signal: new AbortController().signal }
    const look = async () => {
      const snapshot = await observe(rule.observe(policy), runtime, policy)
      const verdicts = judge(rule, snapshot, policy).map(({ verdict }) => verdict.kind)
      return { snapshot, worst: verdicts.includes('violated') ? 'violated' : verdicts[0] }
    }
    const record = await pauseDeployment({ namespace: 'joelclaw', name: 'bluesky-pds' }).prepare(
      context,
    )
    expect((await look()).worst).toBe('holds')

    await pauseDeployment.inject(record, context)
    const red = await look()
    expect(red.worst).toBe('violated')

    const acts = resumeDeployments.plan(answersOf(red.snapshot), policy)
    expect(acts.map(({ command }) => command)).toEqual([
      'kubectl rollout resume deployment/bluesky-pds -n joelclaw',
    ])
    for (const act of acts) await act.apply(runtime)
    expect((await look()).worst).toBe('holds')

    await pauseDeployment.inject(record, context)
    await pauseDeployment.undo(record, context)
    await pauseDeployment.undo(record, context)
    expect((await look()).worst).toBe('holds')
  })
})

test('the guards admit the drill, and the fix heals it', async () => {
  const { deploymentIsPaused } = await load<{ deploymentIsPaused: Drill }>(
    'specs/paused-drill.spec.ts',
  )
  const { resumeDeployments } = await load<{ resumeDeployments: Fix }>('helpers/fixes.ts')
  const { pauseDeployment } = await load<{ pauseDeployment: Fault }>('helpers/faults.ts')
  const { deploymentsAreNotPaused } = await load<{ deploymentsAreNotPaused: Invariant }>(
    'specs/paused.spec.ts',
  )
  // The index of the invariants adds one to the steady state of every drill.
  const steadyState = [...deploymentIsPaused.steadyState, deploymentsAreNotPaused]
  const listed = { ...deploymentIsPaused, steadyState }
  const result = await runIn(newLab(), listed, {
    ...usersOnly,
    faults: new Map([...faults, [pauseDeployment.name, pauseDeployment]]),
  })
  expect(result).toMatchObject({
    outcome: { kind: 'healed-by-fixes', fixes: [resumeDeployments.name] },
  })
})

test('the platform reads what a hypervisor says, and refuses silence', async () => {
  const { isRunning } = await load<{
    isRunning: (call: object, url: string, vm: number) => Promise<boolean>
  }>('helpers/hypervisor/client.ts')
  const call = (answer: object) => ({
    deadline: 1_000,
    signal: new AbortController().signal,
    runtime: { net: { http: async () => answer } },
  })
  const said = (status: string) => ({
    kind: 'answered',
    status: 200,
    body: JSON.stringify({ data: { status } }),
  })
  expect(await isRunning(call(said('running')), 'https://pve', 100)).toBe(true)
  expect(await isRunning(call(said('stopped')), 'https://pve', 100)).toBe(false)
  await expect(isRunning(call({ kind: 'silent' }), 'https://pve', 100)).rejects.toThrow(
    'the hypervisor does not tell the status of VM 100: silent',
  )
})

test('one line registers the platform, with its members and its program', async () => {
  const added = await load<Readonly<Record<string, AnyPlatform>>>('helpers/platforms.ts')
  expect(Object.keys(added)).toEqual(['hypervisor'])
  const line = /^export \{ \w+ \} from '\.\/[\w-]+\/index\.ts'$/
  const lines = (text: string) => text.split('\n').filter(each => each.startsWith('export'))
  const all = [
    ...lines(textOf('helpers/platforms.ts')),
    ...lines(recipes.get('helpers/platforms.ts')!),
  ]
  expect(all.filter(each => !line.test(each))).toEqual([])

  const schema = policySchemaOf([...platforms, ...Object.values(added)])
  const withVm = (vm: unknown) => ({
    ...smallest,
    nodes: [{ name: 'one', role: 'control-plane', vm }],
  })
  expect(() => parsePolicyBy(schema, withVm(100), 'policy.ts')).not.toThrow()
  expect(() => parsePolicyBy(schema, withVm('100'), 'policy.ts')).toThrow('nodes.0.vm: ')
  expect(() => parsePolicy(withVm(100), 'policy.ts')).toThrow(
    'nodes.0.vm: a policy has no such member here',
  )
  const { qm } = added['hypervisor']?.programs ?? {}
  expect(
    [
      ['status', '100'],
      ['stop', '100'],
    ].map(words => qm?.reads?.(words, () => false)),
  ).toEqual([true, false])
})

test('the report format lists what is violated', async () => {
  const { markdown } = await load<{ markdown: (run: Run) => string }>(
    'reporting/markdown/markdown.ts',
  )
  expect(markdown(sample)).toContain('- **critical-data-survive** · joelclaw/data-redis-0: ')
})
