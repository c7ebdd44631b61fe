// Guards, plans and roles from the command line: what is printed, and the exit code.
import { eventText } from '#src/reporting/sentences.ts'
import type { DrillEvent } from '#src/model/index.ts'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { holdfast, holdfasts, temporary } from '#tests/project/process.ts'

const folder = temporary()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a plan exits with 0 if the drill may begin and with 4 if a guard refuses it', async () => {
  const plan = [
    'drill',
    'node-comes-back-cordoned',
    '--dry-run',
    '--reports',
    join(folder, 'plans'),
  ]
  const [good, refused] = await holdfasts([plan, [...plan, '--after', 'pds-nodeport-reset']])
  if (good === undefined || refused === undefined) throw new Error('the batch lost one')
  expect([good.code, good.stdout.trimEnd().split('\n').at(-1)]).toEqual([
    0,
    'It may begin. Nothing was changed.',
  ])
  expect([refused.code, refused.stdout.trimEnd().split('\n').at(-1)]).toEqual([
    4,
    'It would be refused. Nothing was changed.',
  ])
  expect(refused.stdout).toContain(
    '× steady-state        refuses: the cluster is not healthy before the drill, ' +
      'or its health is unknown (to allow it: --allow steady-state)',
  )
})

test('a refused drill names the flag that allows it, and runs with that flag', async () => {
  const words = [
    'drill',
    'node-comes-back-cordoned',
    '--after',
    'pds-nodeport-reset',
    '--disable',
    'patch-nodeport',
    '--reports',
    join(folder, 'drilled'),
  ]
  const [refused, allowed, mistaken] = await holdfasts([
    words,
    [...words, '--allow', 'steady-state', '--json'],
    [...words, '--allow', 'identity'],
  ])
  if (refused === undefined || allowed === undefined || mistaken === undefined)
    throw new Error('the batch lost one')
  expect([
    refused.code,
    refused.stdout.replaceAll(/\s+/g, ' ').includes('(to allow it: --allow steady-state)'),
  ]).toEqual([4, true])
  const report = JSON.parse(allowed.stdout) as {
    drills: readonly { outcome: { kind: string }; timeline: readonly { event: DrillEvent }[] }[]
  }
  expect([
    report.drills[0]?.outcome.kind,
    report.drills[0]?.timeline.some(({ event }) =>
      eventText(event).startsWith('allowed by --allow steady-state: steady-state: '),
    ),
  ]).toEqual(['healed-by-fixes', true])
  expect([mistaken.code, mistaken.stderr.trim()]).toEqual([
    64,
    'holdfast: --allow identity: this guard cannot be overruled. Point the kubeconfig at the ' +
      'cluster that the policy means, or correct identity.kubeSystemUid in the policy.',
  ])
})

test('roles are YAML that names its drills, and no others', async () => {
  const { code, stdout } = await holdfast(['rbac', 'node-comes-back-*'])
  const kinds = parseAllDocuments(stdout).map(
    document => (document.toJS() as { kind: string }).kind,
  )
  expect([
    code,
    stdout.split('\n')[2],
    kinds.slice(0, 4),
    stdout.includes('typesense-hangs'),
    stdout.includes('deployments'),
  ]).toEqual([
    0,
    '# node-comes-back-cordoned, node-comes-back-tainted.',
    ['Namespace', 'ServiceAccount', 'ServiceAccount', 'ServiceAccount'],
    false,
    true,
  ])
})
