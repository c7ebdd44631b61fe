// Applies the waivers of the policy and those on objects to findings, until their last day.
import type { GateNote, GateWaiver, Manifest, Place, Policy, Raised } from '#src/model/index.ts'
import {
  foreignWaivers,
  objectWaivers,
  waiverSyntax,
  type ForeignWaiver,
  type ObjectWaiver,
} from './annotations.ts'
import { objectInWords, placeOf } from './identity.ts'
import { ruleOf } from './rules.ts'

const dayMs = 86_400_000

/** Whether a day has ended, UTC. */
const isOver = (until: string, now: number): boolean =>
  Date.parse(`${until}T00:00:00Z`) + dayMs <= now

export interface Accepted {
  raised: Raised
  waiver?: GateWaiver
}

export interface Waived {
  findings: readonly Accepted[]
  notes: readonly GateNote[]
}

const covers = (names: readonly string[], { rule, code }: Raised): boolean =>
  names.includes(rule) || names.includes(code) || names.includes(code.split(':')[0] ?? '')

const sameObject = (place: Place | undefined, waiver: ObjectWaiver, fallback: string): boolean => {
  if (place === undefined) return false
  const own = placeOf(waiver.manifest, fallback)
  return (
    place.kind === own.kind &&
    place.name === own.name &&
    (place.namespace ?? fallback) === (own.namespace ?? fallback)
  )
}

/** A finding about a waiver, at its annotation. */
function about(
  waiver: ObjectWaiver,
  fallback: string,
  code: string,
  seen: string,
  remedy: string,
): Raised {
  const rule = ruleOf('waivers-are-valid')
  return {
    rule: rule.name,
    clauses: [],
    reason: rule.reason,
    code,
    seen: `${waiver.key}: ${seen}`,
    expected: `“${waiverSyntax}”`,
    remedy,
    at: placeOf(waiver.manifest, fallback, waiver.path),
    file: waiver.manifest.file,
    span: waiver.manifest.where(waiver.path),
  }
}

function mistakesOf(waiver: ObjectWaiver, fallback: string, now: number): readonly Raised[] {
  const { until, owner, names } = waiver
  const remedies = {
    'waiver-malformed': `write it as “${waiverSyntax}”`,
    'waiver-ownerless': 'add “owner=<who>”: the person to ask when it ends',
  } as const
  return [
    ...waiver.mistakes.map(({ code, seen }) => about(waiver, fallback, code, seen, remedies[code])),
    ...(until === undefined || !isOver(until, now)
      ? []
      : [
          about(
            waiver,
            fallback,
            'waiver-expired',
            `the waiver of ${owner ?? 'an unnamed owner'} for ${names.join(', ') || 'nothing'} ended on ${until}`,
            'fix what it covers and remove it, or renew it with a new day',
          ),
        ]),
  ]
}

/** A waiver with an owner, a reason and a last day. */
type ValidWaiver = ObjectWaiver & Required<Pick<ObjectWaiver, 'owner' | 'until' | 'reason'>>

const isValid = (waiver: ObjectWaiver, now: number): waiver is ValidWaiver =>
  waiver.mistakes.length === 0 &&
  waiver.owner !== undefined &&
  waiver.until !== undefined &&
  waiver.reason !== undefined &&
  !isOver(waiver.until, now)

/** A waiver of the policy that expired before its finding was fixed. */
function expired(finding: Raised, waiver: Policy['waivers'][number]): Raised {
  const { name, reason } = ruleOf('waivers-are-valid')
  return {
    ...finding,
    rule: name,
    clauses: [],
    reason,
    code: 'waiver-expired',
    seen: `the policy's waiver of ${waiver.owner} for ${waiver.findings.join(', ')} of ${waiver.subject} ended on ${waiver.until}`,
    expected: 'a fix, or a renewed waiver, before it ends',
    remedy: `fix it, or renew the waiver in the policy with a new day (its reason was: ${waiver.reason})`,
  }
}

