// `gate --live`: can the cluster be deployed to now, and what would the set change? It only reads.
import { objectInWords, placeOf } from '#src/gate/identity.ts'
import { openKube, type Kube } from '#src/kubernetes/client.ts'
import { messageOfJudgement } from '#src/reporting/message.ts'
import { line } from '#src/reporting/message/layout.ts'
import { sharedCause } from '#src/reporting/verdict-counts.ts'
import { clip, count, oneLine, some } from '#src/reporting/text.ts'
import { evaluateTarget } from '#src/runs/evidence/host.ts'
import type { Judgement, Manifest, ManifestSet, Policy, Runtime } from '#src/model/index.ts'
import { errorMessage } from '#src/model/error-message.ts'
import { invariants } from '#specs/invariants/index.ts'
import { exits, worstExit } from '#src/runs/process/exit.ts'
import type { Settings } from '#src/runs/settings.ts'
import type { GateOptions } from './arguments.ts'
import { previewer, type Preview } from './preview.ts'

/** Verdicts shown before the rest is counted. */
const maxVerdicts = 12
/** Members of one object shown before the rest is counted. */
const maxMembers = 8
/** Characters of the line about one verdict. */
const maxLine = 200
/** Characters of a shown value. */
const maxValue = 60
/** Time limit of one request, ms. @source src/engine/evaluate/observe.ts: deadline of a question */
const requestTimeout = 10_000

type Write = (text: string) => void

const outcomes = {
  violated: { sign: '×', message: 'is not in a state to be deployed to', exit: exits.violated },
  unknown: { sign: '?', message: 'cannot be judged well enough to deploy', exit: exits.unknown },
  holds: { sign: '✓', message: 'can be deployed to', exit: exits.holds },
} as const

/** The judgements in the way of a deploy: violated ones line by line, unknown ones by cause. */
function objectionLines(
  violated: readonly Judgement[],
  unknown: readonly Judgement[],
  more: string,
): readonly string[] {
  const rest = violated.length - maxVerdicts
  return [
    ...violated
      .slice(0, maxVerdicts)
      .map(judgement => `  ${clip(line(messageOfJudgement(judgement)), maxLine)}`),
    ...(rest > 0 ? [`  and ${rest} more: ${more}`] : []),
    ...[...Map.groupBy(unknown, sharedCause)].map(
      ([cause, own]) =>
        `  ? ${count(own.length, 'verdict')} unknown: ${clip(oneLine(cause), maxLine)}`,
    ),
  ]
}

/**
 * Reports whether the cluster meets its policy, by the same evaluation as check. Returns an exit
 * code.
 */
export async function clusterState(
  runtime: Runtime,
  policy: Policy,
  write: Write,
): Promise<number> {
  const { cluster } = policy
  if (policy.status === 'planned') {
    write(`cluster ${cluster}: its policy is planned; the cluster itself was not judged\n`)
    return exits.holds
  }
  const { judgements } = await evaluateTarget(invariants, runtime, policy)
  const byKind = Map.groupBy(judgements, ({ verdict }) => verdict.kind)
  const of = (kind: Judgement['verdict']['kind']): readonly Judgement[] => byKind.get(kind) ?? []
  const kind = (['violated', 'unknown'] as const).find(one => of(one).length > 0) ?? 'holds'
  const { sign, message, exit } = outcomes[kind]
  const counts = (['holds', 'waived', 'violated', 'unknown'] as const)
    .map(one => `${of(one).length} ${one === 'holds' ? 'hold' : one}`)
    .join(', ')
  write(`${sign} cluster ${cluster} ${message}: ${counts}\n`)
  const more = `holdfast check --target ${runtime.target.kind} --cluster ${cluster}`
  for (const text of objectionLines(of('violated'), of('unknown'), more)) write(`${text}\n`)
  return exit
}

function shownValue(value: unknown, hidden: boolean): string {
  if (value === undefined) return 'nothing'
  return hidden ? '…' : clip(oneLine(JSON.stringify(value) ?? 'nothing'), maxValue)
}

