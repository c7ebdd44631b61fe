// What waivers themselves give cause for: findings about mistakes and expired waivers, and notes
// about idle ones and those of other tools.
import type { GateNote, Manifest, Place, Policy, Raised } from '#src/model/index.ts'
import { waiverSyntax, type ForeignWaiver, type ObjectWaiver } from './annotations.ts'
import { objectInWords, placeOf } from './identity.ts'
import { ruleOf } from './rules.ts'

const dayMs = 86_400_000

/** Whether a day is over, in UTC. `now` in ms since the epoch. */
export const isOver = (day: string, now: number): boolean =>
  Date.parse(`${day}T00:00:00Z`) + dayMs <= now

/** A finding about a waiver, at its annotation. */
function about(
  waiver: ObjectWaiver,
  namespace: string,
  { code, seen, remedy }: Pick<Raised, 'code' | 'seen' | 'remedy'>,
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
    at: placeOf(waiver.manifest, namespace, waiver.path),
    file: waiver.manifest.file,
    span: waiver.manifest.where(waiver.path),
  }
}

const remedies = {
  'waiver-malformed': `write it as “${waiverSyntax}”`,
  'waiver-ownerless': 'add “owner=<who>”: the person to ask when it ends',
} as const

/** The mistakes in a waiver on an object, and that it has expired. */
export function mistakesOf(
  waiver: ObjectWaiver,
  namespace: string,
  now: number,
): readonly Raised[] {
  const { until, owner, names } = waiver
  const mistakes = waiver.mistakes.map(({ code, seen }) =>
    about(waiver, namespace, { code, seen, remedy: remedies[code] }),
  )
  if (until === undefined || !isOver(until, now)) return mistakes
  const [who, what] = [owner ?? 'an unnamed owner', names.join(', ') || 'nothing']
  const expired = about(waiver, namespace, {
    code: 'waiver-expired',
    seen: `the waiver of ${who} for ${what} ended on ${until}`,
    remedy: 'fix what it covers and remove it, or renew it with a new day',
  })
  return [...mistakes, expired]
}

/** A finding that a waiver of the policy covered until it expired. */
export function expiredFinding(finding: Raised, waiver: Policy['waivers'][number]): Raised {
  const { name, reason } = ruleOf('waivers-are-valid')
  const { owner, findings, subject, until } = waiver
  return {
    ...finding,
    rule: name,
    clauses: [],
    reason,
    code: 'waiver-expired',
    seen:
      `the policy's waiver of ${owner} for ${findings.join(', ')} of ${subject} ` +
      `ended on ${until}`,
    expected: 'a fix, or a renewed waiver, before it ends',
    remedy:
      'fix it, or renew the waiver in the policy with a new day ' +
      `(its reason was: ${waiver.reason})`,
  }
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

/** A note about a waiver that covers no finding. */
export function idleNote(
  { manifest, path, key, names }: ObjectWaiver,
  owner: string,
  namespace: string,
): GateNote {
  const object = objectInWords(placeOf(manifest, namespace))
  return noteAbout(manifest, path, namespace, {
    kind: 'idle-waiver',
    code: 'waiver-idle',
    message:
      `${key} of ${owner} covers nothing on ${object}: no finding is named ` +
      `${names.join(' or ')}; remove it`,
  })
}

/** A note about an exemption of another tool. */
export function foreignNote(
  { manifest, path, tool, description }: ForeignWaiver,
  namespace: string,
): GateNote {
  const object = objectInWords(placeOf(manifest, namespace))
  return noteAbout(manifest, path, namespace, {
    kind: 'foreign-waiver',
    code: `waiver-of-${tool.toLowerCase()}`,
    message:
      `an annotation exempts ${object} from ${description} of ${tool}, without owner or end; ` +
      `holdfast ignores it: replace it with holdfast.dev/waive: "${waiverSyntax}", or remove it`,
  })
}
