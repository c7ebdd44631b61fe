// Who has accepted what: the policy's waivers and those on objects turn findings into waived ones,
// until their last day.
import type { GateWaiver, Place, Policy, Raised } from '#src/model/index.ts'
import { foreignWaivers, objectWaivers, waiverSyntax, type ObjectWaiver } from './annotations.ts'
import { objectInWords, placeOf } from './identity.ts'
import { ruleOf } from './rules.ts'
import type { GateNote, Manifest } from '#src/model/index.ts'

const dayMs = 86_400_000

/** A day counts to its end, UTC. */
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

/** A finding about a waiver, where the waiver stands. */
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
    'waiver-ownerless': 'add “owner=<who>”: the person who is asked when it ends',
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
            `the waiver of ${owner ?? 'nobody'} for ${names.join(', ') || 'nothing'} ended on ${until}`,
            'mend what it covers and remove it, or renew it with a new day',
          ),
        ]),
  ]
}

/** The waivers of an object that are in order and have not ended. */
const isValid = (
  waiver: ObjectWaiver,
  now: number,
): waiver is ObjectWaiver & Required<Pick<ObjectWaiver, 'owner' | 'until' | 'reason'>> =>
  waiver.mistakes.length === 0 &&
  waiver.owner !== undefined &&
  waiver.until !== undefined &&
  waiver.reason !== undefined &&
  !isOver(waiver.until, now)

/**
 * The gate's own finding about a waiver of the policy that ended while what it covers is still
 * there.
 */
function expired(finding: Raised, waiver: Policy['waivers'][number]): Raised {
  const { name, reason } = ruleOf('waivers-are-valid')
  return {
    ...finding,
    rule: name,
    clauses: [],
    reason,
    code: 'waiver-expired',
    seen: `the policy's waiver of ${waiver.owner} for ${waiver.findings.join(', ')} of ${waiver.subject} ended on ${waiver.until}`,
    expected: 'a finding is mended or its waiver renewed before it ends',
    remedy: `mend it, or renew the waiver in the policy with a new day (its reason was: ${waiver.reason})`,
  }
}

/**
 * Applies all waivers to what was raised; adds findings about waivers that are mistaken or have
 * ended, and notes about idle and foreign ones.
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
  const findings = raised.flatMap((finding): readonly Accepted[] => {
    const own = policy.waivers.filter(
      ({ invariant, subject, findings: codes }) =>
        invariant === finding.rule && subject === finding.subject && codes.includes(finding.code),
    )
    const onObject = valid.find(
      candidate => covers(candidate.names, finding) && sameObject(finding.at, candidate, namespace),
    )
    if (onObject !== undefined) used.add(onObject)
    const fromPolicy = own.find(({ until }) => !isOver(until, now))
    if (fromPolicy !== undefined)
      return [
        {
          raised: finding,
          waiver: {
            owner: fromPolicy.owner,
            reason: fromPolicy.reason,
            until: fromPolicy.until,
            from: 'policy',
          },
        },
      ]
    if (onObject !== undefined)
      return [
        {
          raised: finding,
          waiver: {
            owner: onObject.owner,
            reason: onObject.reason,
            until: onObject.until,
            from: 'object',
          },
        },
      ]
    return [{ raised: finding }, ...own.map(waiver => ({ raised: expired(finding, waiver) }))]
  })
  const noteAbout = (
    manifest: Manifest,
    path: Place['path'],
    rest: Pick<GateNote, 'kind' | 'code' | 'message'>,
  ): GateNote => ({
    file: manifest.file,
    line: manifest.where(path).line,
    object: placeOf(manifest, namespace, path),
    ...rest,
  })
  return {
    findings: [
      ...findings,
      ...onObjects
        .flatMap(waiver => mistakesOf(waiver, namespace, now))
        .map(finding => ({ raised: finding })),
    ],
    notes: [
      // With a part of the rules alone nobody knows whether the others would need it.
      ...(partly ? [] : valid)
        .filter(waiver => !used.has(waiver))
        .map(waiver =>
          noteAbout(waiver.manifest, waiver.path, {
            kind: 'idle-waiver',
            code: 'waiver-idle',
            message: `${waiver.key} of ${waiver.owner} covers nothing on ${objectInWords(placeOf(waiver.manifest, namespace))}: no finding is called ${waiver.names.join(' or ')}; remove it`,
          }),
        ),
      ...foreignWaivers(manifests).map(({ manifest, path, tool, description }) =>
        noteAbout(manifest, path, {
          kind: 'foreign-waiver',
          code: `waiver-of-${tool.toLowerCase()}`,
          message: `${tool} is told to leave ${description} of ${objectInWords(placeOf(manifest, namespace))} alone, without owner or end; holdfast does not obey it: renew it as holdfast.dev/waive: "${waiverSyntax}", or remove it`,
        }),
      ),
    ],
  }
}
