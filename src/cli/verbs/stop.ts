// `holdfast stop`: asks the active run of a cluster to undo its faults and end. From any machine
// with access.
import { stdout } from 'node:process'
import { askHolderToStop, lockedBy } from '#src/engine/lock/lock.ts'
import { askToStop } from '#src/engine/cluster-state/lease.ts'
import { whoHas } from '#src/engine/cluster-state/lease-object.ts'
import { until } from '#src/commands/until.ts'
import { errorMessage } from '#src/model/index.ts'
import type { Arguments } from '#src/cli/arguments.ts'
import { exits } from '#src/runs/process/exit.ts'
import { pendingJournalsIn } from '#src/runs/recovery/leftovers.ts'
import { lockFolder, ownKube, whoRuns, worldOf } from '#src/runs/process/state.ts'
import type { Target } from '#src/runs/opened.ts'
import { worldsOf } from '#src/runs/worlds.ts'

/**
 * How long to wait for the undo, ms: it may boot a VM. @source a real VM, recorded: start up to 394
 * s
 */
const patience = 600_000
const every = 1_000

type World = Pick<Target, 'runtime' | 'policy' | 'settings'>
type KubeOf = ReturnType<typeof ownKube>

interface Ending {
  code: number
  description: string
}

/** Asks every active run on a world, on this machine and elsewhere. Resolves with their holders. */
async function askAll(
  world: string,
  kube: KubeOf,
  note: (text: string) => void,
): Promise<readonly string[]> {
  const local = lockedBy(lockFolder(), world)
  if (local !== undefined) askHolderToStop(lockFolder(), world, whoRuns())
  const lease = await kube()
    .then(api => askToStop(api, whoRuns()))
    .catch((error: unknown) => {
      note(`The cluster could not be asked who else is at work: ${errorMessage(error)}.`)
      return undefined
    })
  return [...new Set([local?.identity, lease?.holder].filter(identity => identity !== undefined))]
}

/** Whether one of the asked runs is still active. */
async function isStillThere(
  asked: readonly string[],
  world: string,
  kube: KubeOf,
): Promise<boolean> {
  const here = lockedBy(lockFolder(), world)
  // While the API does not answer, do not wait for its lease.
  const there = await kube()
    .then(api => whoHas(api))
    .catch(() => undefined)
  return [here?.identity, there?.holder].some(
    identity => identity !== undefined && asked.includes(identity),
  )
}

function nobodyAtWork(world: string, stays: number, notes: readonly string[]): Ending {
  // A run that could not be asked may still be active.
  const nothing = notes.length === 0 ? exits.holds : exits.unknown
  const rest =
    stays === 0
      ? 'Nothing is injected.'
      : 'Something is injected, and no run is there to undo it. holdfast undo undoes it.'
  return {
    code: stays === 0 ? nothing : exits.undoIncomplete,
    description: [
      'Nobody is at work on ' +
        `${world}${notes.length === 0 ? '' : ', as far as this machine knows'}. ${rest}`,
      ...notes,
    ].join('\n'),
  }
}

const stopped = (stays: number, notes: readonly string[]): Ending =>
  stays === 0
    ? { code: exits.holds, description: ['Stopped; everything is undone.', ...notes].join('\n') }
    : {
        code: exits.undoIncomplete,
        description: [
          'Stopped, but something is still injected: ' +
            'holdfast status lists the faults, holdfast undo undoes them.',
          ...notes,
        ].join('\n'),
      }

const stillThere = (asked: readonly string[]): Ending => ({
  code: exits.undoIncomplete,
  description:
    `${asked.join(', ')} has not left within ${patience / 60_000} min. ` +
    'holdfast status lists the faults; holdfast undo undoes them once that process has ended.',
})

async function stopIn(target: World): Promise<Ending> {
  const { runtime, policy, settings } = target
  const world = worldOf(runtime, policy, settings) ?? policy.cluster
  const kube = ownKube(runtime, policy)
  const notes: string[] = []
  const asked = await askAll(world, kube, text => void notes.push(text))
  const left = async (): Promise<number> =>
    (await pendingJournalsIn({ runtime, policy, settings })).left.length
  if (asked.length === 0) return nobodyAtWork(world, await left(), notes)
  stdout.write(`Asked to stop: ${asked.join(', ')}. Waiting until it has undone its faults.\n`)
  const gone = await until(
    async () => ((await isStillThere(asked, world, kube)) ? undefined : true),
    { clock: runtime.clock, every, deadline: runtime.clock.now() + patience },
  )
  return gone === true ? stopped(await left(), notes) : stillThere(asked)
}

export async function stop(options: Arguments): Promise<number> {
  const codes: number[] = []
  for (const target of await worldsOf(options.settings)) {
    const { code, description } = await stopIn(target)
    stdout.write(`${description}\n`)
    codes.push(code)
  }
  if (codes.length === 0) stdout.write('No kept node.\n')
  return codes.find(code => code !== exits.holds) ?? exits.holds
}
