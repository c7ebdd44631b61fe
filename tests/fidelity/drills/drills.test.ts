// The recorded drills: the lab still does what was recorded of it, and what differs from a node has
// its reason.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { milestones, withPart } from '#tests/fidelity/document.ts'
import { isNear, median, runsOf, sequencesOf, storiesOf, timesOf } from './compare.ts'
import { drillsPart, gaps, stories } from './document.ts'
import { drillReasons } from './reasons.ts'
import { compared, labPlace, type Run } from './stage.ts'
import { steps, type Seen } from './steps.ts'

const document = readFileSync(
  join(import.meta.dirname, '..', '..', '..', 'docs', 'fidelity.md'),
  'utf8',
)
const [lab, node] = [runsOf('lab'), runsOf('container')]

describe('the recorded drills', () => {
  test('are the compared ones, on both sides, and none is empty', () => {
    const names = compared.map(({ name }) => name).toSorted()
    expect([[...lab.keys()].toSorted(), [...node.keys()].toSorted()]).toEqual([names, names])
    // A node that is paused for less than the kubelet's grace has nothing to tell.
    expect(
      new Set(
        [...lab.values(), ...node.values()]
          .flat()
          .filter(run => stories(run) === 0)
          .map(({ drill }) => drill),
      ),
    ).toEqual(new Set(['node-container-paused']))
  })

  test('end the same way on both', () => {
    const kind = ({ outcome }: Run): string => outcome.split(':')[0] ?? ''
    const ends = (runs: ReadonlyMap<string, readonly Run[]>) =>
      Object.fromEntries(
        compared.map(({ name }) => [name, [...new Set((runs.get(name) ?? []).map(kind))]]),
      )
    expect(ends(lab)).toEqual(ends(node))
  })

  test('differ only with a reason, and every reason still has a difference', () => {
    const found = gaps(lab, node, drillReasons)
    expect(found.filter(({ reason }) => reason === undefined)).toEqual([])
    expect(drillReasons.filter(reason => !found.some(gap => gap.reason === reason))).toEqual([])
  })

  test('are in docs/fidelity.md', () => {
    expect(document).toBe(
      withPart(document, milestones.drills, drillsPart(lab, node, drillReasons)),
    )
  })

  test.each(['pod-deleted-by-force', 'node-comes-back-tainted'])(
    '%s is what the lab does today',
    async name => {
      const drill = compared.find(candidate => candidate.name === name)!
      const [today, recorded] = [await labPlace().run(drill, 1), lab.get(name)![0]!]
      expect({ outcome: today.outcome, stories: sequencesOf(today) }).toEqual({
        outcome: recorded.outcome,
        stories: sequencesOf(recorded),
      })
    },
  )
})

describe('a comparison', () => {
  const run = (own: Run['steps'], by = 5000): Run => ({
    drill: 'x',
    outcome: 'healed-by-itself',
    misses: [],
    milestones: [
      { milestone: 'injected', after: 0, by: 0 },
      { milestone: 'recovered', after: by - 1000, by },
    ],
    steps: [{ at: -9, of: 'b', description: 'there before' }, ...own],
  })

  test('of times uses the median, the spread and a tolerance', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5])
    expect(timesOf([run([]), run([], 7000)], 'recovered')).toEqual({
      median: 5500,
      from: 4000,
      to: 7000,
    })
    expect(timesOf([run([])], 'never')).toBeUndefined()
    const there = { median: 10, from: 9, to: 14 }
    expect([8, 14, 15].map(middle => isNear({ median: middle, from: 0, to: 0 }, there))).toEqual([
      true,
      true,
      false,
    ])
  })

  test('of steps ends at the recovery, and ignores the order of simultaneous changes', () => {
    const made = run([
      { at: 1, of: 'a', description: 'z' },
      { at: 30, of: 'a', description: 'y' },
      { at: 500, of: 'a', description: 'x' },
      { at: 6000, of: 'a', description: 'after' },
    ])
    expect(sequencesOf(made)).toEqual(new Map([['a', ['y', 'z', 'x']]]))
    expect(storiesOf([made], [run([{ at: 10, of: 'a', description: 'x' }])])).toEqual({
      same: 0,
      different: [{ of: 'a', lab: ['y', 'z', 'x'], node: ['x'] }],
    })
  })

  test('of steps keeps the order of events, and lists repetitions once', () => {
    const description = [
      'SandboxChanged',
      'Failed',
      'SandboxChanged',
      'Failed',
      'SandboxChanged',
      'Pulled',
      'Created',
    ]
    const made = run(
      description.map((text, index) => ({
        at: index,
        of: 'events of pod a/b 7',
        description: text,
      })),
    )
    expect(sequencesOf(made)).toEqual(
      new Map([
        [
          'events of pod a/b 1',
          ['SandboxChanged', 'Failed', 'SandboxChanged', 'Pulled', 'Created'],
        ],
      ]),
    )
    expect(sequencesOf(run([{ at: 1, of: 'a', description: 'restarts=4' }]))).toEqual(
      new Map([['a', ['restarted']]]),
    )
  })

  test('records changes by role', () => {
    const pod = (uid: string, status: NonNullable<Seen['status']>): Seen => ({
      kind: 'Pod',
      metadata: { name: `web-5d6cdbb877-${uid}`, namespace: 'shop', uid },
      status,
    })
    const heard = steps(['shop'])
    heard.hear('ADDED', pod('46zx7', { phase: 'Running' }), 0)
    heard.hear(
      'MODIFIED',
      pod('46zx7', { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }),
      5,
    )
    heard.hear(
      'MODIFIED',
      pod('46zx7', { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }),
      6,
    )
    heard.hear('ADDED', pod('bbbbb', { phase: 'Pending' }), 7)
    heard.hear('DELETED', pod('46zx7', {}), 8)
    heard.hear(
      'ADDED',
      {
        kind: 'Event',
        metadata: { name: 'e' },
        involvedObject: {
          kind: 'Pod',
          namespace: 'shop',
          name: 'web-5d6cdbb877-bbbbb',
          uid: 'bbbbb',
        },
        reason: 'Scheduled',
      },
      9,
    )
    expect(heard.list.map(({ of, description }) => `${of}: ${description}`)).toEqual([
      'pod shop/web 1: Ready=True',
      'pod shop/web 2: phase=Pending',
      'pod shop/web 2: restarts=0',
      'pod shop/web 2: deleted=false',
      'pod shop/web 1: gone',
      'events of pod shop/web 2: Scheduled',
    ])
  })
})
