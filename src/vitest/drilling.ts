// Runs drill specs: settings from the environment, the policy, and a target for each drill. Loaded
// once per thread.
import { onSubject, type BoundDrill } from '#src/engine/drill/subject.ts'
import { isSelected } from '#src/runs/selection.ts'
import { faults } from '#helpers/faults.ts'
import { askGuards } from '#src/engine/guards/ask.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { messagesOfDrill } from '#src/reporting/allure/messages.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import { failureOf, send, testIn } from './allure.ts'
import type { Session } from './session.ts'
import type { DrillProgress, DrillResult, Entry, Journal, Runtime } from '#src/model/index.ts'
import { loadPolicy } from '#src/runs/clusters.ts'
import { nodesOf } from '#src/runs/process/cluster-lock.ts'
import { begin } from '#src/runs/recovery/recover.ts'
import { seedFor } from '#src/runs/seed.ts'
import { settingsFrom } from '#src/runs/settings.ts'
import { guardContext } from '#src/runs/process/guard-context.ts'
import { journalFor, worldOf } from '#src/runs/process/state.ts'
import { openTarget } from '#src/runs/target.ts'
import { stopped } from './stopping.ts'

const settings = settingsFrom()
const policy = await loadPolicy(settings.cluster)
const channel = new BroadcastChannel('holdfast')
channel.unref()

/** A journal that keeps every entry for the report. */
function remembering(journal: Journal): { journal: Journal; entries: readonly Entry[] } {
  const entries: Entry[] = []
  return {
    entries,
    journal: {
      open(entry) {
        entries.push(entry)
        return journal.open(entry)
      },
      close: order => journal.close(order),
      pending: () => journal.pending(),
    },
  }
}

function post(drill: string, logEntry: DrillProgress['logEntry']): void {
  channel.postMessage({ drill, logEntry } satisfies DrillProgress)
}

/** Runs a drill on its subject while holding the lock of the cluster. */
async function runHolding(
  { drill, policy: chosen }: BoundDrill,
  runtime: Runtime,
): Promise<{ result: DrillResult; journal: readonly Entry[] }> {
  const about = {
    runtime,
    policy: chosen,
    settings,
    tell: (text: string) =>
      post(drill.name, {
        at: runtime.clock.now(),
        phase: 'prepare',
        event: { kind: 'note', text },
      }),
  }
  const nodes = nodesOf([drill], chosen)
  const hold = await begin(about, { doing: `drill ${drill.name}`, nodes })
  const world = worldOf(runtime, chosen, settings)
  const copied = world === undefined ? undefined : journalFor(world, drill, about)
  try {
    const { journal, entries } = remembering(copied ?? memoryJournal())
    const result = await runDrill(drill, {
      runtime,
      policy: chosen,
      faults,
      signals,
      disabled: new Set(settings.disabledFixes),
      guard: asked => askGuards(asked, runtime, chosen, guardContext(settings)),
      signal: AbortSignal.any([stopped, hold.lost]),
      journal,
      heard: logEntry => post(drill.name, logEntry),
    })
    return { result, journal: entries }
  } finally {
    await copied?.settle()
    await hold.release()
  }
}

export const drilling: Session = {
  policy,
  selects: ({ kind, name }) =>
    settings.drills.length > 0
      ? settings.drills.includes(name)
      : isSelected(settings.only, policy, kind, name),
  judgementsOf: invariant => {
    throw new Error(`${invariant.name} is an invariant: its spec belongs in specs/invariants`)
  },
  async run(unbound) {
    const target = await openTarget(settings, policy, {
      seed: seedFor(settings.seed, unbound.name),
      drills: true,
    })
    try {
      const bound = await onSubject(unbound, target.runtime, target.policy, settings.on)
      return await runHolding(bound, target.runtime)
    } finally {
      await target.close()
    }
  },
  failure: failureOf,
  describe(found, { title, file }) {
    const { target, seed } = settings
    if ('result' in found)
      send(() =>
        messagesOfDrill(found.result, found.journal, testIn(file, title), { policy, target, seed }),
      )
  },
}
