// A drill heals what it broke. Violations from before it are left to `holdfast heal`.
import { expect, test } from 'vitest'
import { faults } from '#helpers/faults.ts'
import { readOnly } from '#helpers/forbidden/read-only.ts'
import { askGuards, nothingAllowed, type GuardContext } from '#src/engine/guards/ask.ts'
import { planDrill } from '#src/engine/guards/plan.ts'
import type { Runtime } from '#src/model/index.ts'
import type { Lab } from '#lab/lab.ts'
import { drillOf, newLab, nodeName, policy, runtimeOf, runIn } from '#tests/drills/stage.ts'

/** A cluster that had a violation before: its node container has another restart policy. */
function imperfectLab(): Lab {
  const lab = newLab()
  lab.host.faultControls.container(nodeName, { restartPolicy: 'no' })
  return lab
}

const unsteadyAllowed: GuardContext = { ...nothingAllowed, allowed: new Set(['steady-state']) }

/** The lab's runtime, with a record of every command. */
function recorded(lab: Lab): { runtime: Runtime; commands: string[] } {
  const runtime = runtimeOf(lab)
  const commands: string[] = []
  return {
    commands,
    runtime: {
      ...runtime,
      shell: {
        run: (argv, options) => {
          commands.push(argv.join(' '))
          return runtime.shell.run(argv, options)
        },
      },
    },
  }
}

/** Runs a drill on such a cluster, whose unsteady state a person has allowed. */
async function drillOnImperfect(name: string) {
  const lab = imperfectLab()
  const { runtime, commands } = recorded(lab)
  const result = await runIn(lab, drillOf(name), {
    runtime,
    guard: drill => askGuards(drill, runtime, policy, unsteadyAllowed),
  })
  return { result, commands }
}

const updates = (commands: readonly string[]) =>
  commands.filter(command => command.includes(' update '))

test('a restart policy that was wrong before the drill is not written', async () => {
  const { result, commands } = await drillOnImperfect('node-comes-back-cordoned')
  expect(result.outcome).toEqual({ kind: 'healed-by-fixes', fixes: ['uncordon'] })
  expect(updates(commands)).toEqual([])
})

test('a fix repairs what the drill broke, and not what was broken before', async () => {
  const { result, commands } = await drillOnImperfect('node-container-killed')
  expect(result.outcome).toMatchObject({
    kind: 'healed-by-fixes',
    fixes: expect.arrayContaining(['start-node-container']),
  })
  expect(commands.some(command => command.includes(` start ${nodeName}`))).toBe(true)
  expect(updates(commands)).toEqual([])
})

test('the plan names the fixes that can be called for, and no other', async () => {
  const drill = drillOf('node-comes-back-cordoned')
  const planned = async (lab: Lab) =>
    (await planDrill(drill, runtimeOf(lab), policy, { faults, readOnly }, unsteadyAllowed)).fixes
  const [whole, imperfect] = [await planned(newLab()), await planned(imperfectLab())]
  expect(whole).toContain('reassert-container-settings')
  expect(imperfect).toEqual(whole.filter(name => name !== 'reassert-container-settings'))
})