function changeLines(
  { differences, by }: Preview & { kind: 'changed' },
  name: string,
  hidden: boolean,
): readonly string[] {
  const shown = differences.slice(0, maxMembers)
  const rest = differences.length - shown.length
  return [
    `  ~ ${name}${by === 'members' ? ' (compared here: the server does no dry run)' : ''}`,
    ...shown.map(
      ({ path, from, to }) =>
        `      ${path.join('.')}: ${shownValue(from, hidden)} → ${shownValue(to, hidden)}`,
    ),
    ...(rest === 0 ? [] : [`      and ${rest} more`]),
  ]
}

function previewLines(manifest: Manifest, name: string, preview: Preview): readonly string[] {
  switch (preview.kind) {
    case 'unchanged':
    case 'unknown':
      return []
    case 'created':
      return [`  + ${name}: would be created`]
    case 'refused':
      return [`  × ${name}: the API would refuse it: ${preview.reason}`]
    case 'changed':
      return changeLines(preview, name, manifest.object.kind === 'Secret')
  }
}

const exitOf = ({ kind }: Preview): number => {
  if (kind === 'refused') return exits.violated
  return kind === 'unknown' ? exits.unknown : exits.holds
}

/** The last line: how many objects an apply would create, change, and so on. */
function totalsLine({ server, context }: Kube, previews: readonly Preview[]): string {
  const of = (kind: Preview['kind']): number => previews.filter(one => one.kind === kind).length
  const parts = [
    `${of('created')} created`,
    `${of('changed')} changed`,
    `${of('unchanged')} unchanged`,
  ]
  if (of('refused') > 0) parts.push(`${of('refused')} refused`)
  if (of('unknown') > 0) parts.push(`${count(of('unknown'), 'object')} unknown`)
  return `what would change at ${server} (${context}): ${parts.join(', ')}; nothing was written`
}

/**
 * Shows what applying the set would change. Returns an exit code: 1 where the API would refuse an
 * object, 2 where it does not answer.
 */
export async function changes(
  set: ManifestSet,
  runtime: Runtime,
  policy: Policy,
  namespace: string,
  write: Write,
): Promise<number> {
  const { signal } = new AbortController()
  let kube: Kube
  try {
    kube = await openKube({ runtime, deadline: requestTimeout, signal }, policy.identity)
  } catch (error) {
    write(`? what would change is unknown: ${errorMessage(error)}\n`)
    return exits.unknown
  }
  const previewOf = previewer(kube, set, namespace)
  const previews: Preview[] = []
  const unknown = new Map<string, string[]>()
  for (const manifest of set.manifests) {
    const preview = await previewOf(manifest).catch((error: unknown): Preview => ({
      kind: 'unknown',
      reason: errorMessage(error),
    }))
    previews.push(preview)
    const name = objectInWords(placeOf(manifest, namespace))
    if (preview.kind === 'unknown')
      unknown.set(preview.reason, [...(unknown.get(preview.reason) ?? []), name])
    for (const text of previewLines(manifest, name, preview)) write(`${text}\n`)
  }
  for (const [reason, objects] of unknown) write(`  ? ${some(objects, 3)}: ${reason}\n`)
  write(`${totalsLine(kube, previews)}\n`)
  return worstExit(previews.map(exitOf))
}

/** All of --live on the real cluster. Rejects only where the target cannot be opened. */
export async function live(
  set: ManifestSet,
  { policy, settings, options }: { policy: Policy; settings: Settings; options: GateOptions },
  out: NodeJS.WriteStream,
): Promise<number> {
  const { openTarget } = await import('#src/runs/target.ts')
  const target = await openTarget({ ...settings, target: 'live' }, policy)
  const write = (text: string): void => void out.write(text)
  try {
    return worstExit([
      await clusterState(target.runtime, target.policy, write),
      await changes(set, target.runtime, target.policy, options.namespace, write),
    ])
  } finally {
    await target.close()
  }
}
