// Who may start a live drill: --yes, or the cluster's name typed below the plan.
import { describe, expect, test } from 'vitest'
import { messageOf } from '#tests/runtime/scripted.ts'
import type { DrillPlan } from '#src/model/index.ts'
import { requireConsent, type Prompt } from './confirm.ts'
import { RefusedError } from './process/refusal.ts'
import { settingsFrom, UsageError } from './settings.ts'

const settings = settingsFrom({ HOLDFAST_TARGET: 'live' })

const plan: DrillPlan = {
  drill: 'node-comes-back-cordoned',
  description: 'a cordon is noticed',
  on: [],
  target: { kind: 'live', description: 'the live cluster' },
  notApplicable: undefined,
  faults: [
    {
      as: 'fault',
      fault: 'node.cordon',
      description: 'cordon node a',
      blast: 'node',
      impacts: ['Node a'],
      record: { node: 'a' },
      unprepared: undefined,
      begins: undefined,
      manualUndo: 'kubectl uncordon a',
      deadMan: { why: 'none here' },
    },
  ],
  guards: [],
  refusals: [],
  budgets: { recovered: '60 s' },
  stability: '60 s',
  healer: 'holdfast',
  always: [],
  fixes: ['uncordon'],
  podsLost: [],
}

/** A prompt at which a person types `typed`, and everything that it shows and asks. */
function at(typed: string | undefined, attended = true): { prompt: Prompt; seen: string[] } {
  const seen: string[] = []
  return {
    seen,
    prompt: {
      attended,
      show: text => void seen.push(text),
      ask: async question => (seen.push(question), typed),
    },
  }
}

const consent = (
  prompt: Prompt,
  options: { yes?: boolean; target?: 'lab' | 'live'; plans?: readonly DrillPlan[] } = {},
): Promise<void> =>
  requireConsent(
    { settings: { ...settings, target: options.target ?? 'live' }, yes: options.yes ?? false },
    {
      cluster: 'joelclaw',
      doing: 'drill node-comes-back-cordoned',
      plans: async () => options.plans ?? [plan],
    },
    prompt,
  )

describe('a live drill', () => {
  test('starts when a person types the cluster’s name below the plan', async () => {
    const { prompt, seen } = at('joelclaw\r')
    await consent(prompt)
    expect(seen).toHaveLength(2)
    expect(seen[0]).toContain('Node a')
    expect(seen[0]).toContain('kubectl uncordon a')
    expect(seen[1]).toBe(
      'This acts on a real cluster. Type its name (joelclaw) to let drill ' +
        'node-comes-back-cordoned begin: ',
    )
  })

  test.for([
    [
      'another name',
      'joelclow',
      'Nothing was changed: “joelclow” is not the name of this cluster (joelclaw).',
    ],
    ['a yes', 'y', 'Nothing was changed: “y” is not the name of this cluster (joelclaw).'],
    ['nothing', '', 'Nothing was changed: no name was typed.'],
    ['the end of the input', undefined, 'Nothing was changed: no name was typed.'],
  ] as const)('is refused for %s', async ([, typed, message]) => {
    const refused = consent(at(typed).prompt)
    await expect(refused).rejects.toThrow(RefusedError)
    expect(await messageOf(refused)).toBe(message)
  })

  test('is refused without a prompt if a guard refuses it', async () => {
    const { prompt, seen } = at('joelclaw')
    const refused = consent(prompt, {
      plans: [
        {
          ...plan,
          refusals: [
            {
              guard: 'last-volume-copy',
              objections: [{ of: 'default/data', kind: 'only-copy', volume: 'pv-data' }],
              remedy: '',
            },
          ],
        },
      ],
    })
    await expect(refused).rejects.toThrow(RefusedError)
    expect(await messageOf(refused)).toContain('guards refuse node-comes-back-cordoned')
    expect(seen).toHaveLength(1)
  })

  test('without a terminal needs --yes, and plans nothing', async () => {
    const { prompt, seen } = at('joelclaw', false)
    const mistaken = consent(prompt)
    await expect(mistaken).rejects.toThrow(UsageError)
    expect(await messageOf(mistaken)).toContain('Add --yes to start it')
    expect(seen).toEqual([])
  })

  test('with --yes, or on a lab, starts without a prompt', async () => {
    const { prompt, seen } = at(undefined)
    await consent(prompt, { yes: true })
    await consent(prompt, { target: 'lab' })
    expect(seen).toEqual([])
  })
})
