// The journal's copy in the cluster: a ConfigMap for each run and drill, from which another machine
// can undo.
import { z } from 'zod'
import { resources, type Kube } from '#src/kubernetes/client.ts'
import { asHead, asLine, headOf } from '#src/model/journal-form.ts'
import { JournalError, type Entry, type JournalOf } from '#src/model/journal.ts'
import type { KubeObject } from '#src/model/kube.ts'
import { createOwn, existsAlready, isConflict, isGone, milestones, ownNamespace } from './names.ts'

/**
 * What is left of a journal that another machine than its own has undone: so that its own does not
 * do it again.
 */
export interface Undone {
  by: string
  /** ms since the epoch, by the clock of whoever undid it. */
  at: number
}

/** A copy that was found. */
export interface FoundCopy {
  name: string
  of: JournalOf
  pending: readonly Entry[]
  undone?: Undone
}

type ConfigMap = KubeObject & { data?: Record<string, string> }

const dataKey = 'journal.json'
/**
 * Bytes of one copy. @source Kubernetes, ConfigMap: data may not exceed 1 MiB; a quarter of that
 * holds hundreds of records
 */
const largest = 262_144
/**
 * Marks of what others have undone: no more are kept than these. @source drills: a rotation is
 * shorter than this
 */
const mostMarks = 20
/** Attempts at a change that others change, too. @source Kubernetes, client-go retry: 5 steps */
const attempts = 5

const body = z.strictObject({
  head: z.unknown(),
  pending: z.array(z.unknown()),
  undone: z.strictObject({ by: z.string(), at: z.number() }).optional(),
})

/**
 * Names of objects allow fewer letters than those of runs. @source Kubernetes, object names: DNS
 * subdomain, 253 letters
 */
export const copyName = ({ run, drill }: Pick<JournalOf, 'run' | 'drill'>): string =>
  `journal-${`${run}-${drill}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 240)}`.replace(/-+$/, '')

function textOf(of: JournalOf, pending: readonly Entry[], undone?: Undone): string {
  const text = JSON.stringify({
    head: headOf(of),
    pending,
    ...(undone === undefined ? {} : { undone }),
  })
  if (Buffer.byteLength(text) > largest)
    throw new Error(
      `the records of ${of.drill} take ${Buffer.byteLength(text)} bytes, more than the ${largest} that a copy in the cluster may have`,
    )
  return text
}

function copyIn(map: ConfigMap): FoundCopy {
  const { name } = map.metadata
  const where = `ConfigMap ${ownNamespace}/${name}`
  let value: unknown
  try {
    value = JSON.parse(map.data?.[dataKey] ?? '')
  } catch {
    throw new JournalError(
      `${where} is no journal of holdfast: its ${dataKey} is no JSON. Look at it (kubectl get configmap ${name} -n ${ownNamespace} -o yaml), undo what it names, and delete it`,
    )
  }
  // A newer form may have another body: its version is looked at first.
  const of = asHead(
    where,
    typeof value === 'object' && value !== null ? Reflect.get(value, 'head') : undefined,
  )
  const read = body.safeParse(value)
  if (!read.success)
    throw new JournalError(
      `${where} is no journal of holdfast: look at it (kubectl get configmap ${name} -n ${ownNamespace} -o yaml), undo what it names, and delete it`,
    )
  const pending = read.data.pending.flatMap(open => {
    const line = asLine(where, { open })
    return 'open' in line ? [line.open] : []
  })
  return {
    name,
    of,
    pending: pending.toSorted((a, b) => a.order - b.order),
    ...(read.data.undone === undefined ? {} : { undone: read.data.undone }),
  }
}

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

/** A ConfigMap with one text, of which is known whether it is there, and in which version. */
function textInCluster(name: string) {
  let version: string | undefined
  let there: boolean | undefined

  const change = (api: Kube, text: string): Promise<ConfigMap> =>
    api.patch<ConfigMap>(resources.configmaps, name, ownNamespace, 'merge', {
      metadata: { resourceVersion: version },
      data: { [dataKey]: text },
    })

  return {
    isThere: () => there,
    /** Looks, unless it is known already. */
    async look(api: Kube): Promise<void> {
      if (there === false || (there === true && version !== undefined)) return
      const found = await api.get<ConfigMap>(resources.configmaps, name, ownNamespace)
      there = found !== undefined
      version = found?.metadata.resourceVersion
    },
    async remove(api: Kube): Promise<void> {
      await api.remove(resources.configmaps, name, ownNamespace)
      there = false
      version = undefined
    },
    async write(api: Kube, text: string): Promise<void> {
      const written = there === true ? await change(api, text) : await makeMap(api, name, text)
      version = written.metadata.resourceVersion
      there = true
    },
    /** Others have changed it: what was known of it counts no more. */
    forget(): void {
      there = undefined
      version = undefined
    },
  }
}

const othersChangedIt = (error: unknown): boolean =>
  isConflict(error) || existsAlready(error) || isGone(error)

/**
 * The copy of one journal. `keep` makes it hold exactly what is pending: it is made with the first
 * record and removed with
 * the last. What others have changed in the meantime is read again and changed again; rejects when
 * that does not work.
 */
export function copyOf(
  kube: () => Promise<Kube>,
  of: JournalOf,
  undoing?: { machine: string; by: string; now(): number },
): { keep(pending: readonly Entry[]): Promise<void> } {
  const stored = textInCluster(copyName(of))
  /** Whoever undoes the journal of another machine leaves word for it. */
  const stranger = undoing !== undefined && undoing.machine !== of.machine
  const undoneIf = (all: boolean): Undone | undefined =>
    all && undoing !== undefined ? { by: undoing.by, at: undoing.now() } : undefined

  return {
    async keep(pending) {
      const api = await kube()
      if (pending.length === 0 && stored.isThere() === false) return
      if (pending.length === 0 && !stranger) return stored.remove(api)
      for (let attempt = 1; ; attempt += 1) {
        await stored.look(api)
        // Its own machine has undone it meanwhile, and nobody needs word of it.
        if (stranger && stored.isThere() !== true) return
        try {
          return await stored.write(api, textOf(of, pending, undoneIf(pending.length === 0)))
        } catch (error) {
          if (attempt >= attempts || !othersChangedIt(error)) throw error
          stored.forget()
        }
      }
    },
  }
}

/**
 * Copies of a cluster's journals, newest first. Throws a JournalError for one that is none, or of a
 * newer version.
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

/** Removes a copy. That it was not there is no error. */
export const removeCopy = async (kube: Kube, { name }: Pick<FoundCopy, 'name'>): Promise<void> =>
  void (await kube.remove(resources.configmaps, name, ownNamespace))

/**
 * Removes the oldest words of what was undone for others, so that machines that never come back
 * fill nothing.
 */
export async function forgetOldMarks(kube: Kube, found: readonly FoundCopy[]): Promise<void> {
  for (const copy of found.filter(({ undone }) => undone !== undefined).slice(mostMarks))
    await removeCopy(kube, copy)
}
