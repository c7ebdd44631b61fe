// `gate --live`: can the cluster be deployed to now, and what would change? It is only read.
import { sharedCause } from '#src/reporting/tally.ts'
import {
  differences,
  discoveryPath,
  pathIn,
  withoutServerSide,
  type Difference,
} from '#src/gate/difference.ts'
import { objectInWords, placeOf } from '#src/gate/identity.ts'
import { openKube, type Kube } from '#src/kubernetes/client.ts'
import { line, messageOfJudgement } from '#src/reporting/message.ts'
import { clip, count, oneLine, some } from '#src/reporting/text.ts'
import { evaluate } from '#src/engine/evaluate/evaluate.ts'
import type { Judgement, Manifest, ManifestSet, Policy, Runtime } from '#src/model/index.ts'
import { errorMessage } from '#src/model/error-message.ts'
import { invariants } from '#specs/invariants/index.ts'
import { exits, gravestExit } from '#src/runs/process/exit.ts'
import type { Settings } from '#src/runs/settings.ts'
import type { GateOptions } from './arguments.ts'

/** Verdicts told before the rest is counted. */
const mostVerdicts = 12
/** Members of one object told before the rest is counted. */
const mostMembers = 8
/** Longest line about one verdict. */
const longestLine = 200
/** Longest value that is shown. */
const longestValue = 60
/**
 * How long one request may take, ms. @source src/engine/evaluate/observe.ts: deadline of a question
 */
const patience = 10_000

/**
 * What no server can store is answered with 500 where it is met only after the object was read.
 * @source measured on a v1.35 node
 */
const isRefusal = (body: string): boolean =>
  /quantities must match|unable to parse|cannot unmarshal|failed to create typed|unmarshal/i.test(
    body,
  )

type Write = (text: string) => void

/**
 * Says whether the cluster is as its policy wants it, by the same look as check. Returns an exit
 * code.
 */
export async function clusterState(runtime: Runtime, policy: Policy, tell: Write): Promise<number> {
  if (policy.status === 'planned') {
    tell(`cluster ${policy.cluster}: its policy is planned; the cluster itself was not judged\n`)
    return exits.holds
  }
  const { judgements } = await evaluate(invariants, runtime, policy)
  const of = (kind: Judgement['verdict']['kind']): readonly Judgement[] =>
    judgements.filter(({ verdict }) => verdict.kind === kind)
  const [violated, unknown] = [of('violated'), of('unknown')]
  const counts = `${of('holds').length} hold, ${of('waived').length} waived, ${violated.length} violated, ${unknown.length} unknown`
  const description =
    violated.length > 0
      ? 'is not in a state to be deployed to'
      : unknown.length > 0
        ? 'cannot be seen well enough to be deployed to'
        : 'can be deployed to'
  tell(
    `${violated.length + unknown.length === 0 ? '✓' : violated.length > 0 ? '×' : '?'} cluster ${policy.cluster} ${description}: ${counts}\n`,
  )
  for (const judgement of violated.slice(0, mostVerdicts))
    tell(`  ${clip(line(messageOfJudgement(judgement)), longestLine)}\n`)
  const rest = violated.length - mostVerdicts
  if (rest > 0)
    tell(
      `  and ${rest} more: holdfast check --target ${runtime.target.kind} --cluster ${policy.cluster}\n`,
    )
  // One reason often stands for many verdicts.
  const reasons = Map.groupBy(unknown, sharedCause)
  for (const [why, own] of reasons)
    tell(`  ? ${count(own.length, 'verdict')} unknown: ${clip(oneLine(why), longestLine)}\n`)
  return violated.length > 0 ? exits.violated : unknown.length > 0 ? exits.unknown : exits.holds
}

/** What would become of one object. */
type Preview =
  | { kind: 'made' | 'same' }
  | { kind: 'changed'; differences: readonly Difference[]; by: 'server' | 'members' }
  | { kind: 'refused'; why: string }
  | { kind: 'unknown'; why: string }

const jsonOf = (body: string): unknown => {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return undefined
  }
}

function messageIn(body: string): string {
  const status = jsonOf(body)
  const message: unknown =
    typeof status === 'object' && status !== null ? Reflect.get(status, 'message') : undefined
  return oneLine(typeof message === 'string' ? message : body.slice(0, 200))
}

/** The server knows no server-side apply. @source HTTP: unsupported media type */
const noApply = 415

/**
 * Kinds that CustomResourceDefinitions of the set define: the API serves them once those are
 * applied.
 */
const definedIn = (set: ManifestSet): ReadonlySet<string> =>
  new Set(
    set.manifests.flatMap(({ object }) => {
      const spec: unknown =
        object.kind === 'CustomResourceDefinition' ? Reflect.get(object, 'spec') : undefined
      const names: unknown =
        typeof spec === 'object' && spec !== null ? Reflect.get(spec, 'names') : undefined
      const kind: unknown =
        typeof names === 'object' && names !== null ? Reflect.get(names, 'kind') : undefined
      return typeof kind === 'string' ? [kind] : []
    }),
  )

interface Discovery {
  discovered: (apiVersion: string) => Promise<unknown>
  defined: ReadonlySet<string>
}

