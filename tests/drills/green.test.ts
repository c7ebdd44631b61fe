// Every drill in a healthy world: the stated healer heals it, every milestone is measured, there
// are no misses, and nothing is left behind.
import { describe, expect, test } from 'vitest'
import type { MilestoneName, Outcome, Phase } from '#src/model/index.ts'
import { drillOf, exitOf, newLab, onJoelclaw, runIn } from './stage.ts'
import { isInOrder, shapeOf } from './shape.ts'

const byFixes = (...fixes: readonly string[]): Outcome => ({ kind: 'healed-by-fixes', fixes })
const byItself: Outcome = { kind: 'healed-by-itself' }

interface Green {
  outcome: Outcome
  /** The milestones between `injected` and `undone`, in the order of time. */
  milestones: readonly MilestoneName[]
  phases?: readonly Phase[]
}

const watched: readonly Phase[] = ['prepare', 'inject', 'watch', 'heal', 'undo']
/** The fault affects no signal: only the invariants notice it. */
const unwatched: readonly Phase[] = ['prepare', 'inject', 'heal', 'undo']

/** Recorded with seed 1. */
const green: Readonly<Record<string, Green>> = {
  'restart-colima': {
    outcome: byFixes('remove-control-plane-taint'),
    milestones: [
      'detected',
      'api back',
      'nodes ready',
      'pods ready',
      'endpoints ready',
      'service answering',
      'recovered',
    ],
  },
  'colima-zombie': {
    outcome: byFixes('cycle-colima', 'remove-control-plane-taint'),
    milestones: [
      'detected',
      'api back',
      'nodes ready',
      'service answering',
      'endpoints ready',
      'pods ready',
      'recovered',
    ],
  },
  'flannel-pod-killed': { outcome: byItself, milestones: ['detected', 'pods ready', 'recovered'] },
  'flannel-crash-loops-without-br-netfilter': {
    outcome: byFixes('load-kernel-modules'),
    milestones: ['detected', 'pods ready', 'recovered'],
  },
  'flannel-loses-its-subnet': {
    outcome: byFixes('regenerate-kubeconfig', 'remove-control-plane-taint', 'restart-flannel'),
    milestones: [
      'api back',
      'nodes ready',
      'detected',
      'service answering',
      'pods ready',
      'endpoints ready',
      'recovered',
    ],
  },
  'node-comes-back-tainted': {
    outcome: byFixes('remove-control-plane-taint'),
    milestones: ['detected', 'pods ready', 'endpoints ready', 'service answering', 'recovered'],
  },
  'node-comes-back-cordoned': {
    outcome: byFixes('uncordon'),
    milestones: ['detected', 'pods ready', 'endpoints ready', 'service answering', 'recovered'],
  },
  'api-port-drifts': {
    outcome: byFixes('regenerate-kubeconfig', 'remove-control-plane-taint'),
    milestones: [
      'detected',
      'api back',
      'nodes ready',
      'pods ready',
      'endpoints ready',
      'service answering',
      'recovered',
    ],
  },
  'node-container-killed': {
    outcome: byFixes('start-node-container', 'regenerate-kubeconfig', 'remove-control-plane-taint'),
    milestones: [
      'detected',
      'api back',
      'nodes ready',
      'pods ready',
      'endpoints ready',
      'service answering',
      'recovered',
    ],
  },
  // The container was paused: no object in the API changed, so no pod or node lost its readiness.
  'node-container-paused': {
    outcome: byFixes('start-node-container'),
    milestones: ['detected', 'api back', 'service answering', 'recovered'],
  },
  'pds-nodeport-reset': {
    outcome: byFixes('patch-nodeport'),
    milestones: ['detected', 'service answering', 'recovered'],
  },
  'port-forward-dies-silently': {
    outcome: byFixes('end-dead-port-forward'),
    milestones: ['detected', 'recovered'],
    phases: unwatched,
  },
  'typesense-hangs': {
    outcome: byItself,
    milestones: ['detected', 'service answering', 'pods ready', 'endpoints ready', 'recovered'],
  },
  'image-missing': {
    outcome: byFixes('roll-back-workload'),
    milestones: ['detected', 'recovered'],
    phases: unwatched,
  },
  'typesense-hangs-unnoticed': {
    outcome: byFixes('restart-workload'),
    milestones: ['detected', 'pods ready', 'endpoints ready', 'service answering', 'recovered'],
  },
}

describe('a drill on a healthy world', () => {
  test('covers every drill', () => {
    expect(Object.keys(green).toSorted()).toEqual(onJoelclaw.map(({ name }) => name).toSorted())
  })

  test.for(Object.entries(green))(
    '%s',
    async ([name, { outcome, milestones, phases = watched }]) => {
      const result = await runIn(newLab(), drillOf(name))
      const shape = shapeOf(result)
      // The order of the signals of two services is random; the set of milestones is not.
      expect({ ...shape, milestones: shape.milestones.toSorted() }).toEqual({
        outcome,
        milestones: ['injected', ...milestones, 'undone'].toSorted(),
        phases,
        misses: [],
        unknown: [],
        leftBehind: [],
      })
      expect([shape.milestones[0], ...shape.milestones.slice(-2)]).toEqual([
        'injected',
        'recovered',
        'undone',
      ])
      expect(isInOrder(result)).toBe(true)
      expect(exitOf(result)).toBe(0)
    },
  )
})
