// A policy outside the project, whose clauses have ids of their own: every verb works with it.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import sandbox from '#clusters/sandbox/policy.ts'
import type { ClauseInput, PolicyInput } from '#src/model/index.ts'
import { projectRoot } from '#src/project-root.ts'
import { runSchema } from '#src/reporting/json.ts'
import { holdfast, holdfasts } from '#tests/project/process.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-elsewhere-'))
const reports = join(folder, 'reports')
cpSync(join(projectRoot, 'clusters/sandbox/manifests'), join(folder, 'manifests'), {
  recursive: true,
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const source = 'Shop, operating notes'
const story = 'a cordon closed the shop for an hour'
const clauses: ClauseInput[] = [
  {
    id: 'shop.takes-orders',
    kind: 'must',
    statement: 'The shop accepts orders on every node.',
    source,
    story,
    provenBy: ['nodes-are-schedulable', 'drill:node-comes-back-cordoned', 'fix:uncordon'],
  },
  {
    id: 'shop.keeps-orders',
    kind: 'must',
    statement: 'No healer deletes the claim with the orders.',
    source,
    provenBy: ['guard:delete-claim'],
  },
  {
    id: 'shop.opens-abroad',
    kind: 'rule',
    statement: 'A second cluster abroad takes over within an hour.',
    source,
    status: 'planned',
  },
]

/** Writes a policy with these clauses and returns the path of its file. */
function policyFile(name: string, change: Partial<PolicyInput>): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify({ ...sandbox, description: 'the shop', clauses, ...change }))
  return path
}
const shop = policyFile('shop.json', {})

describe.concurrent('a policy outside the project', () => {
  test('list shows its clauses with their proofs', async () => {
    const { code, stdout } = await holdfast(['list', '--cluster', shop])
    expect(code).toBe(0)
    expect(stdout).toContain('Clauses: 3, 2 proven, 1 planned, 0 active and unproven')
    expect(stdout).toContain(
      'invariants nodes-are-schedulable; drills node-comes-back-cordoned; fixes uncordon',
    )
    expect(stdout).toContain('guards delete-claim')
  })

  test('explain goes from a clause to its proofs and back', async () => {
    const { code, stdout } = await holdfast([
      'explain',
      'shop.takes-orders',
      'nodes-are-schedulable',
      'drill:node-comes-back-cordoned',
      'fix:uncordon',
      '--cluster',
      shop,
    ])
    expect(code).toBe(0)
    expect(stdout.split(`shop.takes-orders: ${source}`)).toHaveLength(4)
    expect(stdout.split(story)).toHaveLength(3)
  })

  test('--only selects its ids, and the report shows its matrix and story', async () => {
    const { code, stderr } = await holdfast([
      'check',
      '--cluster',
      shop,
      '--only',
      'shop.*',
      '--after',
      'node-comes-back-cordoned',
      '--reports',
      reports,
    ])
    expect({ code, stderr }).toMatchObject({ code: 1 })
    const latest = join(reports, readFileSync(join(reports, 'latest'), 'utf8').trim())
    const run = runSchema.parse(JSON.parse(readFileSync(join(latest, 'report.json'), 'utf8')))
    expect(run.invariants.map(({ name, clauses: ids }) => ({ name, ids }))).toEqual([
      { name: 'nodes-are-schedulable', ids: ['shop.takes-orders'] },
    ])
    expect(run.coverage.map(({ clause }) => clause.id)).toEqual(clauses.map(({ id }) => id))
    const page = readFileSync(join(latest, 'report.html'), 'utf8')
    expect(page).toContain(story)
    expect(page).toContain('shop.opens-abroad')
  })

  test('--only plans its drills', async () => {
    const { code, stdout } = await holdfast([
      'drill',
      '--only',
      'shop.*',
      '--dry-run',
      '--cluster',
      shop,
    ])
    expect(code).toBe(0)
    expect(stdout).toContain('node-comes-back-cordoned')
  })

  test('a drill in a lab without its world is a mistake of usage, not a bug', async () => {
    const own = policyFile('own.json', { cluster: 'own' })
    const { code, stderr } = await holdfast([
      'drill',
      'node-comes-back-cordoned',
      '--cluster',
      own,
      '--reports',
      reports,
    ])
    expect(code).toBe(64)
    expect(stderr).toMatch(/no world for “own” yet.*Use --target live for a cluster of your own/)
  })

  test('an active clause without a proof and an unknown proof are errors', async () => {
    const clause: ClauseInput = {
      id: 'shop.opens',
      kind: 'must',
      statement: 'The shop opens.',
      source,
    }
    const bare = policyFile('bare.json', { clauses: [clause] })
    const typo = policyFile('typo.json', {
      clauses: [{ ...clause, provenBy: ['drill:restart-colina'] }],
    })
    const [unproven, unknown, checked] = await holdfasts([
      ['list', '--cluster', bare],
      ['list', '--cluster', typo],
      ['check', '--cluster', typo],
    ])
    expect(unproven).toMatchObject({ code: 1 })
    expect(unproven?.stdout).toContain('× NOTHING PROVES IT')
    expect(unknown?.code).toBe(64)
    expect(unknown?.stderr).toMatch(
      new RegExp(
        'typo\\.json[^]*shop\\.opens\\.provenBy: “drill:restart-colina”.*' +
          'Did you mean “drill:restart-colima”',
      ),
    )
    expect(checked).toMatchObject({ code: 64, stderr: unknown?.stderr })
  })
})