async function previewOf(
  kube: Kube,
  manifest: Manifest,
  namespace: string,
  { discovered, defined }: Discovery,
): Promise<Preview> {
  const { object } = manifest
  const where = pathIn(await discovered(object.apiVersion), {
    apiVersion: object.apiVersion,
    kind: object.kind,
    namespace: object.metadata.namespace ?? namespace,
    name: object.metadata.name,
  })
  if (where === undefined && defined.has(object.kind)) return { kind: 'made' }
  if (where === undefined)
    return { kind: 'unknown', why: `the API serves no ${object.kind} of ${object.apiVersion} yet` }
  const before = await kube.raw(where)
  if (before.status !== 200 && before.status !== 404)
    return { kind: 'unknown', why: messageIn(before.body) }
  const live = before.status === 404 ? undefined : withoutServerSide(jsonOf(before.body))
  const after = await kube.preview(where, object)
  if (after.status < 300) {
    const found = live === undefined ? [] : differences(live, withoutServerSide(jsonOf(after.body)))
    return live === undefined
      ? { kind: 'made' }
      : found.length === 0
        ? { kind: 'same' }
        : { kind: 'changed', differences: found, by: 'server' }
  }
  // A namespace of the set is not there yet for what goes into it.
  if (after.status === 404 && live === undefined) return { kind: 'made' }
  if (after.status !== noApply)
    return after.status < 500 || isRefusal(after.body)
      ? { kind: 'refused', why: messageIn(after.body) }
      : { kind: 'unknown', why: messageIn(after.body) }
  if (live === undefined) return { kind: 'made' }
  // No dry run here: what stands in the file is compared with what is there.
  const found = differences(live, withoutServerSide(object), { partly: true })
  return found.length === 0
    ? { kind: 'same' }
    : { kind: 'changed', differences: found, by: 'members' }
}

const valueInWords = (value: unknown, hidden: boolean): string =>
  value === undefined
    ? 'nothing'
    : hidden
      ? '…'
      : clip(oneLine(JSON.stringify(value) ?? 'nothing'), longestValue)

function previewLines(manifest: Manifest, namespace: string, preview: Preview): readonly string[] {
  const name = objectInWords(placeOf(manifest, namespace))
  switch (preview.kind) {
    case 'same':
      return []
    case 'made':
      return [`  + ${name}: would be made`]
    case 'refused':
      return [`  × ${name}: the API would refuse it: ${preview.why}`]
    case 'unknown':
      return []
    case 'changed': {
      const told = preview.differences.slice(0, mostMembers)
      const hidden = manifest.object.kind === 'Secret'
      return [
        `  ~ ${name}${preview.by === 'members' ? ' (by its members: the server does no dry run)' : ''}`,
        ...told.map(
          ({ path, from, to }) =>
            `      ${path.join('.')}: ${valueInWords(from, hidden)} → ${valueInWords(to, hidden)}`,
        ),
        ...(told.length === preview.differences.length
          ? []
          : [`      and ${preview.differences.length - told.length} more`]),
      ]
    }
  }
}

/**
 * Tells what would change if the set were applied. Returns an exit code: 1 where the API would
 * refuse something, 2 where it does not say.
 */
export async function changes(
  set: ManifestSet,
  runtime: Runtime,
  policy: Policy,
  namespace: string,
  tell: Write,
): Promise<number> {
  const late = new AbortController()
  let kube: Kube
  try {
    kube = await openKube({ runtime, deadline: patience, signal: late.signal }, policy.identity)
  } catch (error) {
    tell(`? what would change is not known: ${errorMessage(error)}\n`)
    return exits.unknown
  }
  const known = new Map<string, Promise<unknown>>()
  const discovered = (apiVersion: string): Promise<unknown> => {
    const found =
      known.get(apiVersion) ??
      kube
        .raw(discoveryPath(apiVersion))
        .then(({ status, body }) => (status === 200 ? jsonOf(body) : undefined))
    known.set(apiVersion, found)
    return found
  }
  const defined = definedIn(set)
  const codes: number[] = []
  const unknown = new Map<string, string[]>()
  const counted = { same: 0, made: 0, changed: 0, refused: 0, unknown: 0 }
  for (const manifest of set.manifests) {
    const preview = await previewOf(kube, manifest, namespace, { discovered, defined }).catch(
      (error: unknown): Preview => ({ kind: 'unknown', why: errorMessage(error) }),
    )
    counted[preview.kind] += 1
    codes.push(
      preview.kind === 'refused'
        ? exits.violated
        : preview.kind === 'unknown'
          ? exits.unknown
          : exits.holds,
    )
    if (preview.kind === 'unknown')
      unknown.set(preview.why, [
        ...(unknown.get(preview.why) ?? []),
        objectInWords(placeOf(manifest, namespace)),
      ])
    for (const text of previewLines(manifest, namespace, preview)) tell(`${text}\n`)
  }
  for (const [why, objects] of unknown) tell(`  ? ${some(objects, 3)}: ${why}\n`)
  tell(
    `what would change at ${kube.server} (${kube.context}): ${counted.made} made, ${counted.changed} changed, ${counted.same} as they are${counted.refused === 0 ? '' : `, ${counted.refused} refused`}${counted.unknown === 0 ? '' : `, ${count(counted.unknown, 'object')} not known`}; nothing was written\n`,
  )
  return gravestExit(codes)
}

/** The whole of --live on the real cluster. Rejects only where the target cannot be opened. */
export async function live(
  set: ManifestSet,
  { policy, settings, options }: { policy: Policy; settings: Settings; options: GateOptions },
  out: NodeJS.WriteStream,
): Promise<number> {
  const { openTarget } = await import('#src/runs/target.ts')
  const target = await openTarget({ ...settings, target: 'live' }, policy)
  const tell = (text: string): void => void out.write(text)
  try {
    return gravestExit([
      await clusterState(target.runtime, target.policy, tell),
      await changes(set, target.runtime, target.policy, options.namespace, tell),
    ])
  } finally {
    await target.close()
  }
}