/** The waiver of the policy or of the object that covers a finding. */
interface Covering {
  fromPolicy: readonly Policy['waivers'][number][]
  onObject: ValidWaiver | undefined
}

function coveringOf(
  finding: Raised,
  policy: Policy,
  onObjects: readonly ValidWaiver[],
  namespace: string,
): Covering {
  return {
    fromPolicy: policy.waivers.filter(
      ({ invariant, subject, findings: codes }) =>
        invariant === finding.rule && subject === finding.subject && codes.includes(finding.code),
    ),
    onObject: onObjects.find(
      waiver => covers(waiver.names, finding) && sameObject(finding.at, waiver, namespace),
    ),
  }
}

/** A finding with the waiver that covers it; expired waivers of the policy add their own findings. */
function accept(
  finding: Raised,
  { fromPolicy, onObject }: Covering,
  now: number,
): readonly Accepted[] {
  const running = fromPolicy.find(({ until }) => !isOver(until, now))
  if (running !== undefined) {
    const { owner, reason, until } = running
    return [{ raised: finding, waiver: { owner, reason, until, from: 'policy' } }]
  }
  if (onObject !== undefined) {
    const { owner, reason, until } = onObject
    return [{ raised: finding, waiver: { owner, reason, until, from: 'object' } }]
  }
  return [{ raised: finding }, ...fromPolicy.map(waiver => ({ raised: expired(finding, waiver) }))]
}

const noteAbout = (
  manifest: Manifest,
  path: Place['path'],
  namespace: string,
  rest: Pick<GateNote, 'kind' | 'code' | 'message'>,
): GateNote => ({
  file: manifest.file,
  line: manifest.where(path).line,
  object: placeOf(manifest, namespace, path),
  ...rest,
})

function idleNote({ manifest, path, key, owner, names }: ValidWaiver, namespace: string): GateNote {
  const object = objectInWords(placeOf(manifest, namespace))
  return noteAbout(manifest, path, namespace, {
    kind: 'idle-waiver',
    code: 'waiver-idle',
    message: `${key} of ${owner} covers nothing on ${object}: no finding is named ${names.join(' or ')}; remove it`,
  })
}

function foreignNote(
  { manifest, path, tool, description }: ForeignWaiver,
  namespace: string,
): GateNote {
  const object = objectInWords(placeOf(manifest, namespace))
  return noteAbout(manifest, path, namespace, {
    kind: 'foreign-waiver',
    code: `waiver-of-${tool.toLowerCase()}`,
    message: `an annotation exempts ${object} from ${description} of ${tool}, without owner or end; holdfast ignores it: replace it with holdfast.dev/waive: "${waiverSyntax}", or remove it`,
  })
}

/**
 * Applies all waivers to the findings. It adds findings about waivers that are malformed or
 * expired, and notes about idle ones and those of other tools. `partly`: only some rules ran, so
 * that an idle waiver may cover a finding of the others.
 */
export function waive(
  raised: readonly Raised[],
  manifests: readonly Manifest[],
  policy: Policy,
  { now, namespace, partly = false }: { now: number; namespace: string; partly?: boolean },
): Waived {
  const onObjects = objectWaivers(manifests)
  const valid = onObjects.filter(waiver => isValid(waiver, now))
  const used = new Set<ObjectWaiver>()
  const findings = raised.flatMap(finding => {
    const covering = coveringOf(finding, policy, valid, namespace)
    if (covering.onObject !== undefined) used.add(covering.onObject)
    return accept(finding, covering, now)
  })
  const mistakes = onObjects.flatMap(waiver => mistakesOf(waiver, namespace, now))
  const idle = partly ? [] : valid.filter(waiver => !used.has(waiver))
  return {
    findings: [...findings, ...mistakes.map(finding => ({ raised: finding }))],
    notes: [
      ...idle.map(waiver => idleNote(waiver, namespace)),
      ...foreignWaivers(manifests).map(waiver => foreignNote(waiver, namespace)),
    ],
  }
}
