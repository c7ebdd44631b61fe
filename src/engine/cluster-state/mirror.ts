// The journal's copy in the cluster: one ConfigMap for each run and drill, so that another machine
// can undo.
import { resources, type Kube } from '#src/kubernetes/client.ts'
import type { Entry, JournalOf } from '#src/model/journal.ts'
import {
  copyIn,
  copyName,
  dataKey,
  textOf,
  type ConfigMap,
  type FoundCopy,
  type Undone,
} from './copy-form.ts'
import { createOwn, existsAlready, isConflict, isGone, milestones, ownNamespace } from './names.ts'

/** The most notes of undone journals. @source drills: a rotation is shorter than this */
const mostNotes = 20
/** Attempts at a change that another client changes too. @source client-go retry: 5 steps */
const attempts = 5

const makeMap = (api: Kube, name: string, text: string): Promise<ConfigMap> =>
  createOwn(api, () =>
    api.create<ConfigMap>(resources.configmaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name,
        namespace: ownNamespace,
        labels: { ...milestones.managedBy, ...milestones.journal },
      },
      data: { [dataKey]: text },
    }),
  )

/** A ConfigMap with one text: whether it exists, and in which version, is read once. */
function textInCluster(name: string) {
  let version: string | undefined
  let exists: boolean | undefined

  const change = (api: Kube, text: string): Promise<ConfigMap> =>
    api.patch<ConfigMap>(resources.configmaps, name, ownNamespace, 'merge', {
      metadata: { resourceVersion: version },
      data: { [dataKey]: text },
    })

  return {
    exists: () => exists,
    /** Reads whether it exists, unless that is known. */
    async read(api: Kube): Promise<void> {
      if (exists === false || (exists === true && version !== undefined)) return
      const found = await api.get<ConfigMap>(resources.configmaps, name, ownNamespace)
      exists = found !== undefined
      version = found?.metadata.resourceVersion
    },
    async remove(api: Kube): Promise<void> {
      await api.remove(resources.configmaps, name, ownNamespace)
      exists = false
      version = undefined
    },
    async write(api: Kube, text: string): Promise<void> {
      const written = exists === true ? await change(api, text) : await makeMap(api, name, text)
      version = written.metadata.resourceVersion
      exists = true
    },
    /** Another client has changed it: the next call reads it again. */
    forget(): void {
      exists = undefined
      version = undefined
    },
  }
}

const wasOvertaken = (error: unknown): boolean =>
  isConflict(error) || existsAlready(error) || isGone(error)

/**
 * The copy of one journal. `keep` makes it hold exactly the pending records: the first record
 * creates it, and the last one to close removes it. After a conflict it reads and writes again;
 * rejects when that does not work. `undoing`: this machine undoes the journal of another one.
 */
export function copyOf(
  kube: () => Promise<Kube>,
  of: JournalOf,
  undoing?: { machine: string; by: string; now(): number },
): { keep(pending: readonly Entry[]): Promise<void> } {
  const stored = textInCluster(copyName(of))
  const ofOtherMachine = undoing !== undefined && undoing.machine !== of.machine
  /** The machine of the journal reads this note and does not undo it again. */
  const noteIf = (all: boolean): Undone | undefined =>
    all && undoing !== undefined ? { by: undoing.by, at: undoing.now() } : undefined

  return {
    async keep(pending) {
      const api = await kube()
      if (pending.length === 0 && stored.exists() === false) return
      if (pending.length === 0 && !ofOtherMachine) return stored.remove(api)
      for (let attempt = 1; ; attempt += 1) {
        await stored.read(api)
        // Its own machine has undone it meanwhile and needs no note.
        if (ofOtherMachine && stored.exists() !== true) return
        try {
          return await stored.write(api, textOf(of, pending, noteIf(pending.length === 0)))
        } catch (error) {
          if (attempt >= attempts || !wasOvertaken(error)) throw error
          stored.forget()
        }
      }
    },
  }
}

/**
 * Copies of a cluster's journals, newest first. Throws a JournalError for a ConfigMap that is no
 * journal, or of a newer version.
 */
export async function copies(kube: Kube, cluster: string): Promise<readonly FoundCopy[]> {
  const [[key, value]] = Object.entries(milestones.journal) as [[string, string]]
  const found = await kube.list<ConfigMap>(resources.configmaps, {
    namespace: ownNamespace,
    labelSelector: `${key}=${value}`,
  })
  return found
    .map(copyIn)
    .filter(({ of }) => of.cluster === cluster)
    .toSorted((a, b) => b.of.startedAt - a.of.startedAt)
}

/** Removes a copy. A copy that does not exist is no error. */
export const removeCopy = async (kube: Kube, { name }: Pick<FoundCopy, 'name'>): Promise<void> =>
  void (await kube.remove(resources.configmaps, name, ownNamespace))

/** Removes the oldest notes of undone journals: their machines may never come back. */
export async function forgetOldMarks(kube: Kube, found: readonly FoundCopy[]): Promise<void> {
  for (const copy of found.filter(({ undone }) => undone !== undefined).slice(mostNotes))
    await removeCopy(kube, copy)
}
