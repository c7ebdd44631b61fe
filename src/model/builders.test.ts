// The functions that define invariants, faults, drills and fixes: inert data with a contract.
import { describe, expect, expectTypeOf, test } from 'vitest'
import { newModel, breaking } from '#tests/model/model.ts'
import { policyWith } from '#tests/model/policy.ts'
import { drill } from './drill/drill.ts'
import {
  fault,
  type BoundFault,
  type FaultDefinition,
  type FaultContext,
  type Json,
} from './fault.ts'
import { fix } from './fix.ts'
import { invariant, notApplicable, unknown, type Subject } from './invariant.ts'
import { Unanswered, answersOf } from './question.ts'
import type { Duration } from './units.ts'

const policy = policyWith()
const answers = answersOf({
  version: 1,
  cluster: 'small',
  target: { kind: 'lab', description: '' },
  startedAt: 0,
  endedAt: 0,
  answers: {},
})

describe('invariant', () => {
  interface Port extends Subject {
    host: number
  }
  const ports = invariant<Port>({
    name: 'ports-are-even',
    title: 'every port is even',
    reason: 'odd ones are ugly',
    subjects: () => [{ name: 'redis', host: 6379 }],
    observe: () => [],
    judge: ({ host }) =>
      host % 2 === 0 ? [] : [{ code: 'odd', seen: `${host}`, expected: 'even', remedy: 'add 1' }],
  })

  test('passes its own subjects to its own judge', () => {
    expect(ports.kind).toBe('invariant')
    expect(ports.subjects(policy).map(subject => ports.judge(subject, answers, policy))).toEqual([
      [{ code: 'odd', seen: '6379', expected: 'even', remedy: 'add 1' }],
    ])
  })

  test('finds nothing beyond the policy without discover', () => {
    expect(ports.discover(answers, policy)).toEqual([])
  })

  test('a judge can end with a reason: not applicable, or unknown', () => {
    expect(() => notApplicable('the cluster has no workers')).toThrow(
      new Unanswered({
        kind: 'not-applicable',
        cause: { kind: 'out-of-scope', reason: 'the cluster has no workers' },
      }),
    )
    expect(() => unknown('the kubelet is silent')).toThrow(
      new Unanswered({
        kind: 'unknown',
        cause: { kind: 'doubtful', reason: 'the kubelet is silent' },
      }),
    )
    expectTypeOf(unknown).returns.toBeNever()
  })
})

describe('fault', () => {
  const context = (model = newModel()): FaultContext => ({
    runtime: model.runtime,
    policy,
    signal: new AbortController().signal,
  })

  test('with its parameters, it describes itself and does nothing until it is asked', () => {
    const model = newModel()
    const { prepare, ...bound } = breaking(model)('redis')
    expect(bound).toEqual({
      name: 'part.break',
      description: 'break redis',
      blast: 'pod',
      needs: [],
    })
    expectTypeOf(prepare).returns.resolves.toEqualTypeOf<Json>()
    expect(model.deeds).toEqual([])
  })

  test('prepare reads the state; inject and undo know only the record, even if saved', async () => {
    const model = newModel()
    const kind = breaking(model)
    const record: Json = JSON.parse(
      JSON.stringify(await kind('redis').prepare(context(model))),
    ) as Json
    expect(record).toEqual({ part: 'redis', was: 'up' })
    await kind.inject(record, context(model))
    expect(model.state('redis')).toBe('down')
    await kind.undo(record, context(model))
    await kind.undo(record, context(model))
    expect(model.state('redis')).toBe('up')
    expect(kind.manualUndo(record)).toBe('start redis by hand')
  })

  test('the kind has the name of the fault, by which a journal finds it', () => {
    const { kind, name, blast } = breaking(newModel())
    expect({ kind, name, blast }).toEqual({ kind: 'fault', name: 'part.break', blast: 'pod' })
  })

  test('only JSON can be a parameter or a record: no function, no date, no undefined', () => {
    expectTypeOf<{ pod: string; replicas: readonly number[]; node: null }>().toExtend<Json>()
    expectTypeOf<() => void>().not.toExtend<Json>()
    expectTypeOf<{ pod: string; undo: () => Promise<void> }>().not.toExtend<Json>()
    expectTypeOf<readonly [string, () => void]>().not.toExtend<Json>()
    expectTypeOf<{ at: Date }>().not.toExtend<Json>()
    expectTypeOf<Map<string, string>>().not.toExtend<Json>()
    expectTypeOf<undefined>().not.toExtend<Json>()
    expectTypeOf<{ pod: string | undefined }>().not.toExtend<Json>()
    expectTypeOf<bigint>().not.toExtend<Json>()
    // `fault` accepts only definitions with a JSON record.
    expectTypeOf(fault<string, { pod: string }>)
      .parameter(0)
      .toEqualTypeOf<FaultDefinition<string, { pod: string }>>()
    expectTypeOf(fault<string, string>).returns.returns.toEqualTypeOf<BoundFault>()
  })
})

describe('drill and fix', () => {
  test('are data of their kind, otherwise as written', () => {
    const bare = {
      name: 'a-drill',
      title: '',
      incident: { story: '', source: '' },
      steadyState: [],
      faults: () => [],
      breaks: [],
      healer: 'cluster',
      expects: [],
      budgets: { recovered: '60 s' },
      stability: '30 s',
    } as const
    const { faults, faultsOn, ...made } = drill(bare)
    expect({ ...made, faults: bare.faults }).toEqual({ ...bare, kind: 'drill' })
    expect([faults(policy), faultsOn(policy)]).toEqual([[], []])
    const repair = {
      name: 'a-fix',
      title: '',
      reason: '',
      harm: 'none',
      settles: '1 s',
      observe: () => [],
      plan: () => [],
    } as const
    expect(fix(repair)).toEqual({ ...repair, kind: 'fix' })
  })

  test('durations have units, and a drill has a budget for its recovery', () => {
    expectTypeOf<Parameters<typeof drill>[0]['stability']>().toEqualTypeOf<Duration>()
    expectTypeOf<{ recovered: '60 s'; detected: '10 s' }>().toExtend<
      Parameters<typeof drill>[0]['budgets']
    >()
    expectTypeOf<{ detected: '10 s' }>().not.toExtend<Parameters<typeof drill>[0]['budgets']>()
    expectTypeOf<{ recovered: 60 }>().not.toExtend<Parameters<typeof drill>[0]['budgets']>()
  })
})
