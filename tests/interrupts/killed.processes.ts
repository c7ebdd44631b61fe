// Real processes and real signals against a served lab: kill -9 at many moments followed by a new
// start, and two processes that compete for a cluster. It needs the host ports of the lab's world.
// If another program listens on one of them, it reports that and fails.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { loadPolicy } from '#src/runs/clusters.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import { findWorld } from '#lab/lab.ts'
import { serveLab } from '#lab/serve/index.ts'
import { differences, factsOf } from '#tests/drills/facts.ts'
import { start, type Running } from '#tests/project/running.ts'
import { root } from '#tests/project/source.ts'
import { comparable } from './runs.ts'

const world = await findWorld('joelclaw')
if (world === undefined) throw new Error('the lab has no world for joelclaw')
const served = await serveLab({
  world,
  manifests: manifestsOf('joelclaw'),
  seed: 1,
  speed: 1,
  port: 0,
  kubectl: true,
  node: execPath,
  failed: error => {
    throw error
  },
})
const folder = mkdtempSync(join(tmpdir(), 'holdfast-processes-'))
const taken = served.ports().taken
const policy = served.moved(await loadPolicy('joelclaw'))
const policyFile = join(folder, 'policy.json')
writeFileSync(
  policyFile,
  JSON.stringify({
    ...policy,
    identity: {
      ...policy.identity,
      kubeSystemUid: served.lab.context.store.get('Namespace', undefined, 'kube-system')?.metadata
        .uid,
    },
  }),
)
afterAll(async () => {
  await served.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** holdfast as a separate process, on the machine with this state folder. */
const holdfast = (args: readonly string[], machine = 'one'): Running =>
  start(
    join(root, 'bin', 'holdfast.mjs'),
    [...args, '--cluster', policyFile, '--reports', join(folder, 'reports')],
    {
      HOME: served.home,
      PATH: `${served.programs}:${env['PATH'] ?? ''}`,
      HOLDFAST_STATE: join(folder, machine),
    },
  )

const drill = (name: string, machine?: string): Running =>
  holdfast(['drill', name, '--target', 'live', '--yes'], machine)
const facts = async (): Promise<Record<string, unknown>> => comparable(await factsOf(served.lab))
const before = await facts()
/** The differences from before, after time to settle. */
async function differs(): Promise<readonly string[]> {
  for (let waited = 0; ; waited += 1_000) {
    const now = differences(before, await facts())
    // How long deleted pods may take to come back. @source joelclaw history: pods running within
    // 120 s
    if (now.length === 0 || waited > 120_000) return now
    await pause(1_000)
  }
}

/** Waits until the applications are healthy, because a drill begins only then. */
const well = async (): Promise<void> => {
  for (let tries = 0; tries < 40; tries += 1) {
    if (
      (await holdfast(['check', '--target', 'live']).ended).code !== 70 &&
      served.lab.context.store
        .list('Pod')
        .every(
          pod =>
            JSON.stringify(pod).includes('"type":"Ready","status":"True"') ||
            JSON.stringify(pod).includes('"status":"True","type":"Ready"'),
        )
    )
      return
    await pause(2_000)
  }
}

const machines = (): readonly string[] =>
  readdirSync(folder).filter(name => existsSync(join(folder, name, 'journal', 'joelclaw')))
const open = (): readonly string[] => [
  ...machines().flatMap(machine =>
    readdirSync(join(folder, machine, 'journal', 'joelclaw')).filter(name =>
      name.endsWith('.jsonl'),
    ),
  ),
  ...served.lab.context.store
    .list('ConfigMap')
    .filter(
      ({ metadata }) => metadata.namespace === 'holdfast' && metadata.name.startsWith('journal-'),
    )
    .map(({ metadata }) => metadata.name),
]

test('the ports of the world are free', () => {
  expect(taken).toEqual([])
})

/** Messages after which the test kills a drill, and the delay in ms. */
const points = [
  ['the steady state holds', 0],
  ['· inject ·', 0],
  ['· inject ·', 150],
  ['· inject ·', 400],
  ['· watch · lost', 500],
] as const

describe('kill -9, then a new start', () => {
  test.for([
    'node-comes-back-cordoned',
    'pds-nodeport-reset',
    'flannel-crash-loops-without-br-netfilter',
    'node-container-paused',
  ])('%s', async name => {
    for (const [index, [text, after]] of points.entries()) {
      const where = `${name}, ${after} ms after “${text}”`
      const running = drill(name)
      await running.saying(text)
      await pause(after)
      running.child.kill('SIGKILL')
      await running.ended
      // By a person, by another machine, or by the next command. A fault that takes the API away
      // also hides the journal's copy.
      const ways = [
        () => holdfast(['undo']),
        () => holdfast(['undo'], name === 'node-container-paused' ? 'one' : 'other'),
        () => holdfast(['heal', '--target', 'live']),
      ]
      const next = await ways[index % 3]!().ended
      expect([where, next.code === 0 || index % 3 === 2, next.said.includes('NOT undone')]).toEqual(
        [where, true, false],
      )
      expect([where, await differs()]).toEqual([where, []])
      await holdfast(['undo']).ended
      expect([where, open()]).toEqual([where, []])
      await well()
    }
  })
})

describe('a signal', () => {
  test.for([
    ['SIGINT', 130, '· inject ·'],
    ['SIGTERM', 143, '· watch · lost'],
    ['SIGHUP', 129, 'the steady state holds'],
  ] as const)(
    '%s has the drill undone at once, ends it with %i, and its report is written',
    async ([signal, code, text]) => {
      const running = drill('node-comes-back-cordoned')
      await running.saying(text)
      const sent = Date.now()
      running.child.kill(signal)
      await running.saying('· undo ·').catch(() => {})
      const undoingAfter = Date.now() - sent
      const end = await running.ended
      expect({
        code: end.code,
        soon: undoingAfter < 2_000,
        cordoned: JSON.stringify(served.lab.context.store.list('Node')).includes(
          'unschedulable":true',
        ),
      }).toEqual({ code, soon: true, cordoned: false })
      const latest = join(
        folder,
        'reports',
        readFileSync(join(folder, 'reports', 'latest'), 'utf8').trim(),
        'report.json',
      )
      expect(JSON.parse(readFileSync(latest, 'utf8'))).toMatchObject({
        verb: 'drill',
        drills: [
          {
            outcome: {
              kind: 'aborted',
              cause: { kind: 'stopped', reason: `stopped by ${signal}` },
            },
            leftBehind: [],
          },
        ],
      })
      expect([await differs(), open()]).toEqual([[], []])
      await well()
    },
  )
})

const leftAtOnce =
  /left at once\. (What stays, and how to undo it|Nothing of a drill is known to stay)/

test('a second Ctrl-C leaves at once and prints what stays; the next start undoes it', async () => {
  const running = drill('node-comes-back-cordoned')
  await running.saying('· inject · delete')
  running.child.kill('SIGINT')
  await running.saying('Once more to leave at once')
  running.child.kill('SIGINT')
  const end = await running.ended
  expect({
    code: end.code,
    left: leftAtOnce.test(end.said),
  }).toEqual({ code: 130, left: true })
  // How far the undo got by then is chance. Its messages must match what it left.
  expect(
    end.said.includes(
      `cordon joelclaw-controlplane-1: holdfast undo --target live --cluster ${policyFile}, ` +
        'or by hand: kubectl uncordon joelclaw-controlplane-1',
    ),
  ).toBe(open().length > 0)
  expect((await holdfast(['undo']).ended).code).toBe(0)
  expect([await differs(), open()]).toEqual([[], []])
  await well()
})

const refusedByTheOther = new RegExp(
  'one-at-a-time: drill node-comes-back-cordoned of |' +
    'Another holdfast is at work on joelclaw: drill node-comes-back-cordoned, by ',
)

describe('two processes that start a drill on the same cluster', () => {
  test('exactly one drills; the other undoes it when it is killed: 5 rounds', async () => {
    for (let round = 0; round < 5; round += 1) {
      const elsewhere = round % 2 === 0 ? 'one' : 'other'
      const first = drill('node-comes-back-cordoned')
      await first.saying('· inject ·')
      const refused = await drill('pds-nodeport-reset', elsewhere).ended
      // The guards report it before the lock. If they saw no renewal in time, the lock reports it.
      const told = refusedByTheOther.test(refused.said.replaceAll(/\s+/g, ' '))
      expect([round, refused.code, told]).toEqual([round, 4, true])
      first.child.kill('SIGKILL')
      await first.ended
      const second = drill('pds-nodeport-reset', elsewhere)
      await second.saying('undoing what node-comes-back-cordoned')
      await second.saying('undone: cordon joelclaw-controlplane-1')
      second.child.kill('SIGTERM')
      await second.ended
      expect([round, await differs(), open().filter(name => !name.includes('cordoned'))]).toEqual([
        round,
        [],
        [],
      ])
      await holdfast(['undo']).ended
      expect([round, open()]).toEqual([round, []])
      await well()
    }
  })

  test('holdfast stop on another machine: the drill undoes and ends; status shows it', async () => {
    const running = drill('node-comes-back-cordoned')
    await running.saying('· inject · delete')
    expect(await holdfast(['status'], 'other').ended).toMatchObject({
      code: 3,
      said: expect.stringMatching(
        new RegExp(
          String.raw`cordon joelclaw-controlplane-1[\s\S]*` +
            String.raw`At work \(as the cluster knows\): drill node-comes-back-cordoned, by `,
        ),
      ) as string,
    })
    const stopped = await holdfast(['stop'], 'other').ended
    expect(stopped).toMatchObject({
      code: 0,
      said: expect.stringContaining('Stopped; everything is undone.') as string,
    })
    expect((await running.ended).said).toContain('stopped by ')
    expect(await holdfast(['status'], 'other').ended).toEqual({
      code: 0,
      said: 'Nothing is injected on joelclaw.\nNobody is at work on it.\n',
    })
    expect([await differs(), open()]).toEqual([[], []])
  })
})
