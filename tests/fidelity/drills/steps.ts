// What happened in a cluster, as steps that two clusters can have in common: conditions, phases,
// taints and events, by role.

/** The parts of pods, nodes and events that steps are made of. */
export interface Seen {
  kind: string
  metadata: {
    name: string
    namespace?: string | undefined
    uid?: string | undefined
    labels?: Readonly<Record<string, string>> | undefined
    deletionTimestamp?: string | undefined
  }
  spec?:
    | {
        unschedulable?: boolean | undefined
        taints?: readonly { key: string; effect: string }[] | undefined
      }
    | undefined
  status?:
    | {
        phase?: string | undefined
        conditions?: readonly { type: string; status: string }[] | undefined
        containerStatuses?: readonly { restartCount: number }[] | undefined
      }
    | undefined
  involvedObject?:
    | { kind: string; name: string; namespace?: string | undefined; uid?: string | undefined }
    | undefined
  reason?: string | undefined
  count?: number | undefined
}

export interface Step {
  /** ms since the beginning of the recording. */
  at: number
  /** `pod sandbox/site 2`, `node sandbox-1`, `events of pod sandbox/site 2`. */
  of: string
  description: string
}

export interface Steps {
  hear(type: string, object: Seen, at: number): void
  readonly list: readonly Step[]
}

const letter = '[bcdfghjklmnpqrstvwxz2456789]'

/** What a pod stands for: its name without what is random in it. */
const roleOf = (name: string): string =>
  name
    .replace(new RegExp(`-${letter}{6,10}-${letter}{5}$`), '')
    .replace(new RegExp(`-(?:${letter}{5}|${letter}{8,10})$`), '')

/** Takes what a watch tells, again and again the same after a reconnect, and keeps what changed. */
export function steps(namespaces: readonly string[]): Steps {
  const list: Step[] = []
  const known = new Map<string, ReadonlyMap<string, string>>()
  /** Pods of one role are counted as they appear. */
  const pods = new Map<string, string>()
  const counts = new Map<string, number>()
  const events = new Map<string, number>()

  function podName({
    namespace = '',
    name,
    uid = name,
  }: {
    namespace?: string | undefined
    name: string
    uid?: string | undefined
  }): string {
    const found = pods.get(uid)
    if (found !== undefined) return found
    const role = `pod ${namespace}/${roleOf(name)}`
    const count = (counts.get(role) ?? 0) + 1
    counts.set(role, count)
    const made = `${role} ${count}`
    pods.set(uid, made)
    return made
  }

  function factsOf({ kind, metadata, spec, status }: Seen): ReadonlyMap<string, string> {
    const conditions = (status?.conditions ?? []).map(({ type, status: is }): [string, string] => [
      type,
      is,
    ])
    if (kind === 'Node') {
      return new Map([
        ...conditions,
        ['cordoned', String(spec?.unschedulable === true)],
        [
          'taints',
          (spec?.taints ?? [])
            .map(({ key, effect }) => `${key}:${effect}`)
            .toSorted()
            .join(','),
        ],
      ])
    }
    const restarts = (status?.containerStatuses ?? []).reduce(
      (sum, each) => sum + each.restartCount,
      0,
    )
    return new Map([
      ...conditions,
      ['phase', status?.phase ?? ''],
      ['restarts', String(restarts)],
      ['deleted', String(metadata.deletionTimestamp !== undefined)],
    ])
  }

  return {
    list,
    hear(type, object, at) {
      const { kind, metadata } = object
      if (kind === 'Event') {
        const about = object.involvedObject
        if (about === undefined || type === 'DELETED') return
        if (about.kind !== 'Node' && !namespaces.includes(about.namespace ?? '')) return
        const key = metadata.uid ?? `${metadata.namespace}/${metadata.name}`
        const count = object.count ?? 1
        if ((events.get(key) ?? 0) >= count) return
        events.set(key, count)
        const of =
          about.kind === 'Pod'
            ? podName(about)
            : `${about.kind.toLowerCase()} ` +
              `${about.kind === 'Node' ? '' : `${about.namespace}/`}${roleOf(about.name)}`
        list.push({ at, of: `events of ${of}`, description: object.reason ?? '' })
        return
      }
      if (kind === 'Pod' && !namespaces.includes(metadata.namespace ?? '')) return
      const of = kind === 'Pod' ? podName(metadata) : `node ${metadata.name}`
      if (type === 'DELETED') {
        known.delete(of)
        list.push({ at, of, description: 'gone' })
        return
      }
      const facts = factsOf(object)
      const before = known.get(of)
      known.set(of, facts)
      for (const [name, value] of facts) {
        if (before?.get(name) !== value && (before !== undefined || at > 0))
          list.push({ at, of, description: `${name}=${value}` })
      }
    },
  }
}
