// Compares the lab with the recorded node: every command of the list, with a real kubectl if
// HOLDFAST_KUBECTL names one.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands, wordsOf } from './commands/index.ts'
import { differences, type Difference } from './compare.ts'
import { kubectlPart, milestones, withPart } from './document.ts'
import { explained, idle, type Reason } from './explain.ts'
import { normal } from './normal.ts'
import { play, type Said } from './play.ts'
import { reasons } from './reasons.ts'
import { recorded } from './recording.ts'
import { servedSandbox, type World } from './worlds.ts'

const kubectl = env['HOLDFAST_KUBECTL'] ?? ''
const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'fidelity.md'), 'utf8')

describe('the list of commands', () => {
  test('is long, and covers what operators do', () => {
    expect(commands.length).toBeGreaterThanOrEqual(120)
    const verbs = new Set(commands.map(({ line }) => wordsOf(line)[0]))
    expect(
      [
        'get',
        'describe',
        'events',
        'logs',
        'exec',
        'taint',
        'cordon',
        'uncordon',
        'drain',
        'delete',
        'rollout',
        'scale',
        'set',
        'patch',
        'apply',
        'diff',
        'label',
        'annotate',
        'wait',
        'auth',
        'api-resources',
        'api-versions',
        'explain',
        'top',
        'port-forward',
        'create',
        'run',
        'expose',
        'replace',
      ].filter(verb => !verbs.has(verb)),
    ).toEqual([])
  })

  test('is the recorded list', () => {
    expect(recorded().map(({ id, line }) => ({ id, line }))).toEqual(
      commands.map(({ id, line }) => ({ id, line })),
    )
  })

  test('is split into words as a shell does', () => {
    expect(wordsOf(`get pods -l 'app in (a,b)' -o 'jsonpath={"\\n"}' --x="y z" <pod web>`)).toEqual(
      ['get', 'pods', '-l', 'app in (a,b)', '-o', 'jsonpath={"\\n"}', '--x=y z', '<pod web>'],
    )
  })

  test('is in docs/fidelity.md with its number', () => {
    expect(document).toContain(`\n${commands.length} commands (`)
    expect(document).not.toContain('**no reason yet**')
  })
})

describe('the normalisation', () => {
  test.each([
    ['pod/web-5d6cdbb877-46zx7   1/1   Running   0   42s', 'pod/web-HASH-RANDOM 1/1 Running 0 AGE'],
    ['uid: 60bb6720-fc1c-4846-94ce-244990510fce', 'uid: UID'],
    ['Start Time:  Sat, 21 Nov 2026 13:01:10 +0000', 'Start Time: TIME'],
    ['  resourceVersion: "360"', ' resourceVersion: "VERSION"'],
    ['https://127.0.0.1:32769 and 10.96.0.1:443', 'https://ADDRESS and ADDRESS:443'],
    [
      'Liveness:  http-get http://:http/health delay=0s timeout=1s period=10s',
      'Liveness: http-get http://:http/health delay=0s timeout=1s period=10s',
    ],
    ['op=Exists for 300s', 'op=Exists for 300s'],
    ['web   1/1   Running   1 (3m2s ago)   5m', 'web 1/1 Running 1 (AGE ago) AGE'],
    ['kube-flannel-4bcbv and redis-0', 'kube-flannel-RANDOM and redis-0'],
    ['kubernetes and deployments', 'kubernetes and deployments'],
  ])('%s', (text, expected) => {
    expect(normal(text)).toEqual([expected])
  })

  test('sorts events, and nothing else', () => {
    expect(normal('b\na')).toEqual(['b', 'a'])
    expect(normal('LAST SEEN   TYPE\nb\na')).toEqual(['LAST SEEN TYPE', 'a', 'b'])
  })
})

describe('a comparison', () => {
  const said = (stdout: string, code = 0): Said => ({
    id: 'x 1',
    line: 'get x',
    argv: ['get', 'x'],
    code,
    stdout,
    stderr: '',
  })

  test('finds lines that only one side has, and different exit codes', () => {
    expect(differences([said('a\nb\n')], [said('a\nc\n', 1)])).toEqual([
      {
        id: 'x 1',
        line: 'get x',
        odd: [
          { side: 'node', where: 'exit code', line: '0' },
          { side: 'lab', where: 'exit code', line: '1' },
          { side: 'node', where: 'stdout', line: 'b' },
          { side: 'lab', where: 'stdout', line: 'c' },
        ],
      },
    ])
    expect(differences([said('a')], [said('a')])).toEqual([])
  })

  test('of two lists is refused', () => {
    expect(() => differences([said('a')], [])).toThrow(
      'the two recordings are not of the same list of commands: ' +
        'record the node again (tests/fidelity/record.ts)',
    )
  })

  test('explains each line by the first matching reason, and lists unused reasons', () => {
    const because: Reason = { on: /^get/, lines: /^b$/, why: 'b is b' }
    const other: Reason = { on: /^list/, lines: /^/, why: 'never' }
    const rows = explained(differences([said('a\nb\nd')], [said('a')]), [because, other])
    expect(rows.map(({ odd, reason }) => [odd.map(({ line }) => line), reason?.why])).toEqual([
      [['b'], 'b is b'],
      [['d'], undefined],
    ])
    expect(idle(rows, [because, other])).toEqual([other])
  })
})

// Prints the reason for the skip, so that nobody mistakes silence for success.
if (kubectl === '')
  process.stdout.write(
    `tests/fidelity: ${commands.length} commands were not run, ` +
      'as HOLDFAST_KUBECTL names no kubectl. ' +
      'HOLDFAST_KUBECTL=$(command -v kubectl) npm test runs them.\n',
  )

describe.each(kubectl === '' ? [] : [kubectl])('the lab against the recorded node: %s', binary => {
  let world: World | undefined
  let found: readonly Difference[] = []
  beforeAll(async () => {
    world = await servedSandbox(binary)
    found = differences(recorded(), await play(world.stage, commands))
  }, 900_000)
  afterAll(() => world?.stop())

  test.each(commands)('$id: kubectl $line', ({ id }) => {
    expect(
      explained(
        found.filter(difference => difference.id === id),
        reasons,
      ).filter(({ reason }) => reason === undefined),
    ).toEqual([])
  })

  test('every reason still has a difference', () => {
    expect(idle(explained(found, reasons), reasons)).toEqual([])
  })

  test('docs/fidelity.md contains the result', () => {
    expect(document).toBe(withPart(document, milestones.kubectl, kubectlPart(found, reasons)))
  })
})
