// What a drill would do, without doing it: everything resolved through a reach that can change nothing.
import { nodes, pods, services } from '#helpers/kubernetes/questions.ts'
import { selects, workloadObject, workloadQuestions } from '#helpers/kubernetes/workloads.ts'
import { switchAfter } from '#src/engine/drill/drill.ts'
import { observe } from '#src/engine/evaluate/observe.ts'
import {
  Unanswered,
  seeing,
  thrownInWords,
  type BoundFault,
  type Drill,
  type Fault,
  type GuardVerdict,
  type Hands,
  type Hit,
  type Json,
  type KubeObject,
  type MarkName,
  type Pod,
  type Policy,
  type Reach,
  type See,
} from '#src/model/index.ts'
import { fixesOf, guardDrill, type Standing } from './clear.ts'
import { refusalOf } from './evaluate.ts'
import { podsLost } from './loss.ts'
import { readOnly, WouldChange } from './read-only.ts'

export interface PlannedFault {
  readonly as: 'stage' | 'fault'
  readonly fault: string
  readonly says: string
  readonly blast: BoundFault['blast']
  /** Objects, nodes and machines, each with its uid where it has one. */
  readonly hits: readonly string[]
  /** What would be noted before it acts; undefined where it could not be prepared. */
  readonly record: Json | undefined
  /** Why it could not be prepared. */
  readonly unprepared: string | undefined
  /** The first request, command or write that it would send. */
  readonly begins: string | undefined
  /** What a person types when the undo cannot. */
  readonly byHand: string | undefined
  /** What ends it when nobody returns, and after how many ms; or why nothing does. */
  readonly deadMan: { readonly says: string; readonly after: number } | { readonly why: string }
}

export interface DrillPlan {
  readonly drill: string
  readonly says: string
  readonly target: Reach['target']
  /** Why the drill does not apply here; undefined: it does. */
  readonly notApplicable: string | undefined
  readonly faults: readonly PlannedFault[]
  readonly guards: readonly GuardVerdict[]
  readonly refused: string | undefined
  readonly budgets: Partial<Record<MarkName, string>>
  readonly stability: string
  readonly healer: Drill['healer']
  /** What must hold all the time: broken, the drill is called off. */
  readonly always: readonly string[]
  /** Fixes that may act. */
  readonly fixes: readonly string[]
  /** Pods that would end or answer nobody, by all faults together; undefined where that cannot be told. */
  readonly podsLost: readonly string[] | undefined
}

