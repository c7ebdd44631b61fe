// The lab's Job controller: completions, retries and their end.
import { describe, expect, test } from 'vitest'
import { createFixture } from '#lab/control/fixture.ts'
import { template } from '#lab/control/fixture-objects.ts'
import type { ControlFixture } from '#lab/control/fixture.ts'
import type { Job } from '#lab/control/objects.ts'

const job = (spec: Partial<Job['spec']> = {}): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'once', namespace: 'demo' },
  spec: {
    template: template('once', made => Object.assign(made.spec, { restartPolicy: 'Never' })),
    ...spec,
  },
})
const run = (spec: Partial<Job['spec']>, fate: 'succeeded' | 'failed' | 'running', ms: number) => {
  const world = createFixture()
  world.fate = () => fate
  world.context.store.create(job(spec))
  world.pass(ms)
  return world
}
const read = ({ context }: ControlFixture) => context.store.get<Job>('Job', 'demo', 'once')
const conditions = (world: ControlFixture) =>
  read(world)?.status?.conditions?.map(({ type, reason, message }) => [type, reason, message])

describe('a Job', () => {
  test('is complete when enough of its pods have succeeded', () => {
    const world = run({ completions: 3, parallelism: 2 }, 'succeeded', 20_000)
    expect(conditions(world)).toEqual([
      ['SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods'],
      ['Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'],
    ])
    const { succeeded, active, completionTime } = read(world)?.status ?? {}
    expect([
      succeeded,
      active,
      completionTime !== undefined,
      world.messages('once').at(-1),
    ]).toEqual([3, undefined, true, 'Completed: Job completed'])
  })

  test('fails after its back-off limit, with pauses of 10 s and 20 s between the tries', () => {
    const world = run({ backoffLimit: 2 }, 'failed', 60_000)
    const made = world
      .pods()
      .map(
        pod =>
          Date.parse(pod.metadata.creationTimestamp ?? '') - Date.parse('2026-11-21T07:00:00Z'),
      )
    expect([conditions(world), read(world)?.status?.failed, made.map(ms => ms / 1000)]).toEqual([
      [
        ['FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'],
        ['Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'],
      ],
      3,
      [0, 12, 34],
    ])
  })

  test('without retries fails with its first pod', () => {
    const world = run({ backoffLimit: 0 }, 'failed', 30_000)
    expect([world.pods().length, world.messages('once').at(-1)]).toEqual([
      1,
      'BackoffLimitExceeded: Job has reached the specified backoff limit',
    ])
  })

  test('fails at its deadline, and deletes its pods', () => {
    const world = run({ activeDeadlineSeconds: 20 }, 'running', 30_000)
    expect([conditions(world)?.at(-1), world.pods().length]).toEqual([
      ['Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline'],
      0,
    ])
  })

  test('is removed with its pods after its time to live', () => {
    const world = run({ ttlSecondsAfterFinished: 300 }, 'succeeded', 290_000)
    const before = [read(world) !== undefined, world.pods().length]
    world.pass(20_000)
    expect([before, read(world), world.pods().length]).toEqual([[true, 1], undefined, 0])
  })

  test('replaces a deleted pod, and counts it as failed', () => {
    const world = run({}, 'running', 3000)
    world.deletePod(world.pods()[0]!.metadata.name)
    world.pass(20_000)
    expect([
      world.pods().map(pod => pod.status?.phase),
      read(world)?.status?.failed,
      read(world)?.status?.active,
    ]).toEqual([['Running'], 1, 1])
  })
})
