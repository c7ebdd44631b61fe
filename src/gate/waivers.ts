// Applies the waivers of the policy and those on objects to findings, until their last day.
import type { GateNote, GateWaiver, Manifest, Place, Policy, Raised } from '#src/model/index.ts'
import { foreignWaivers, objectWaivers, type ObjectWaiver } from './annotations.ts'
import { placeOf } from './identity.ts'
import { expiredFinding, foreignNote, idleNote, isOver, mistakesOf } from './waiver-findings.ts'

export interface Accepted {
  raised: Raised
  waiver?: GateWaiver
}

export interface Waived {
  findings: readonly Accepted[]
  notes: readonly GateNote[]
}

/** A waiver on an object with an owner, a reason and a last day. */
type ValidWaiver = ObjectWaiver & Required<Pick<ObjectWaiver, 'owner' | 'until' | 'reason'>>

const isValid = (waiver: ObjectWaiver, now: number): waiver is ValidWaiver =>
  waiver.mistakes.length === 0 &&
  waiver.owner !== undefined &&
  waiver.until !== undefined &&
  waiver.reason !== undefined &&
  !isOver(waiver.until, now)

/** Whether a waiver names a rule, a code, or the family of a code. */
const covers = (names: readonly string[], { rule, code }: Raised): boolean =>
  names.includes(rule) || names.includes(code) || names.includes(code.split(':')[0] ?? '')

function isSameObject(place: Place | undefined, waiver: ObjectWaiver, namespace: string): boolean {
  if (place === undefined) return false
  const own = placeOf(waiver.manifest, namespace)
  return (
    place.kind === own.kind &&
    place.name === own.name &&
    (place.namespace ?? namespace) === (own.namespace ?? namespace)
  )
}

/** The waivers that cover one finding. */
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
      waiver => covers(waiver.names, finding) && isSameObject(finding.at, waiver, namespace),
    ),
  }
}

const acceptedBy = (
  raised: Raised,
  { owner, reason, until }: Omit<GateWaiver, 'from'>,
  from: GateWaiver['from'],
): Accepted => ({ raised, waiver: { owner, reason, until, from } })

/** A finding with its waiver, or with a finding for each waiver of the policy that has expired. */
function accept(
  finding: Raised,
  { fromPolicy, onObject }: Covering,
  now: number,
): readonly Accepted[] {
  const running = fromPolicy.find(({ until }) => !isOver(until, now))
  if (running !== undefined) return [acceptedBy(finding, running, 'policy')]
  if (onObject !== undefined) return [acceptedBy(finding, onObject, 'object')]
  const expired = fromPolicy.map(waiver => ({ raised: expiredFinding(finding, waiver) }))
  return [{ raised: finding }, ...expired]
}

/**
 * Applies all waivers to the findings. It adds findings about malformed and expired waivers, and
 * notes about idle ones and those of other tools. `now` in ms since the epoch. `partly`: only some
 * rules ran, so an idle waiver may cover a finding of the others.
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
      ...idle.map(waiver => idleNote(waiver, waiver.owner, namespace)),
      ...foreignWaivers(manifests).map(waiver => foreignNote(waiver, namespace)),
    ],
  }
}
