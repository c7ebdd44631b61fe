// How drill specs run: settings from the environment, the policy, and a target for each drill.
// Loaded once in a thread.
import { onSubject } from '#src/engine/drill/subject.ts'
import { isSelected } from '#src/runs/selection.ts'
import { faults } from '#helpers/faults.ts'
import { askGuards } from '#src/engine/guards/ask.ts'
import { signals } from '#helpers/kubernetes/signals.ts'
import { messagesOfDrill } from '#src/reporting/allure/messages.ts'
import { runDrill } from '#src/engine/drill/drill.ts'
import { memoryJournal } from '#src/engine/journal/journal.ts'
import { failureOf, send, testIn } from './allure.ts'
import type { Session } from './session.ts'
import type { DrillProgress, Entry, Journal } from '#src/model/index.ts'
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

/** A journal that remembers every entry, for the report. */
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
    const { runtime } = target
    const bound = await onSubject(unbound, runtime, target.policy, settings.on)
    const { drill } = bound
    const about = {
      runtime,
      policy: bound.policy,
      settings,
      tell: (message: string) =>
        channel.postMessage({
          drill: drill.name,
          logEntry: {
            at: runtime.clock.now(),
            phase: 'prepare',
            event: { kind: 'note', text: message },
          },
        } satisfies DrillProgress),
    }
    try {
      const hold = await begin(about, {
        doing: `drill ${drill.name}`,
        nodes: nodesOf([drill], bound.policy),
      })
      const world = worldOf(runtime, bound.policy, settings)
      const copied = world === undefined ? undefined : journalFor(world, drill, about)
      try {
        const { journal, entries } = remembering(copied ?? memoryJournal())
        const result = await runDrill(drill, {
          runtime,
          policy: bound.policy,
          faults,
          signals,
          disabled: new Set(settings.disabledFixes),
          guard: asked => askGuards(asked, runtime, bound.policy, guardContext(settings)),
          signal: AbortSignal.any([stopped, hold.lost]),
          journal,
          heard: logEntry =>
            channel.postMessage({ drill: drill.name, logEntry } satisfies DrillProgress),
        })
        return { result, journal: entries }
      } finally {
        await copied?.settle()
        await hold.release()
      }
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
