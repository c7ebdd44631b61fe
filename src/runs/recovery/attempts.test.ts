// Cooldowns outlive a run: the next run knows which fixes were tried, as long as it matters.
import { freshMemory } from '#src/engine/heal/memory.ts'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { contextOf, healingTexts } from '#tests/model/healing.ts'
import { newModel } from '#tests/model/model.ts'
import { heal } from '#src/engine/heal/heal.ts'
import { saveAttempts, loadAttempts } from './attempts.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-attempts-'))
  env['HOLDFAST_STATE'] = folder
})
afterEach(() => {
  delete env['HOLDFAST_STATE']
  rmSync(folder, { recursive: true, force: true })
})

const silent = (): void => {}
const minute = 60_000

test('the next run does not repeat a failed fix before its cooldown is over', async () => {
  const model = newModel()
  model.set('web', 'down')
  const fix = model.fix('web', { cooldown: '900 s', settles: '10 s', act: async () => {} })
  const run = async (): Promise<readonly string[]> => {
    const memory = await loadAttempts('a', [fix], model.clock.now(), silent)
    const { context } = contextOf(model, [model.invariant('web', { healedBy: [fix] })], {
      memory,
      remember: tried => saveAttempts('a', tried, [fix], model.clock.now(), silent),
    })
    return healingTexts((await heal(context, { apply: true })).healings)
  }
  expect(await run()).toEqual(['start-web: did not help'])
  await model.clock.sleep(minute)
  expect(await run()).toEqual(['start-web: held: it was tried less than 900 s ago'])
  await model.clock.sleep(15 * minute)
  expect(await run()).toEqual(['start-web: did not help'])
  // Three times in one run would be too often; once a night is not.
  expect(JSON.parse(readFileSync(join(folder, 'attempts', 'a.json'), 'utf8'))).toMatchObject({
    lastAt: { 'start-web': expect.any(Number) as number },
  })
})

test('a failed restart holds heavy fixes in the next run for at most half an hour', async () => {
  const model = newModel()
  const now = model.clock.now()
  await saveAttempts('a', { ...freshMemory(), backoffUntil: now + 20 * minute }, [], now, silent)
  expect((await loadAttempts('a', [], now + minute, silent)).backoffUntil).toBe(now + 20 * minute)
  // A clock that was set back.
  expect((await loadAttempts('a', [], now - 600 * minute, silent)).backoffUntil).toBe(
    now - 570 * minute,
  )
})

test('forgets past cooldowns and removed fixes, and reports an unreadable file', async () => {
  const model = newModel()
  const [fix, now] = [model.fix('web', { cooldown: '60 s' }), model.clock.now()]
  await saveAttempts(
    'a',
    {
      ...freshMemory(),
      attempts: new Map([
        ['start-web', { times: 3, lastAt: now }],
        ['gone', { times: 1, lastAt: now }],
      ]),
    },
    [fix],
    now,
    silent,
  )
  expect([...(await loadAttempts('a', [fix], now + 59_000, silent)).attempts]).toEqual([
    ['start-web', { times: 0, lastAt: now }],
  ])
  expect([...(await loadAttempts('a', [fix], now + 60_000, silent)).attempts]).toEqual([])
  const said: string[] = []
  writeFileSync(join(folder, 'attempts', 'a.json'), '{"holdfast":"attempts","version":9}')
  expect([
    (await loadAttempts('a', [fix], now, message => said.push(message))).attempts.size,
    said.length,
    said[0]?.startsWith('what was tried before is not known'),
  ]).toEqual([0, 1, true])
})
