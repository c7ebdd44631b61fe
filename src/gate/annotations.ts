// Waivers in the annotations of objects, and the exemptions of other tools.
import type { Manifest, Path } from '#src/model/index.ts'
import { withoutUndefined } from '#src/model/json.ts'

/** A waiver in an annotation, with the mistakes in it. */
export interface ObjectWaiver {
  manifest: Manifest
  /** The annotation. */
  key: string
  path: Path
  /** Invariants, codes or rules that it names; empty for a malformed waiver. */
  names: readonly string[]
  owner?: string
  until?: string
  reason?: string
  mistakes: readonly { code: 'waiver-malformed' | 'waiver-ownerless'; seen: string }[]
}

export interface ForeignWaiver {
  manifest: Manifest
  path: Path
  tool: 'Polaris' | 'kube-score'
  description: string
}

/** `holdfast.dev/waive`, or a suffix for each of several waivers: `holdfast.dev/waive-probes`. */
const ours = /^holdfast\.dev\/waive(?:[-._].+)?$/
/** The syntax of a waiver, as messages show it. */
export const waiverSyntax =
  '<invariant or code>; owner=<who>; until=YYYY-MM-DD; reason=<why, in a sentence>'

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
  new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)

/** The unchecked parts of a line. */
interface WaiverLine {
  names: readonly string[]
  owner: string
  until: string
  reason: string
  /** Parts that are neither owner nor until. */
  unexpected: readonly string[]
}

/** Splits a line. The reason comes last, because it may contain semicolons. */
function splitLine(line: string): WaiverLine {
  const reasonAt = /;\s*reason\s*=/.exec(line)
  const reason = reasonAt === null ? '' : line.slice(reasonAt.index + reasonAt[0].length).trim()
  const [first = '', ...parts] = (reasonAt === null ? line : line.slice(0, reasonAt.index))
    .split(';')
    .map(part => part.trim())
  const members = new Map<string, string>()
  const unexpected: string[] = []
  for (const part of parts.filter(text => text !== '')) {
    const equals = part.indexOf('=')
    const name = equals < 0 ? '' : part.slice(0, equals).trim()
    if (name !== 'owner' && name !== 'until') unexpected.push(part)
    else members.set(name, part.slice(equals + 1).trim())
  }
  const names = first
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '' && !name.includes('='))
  return {
    names,
    owner: members.get('owner') ?? '',
    until: members.get('until') ?? '',
    reason,
    unexpected,
  }
}

/** The mistakes in the form of a waiver, each as a clause such as “it gives no reason”. */
function malformedIn({ names, until, reason, unexpected }: WaiverLine): readonly string[] {
  const mistakes: string[] = []
  if (names.length === 0) mistakes.push('it names no invariant and no code')
  for (const part of unexpected) mistakes.push(`it has “${part}”`)
  if (until === '') mistakes.push('it has no “until”')
  else if (!isDay(until)) mistakes.push(`“${until}” is not a day`)
  if (reason === '') mistakes.push('it gives no reason')
  return mistakes
}

/** Reads one line of a waiver, with the mistakes in it. */
function readLine(line: string): Omit<ObjectWaiver, 'manifest' | 'key' | 'path'> {
  const parts = splitLine(line)
  const { names, owner, until, reason } = parts
  const malformed = malformedIn(parts)
  const mistakes: ObjectWaiver['mistakes'][number][] = []
  if (malformed.length > 0)
    mistakes.push({ code: 'waiver-malformed', seen: malformed.join(', and ') })
  if (owner === '') mistakes.push({ code: 'waiver-ownerless', seen: 'it has no owner' })
  return withoutUndefined({
    names,
    owner: owner === '' ? undefined : owner,
    until: isDay(until) ? until : undefined,
    reason: reason === '' ? undefined : reason,
    mistakes,
  })
}

const annotationsOf = (manifest: Manifest): readonly [string, string][] =>
  Object.entries(manifest.object.metadata.annotations ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )

/** All waivers on objects, including malformed ones. An annotation may have one on each line. */
export const objectWaivers = (manifests: readonly Manifest[]): readonly ObjectWaiver[] =>
  manifests.flatMap(manifest =>
    annotationsOf(manifest)
      .filter(([key]) => ours.test(key))
      .flatMap(([key, text]) => {
        const lines = text
          .split('\n')
          .map(line => line.trim())
          .filter(line => line !== '')
        return (lines.length === 0 ? [''] : lines).map(line => ({
          manifest,
          key,
          path: ['metadata', 'annotations', key],
          ...readLine(line),
        }))
      }),
  )

function exemptionsIn(
  key: string,
  text: string,
): readonly Pick<ForeignWaiver, 'tool' | 'description'>[] {
  const polaris = /^polaris\.fairwinds\.com\/(?:(.+)-)?exempt$/.exec(key)
  if (polaris !== null) {
    const isSet = text.trim().toLowerCase() === 'true'
    return isSet ? [{ tool: 'Polaris', description: polaris[1] ?? 'every check' }] : []
  }
  if (key !== 'kube-score/ignore') return []
  return text
    .split(',')
    .map(check => check.trim())
    .filter(check => check !== '')
    .map(check => ({ tool: 'kube-score', description: check }))
}

/**
 * Exemptions of Polaris and kube-score. The gate ignores them, because they have neither an owner
 * nor an end. @source Polaris and kube-score documentation
 */
export const foreignWaivers = (manifests: readonly Manifest[]): readonly ForeignWaiver[] =>
  manifests.flatMap(manifest =>
    annotationsOf(manifest).flatMap(([key, text]) =>
      exemptionsIn(key, text).map(one => ({
        manifest,
        path: ['metadata', 'annotations', key],
        ...one,
      })),
    ),
  )