const called = (
  kind: string,
  { metadata: { namespace, name, uid } }: Pick<KubeObject, 'metadata'>,
): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${uid === undefined ? '' : ` (uid ${uid})`}`
const podCalled = (pod: Pod): string =>
  `${called('pod', pod)}${pod.spec.nodeName === undefined ? '' : ` on ${pod.spec.nodeName}`}`

/** A hit with the objects behind it, as they are now. */
function resolved(hit: Hit, see: See, policy: Policy): readonly string[] {
  switch (hit.kind) {
    case 'host':
      return [`this host: ${hit.says}`]
    case 'vm':
      return [
        `VM of the Colima profile ${hit.profile}${hit.how === 'down' ? ', with every node in it' : ''}`,
      ]
    case 'program':
      return [`process ${hit.program}`, ...[...podsLost([hit], see, policy)].map(podCalled)]
    case 'service': {
      const found = see(services).find(
        ({ metadata }) => metadata.namespace === hit.namespace && metadata.name === hit.name,
      )
      return [
        found === undefined
          ? `Service ${hit.namespace}/${hit.name}, which is not there`
          : called('Service', found),
      ]
    }
    case 'workload': {
      const found = workloadObject(see, hit.workload, hit.namespace, hit.name)
      if (found === undefined)
        return [`${hit.workload} ${hit.namespace}/${hit.name}, which is not there`]
      return [
        called(hit.workload, found),
        ...see(pods)
          .filter(pod => selects(found, pod))
          .map(podCalled),
      ]
    }
    case 'node': {
      const names = new Set(
        hit.by === 'name'
          ? [hit.name]
          : policy.nodes
              .filter(({ container }) => container?.name === hit.name)
              .map(({ name }) => name),
      )
      const found = see(nodes)
        .filter(({ metadata }) => names.has(metadata.name))
        .map(node => called('node', node))
      return [
        ...(hit.by === 'container' ? [`container ${hit.name}`] : []),
        ...(found.length > 0 ? found : [`node ${[...names].join(', ')}, which is not there`]),
      ]
    }
  }
}

/** What cannot be seen is said, not left out. */
function seenOr<T>(look: () => T, otherwise: (why: string) => T): T {
  try {
    return look()
  } catch (error) {
    if (error instanceof Unanswered) return otherwise(error.message)
    throw error
  }
}

/** Prepares a fault, and lets it begin until its first act. */
async function plannedFault(
  as: PlannedFault['as'],
  bound: BoundFault,
  fault: Fault | undefined,
  {
    see,
    policy,
    hands,
    changes,
    after,
  }: {
    see: See
    policy: Policy
    hands: Hands
    changes: string[]
    after: number
  },
): Promise<PlannedFault> {
  const hits = (bound.hits ?? []).flatMap(hit =>
    seenOr(
      () => resolved(hit, see, policy),
      why => [`${hit.kind}: it cannot be told what: ${why}`],
    ),
  )
  const about = {
    as,
    fault: bound.name,
    says: bound.says,
    blast: bound.blast,
    hits: bound.hits === undefined ? ['it does not say what it hits'] : hits,
  }
  let record: Json
  try {
    record = await bound.prepare(hands)
  } catch (error) {
    const unprepared =
      error instanceof WouldChange
        ? `preparing it would change something: ${error.message}`
        : thrownInWords(error)
    return {
      ...about,
      record: undefined,
      unprepared,
      begins: undefined,
      byHand: undefined,
      deadMan: { why: 'it could not be prepared' },
    }
  }
  const found = fault?.deadMan?.(record, hands) ?? 'nothing of the platform ends it by itself'
  changes.length = 0
  // Without a dead-man's switch: its own first act is meant.
  await fault?.inject(record, { ...hands }).catch(() => {})
  return {
    ...about,
    record,
    unprepared: undefined,
    begins: changes[0],
    byHand: fault?.byHand(record),
    deadMan: typeof found === 'string' ? { why: found } : { says: found.says, after },
  }
}

/** Plans a drill. Sends nothing but reads and reviews of access; the reach that it uses could not send anything else. */
export async function planDrill(
  drill: Drill,
  reach: Reach,
  policy: Policy,
  faults: ReadonlyMap<string, Fault>,
  standing?: Standing,
): Promise<DrillPlan> {
  const changes: string[] = []
  const looking = readOnly(reach, policy, act => void changes.push(act))
  const arranged = drill.arrange?.(policy) ?? []
  const own = drill.faults(policy)
  const lacking = [...arranged, ...own]
    .flatMap(fault => fault.needs)
    .flatMap(need => reach.lacks[need] ?? [])[0]
  const about = {
    drill: drill.name,
    says: drill.says,
    target: reach.target,
    budgets: drill.budgets,
    stability: drill.stability,
    healer: drill.healer,
    always: (drill.always ?? []).map(({ name, says }) => `${name}: ${says}`),
    fixes: fixesOf(drill, standing?.disabled).map(({ name }) => name),
  }
  const notApplicable =
    own.length === 0 ? 'the policy names nothing that it could be tried on' : lacking
  if (notApplicable !== undefined)
    return { ...about, notApplicable, faults: [], guards: [], refused: undefined, podsLost: [] }
  const guards = await guardDrill(drill, looking, policy, standing)
  const see = seeing(await observe([nodes, pods, services, ...workloadQuestions], looking, policy))
  const hands: Hands = { reach: looking, policy, signal: new AbortController().signal }
  const planned: PlannedFault[] = []
  for (const [as, bound] of [
    ...arranged.map(fault => ['stage', fault] as const),
    ...own.map(fault => ['fault', fault] as const),
  ]) {
    planned.push(
      await plannedFault(as, bound, faults.get(bound.name), {
        see,
        policy,
        hands,
        changes,
        after: switchAfter(drill, policy),
      }),
    )
  }
  const hits = [...arranged, ...own].flatMap(fault => fault.hits ?? [])
  return {
    ...about,
    notApplicable: undefined,
    faults: planned,
    guards,
    refused: refusalOf(guards),
    podsLost: seenOr<readonly string[] | undefined>(
      () =>
        [...podsLost(hits, see, policy)]
          .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
          .toSorted(),
      () => undefined,
    ),
  }
}
