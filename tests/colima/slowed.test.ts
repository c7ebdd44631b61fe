// A slowed runtime: its users see its own time, and wait longer in the host's time.
import { expect, test } from 'vitest'
import { scripted } from '#tests/runtime/scripted.ts'
import { slowed } from './slowed.ts'

test('deadlines and pauses grow on a slow host; durations stay those of a fast one', async () => {
  const { runtime, asked, slept, close } = scripted({
    commands: { 'ssh -o ConnectTimeout=12 vm': {} },
    impatient: true,
  })
  const slow = slowed(runtime, 4)
  const began = slow.clock.now()
  await slow.clock.sleep(1_000)
  const ended = await slow.shell.run(['ssh', '-o', 'ConnectTimeout=3', 'vm'], { deadline: 8_000 })
  expect({
    slept,
    passed: slow.clock.now() - began,
    asked: asked.map(({ deadline }) => deadline),
    tookMs: ended.tookMs,
  }).toEqual({ slept: [4_000], passed: 1_000, asked: [32_000], tookMs: 10 })
  await close()
})

test('without a factor the time is the host’s', async () => {
  const { runtime, close } = scripted({ commands: { true: {} }, impatient: true })
  expect((await slowed(runtime, 1).shell.run(['true'], { deadline: 8_000 })).tookMs).toBe(
    (await runtime.shell.run(['true'], { deadline: 8_000 })).tookMs,
  )
  await close()
})
