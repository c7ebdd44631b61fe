// Waivers that stand on the object itself, and the exemptions of other tools that stand there, too.
import type { Manifest, Path } from '#src/model/index.ts'

/** What an annotation accepts, or why it is none. */
export interface ObjectWaiver {
  manifest: Manifest
  /** The annotation. */
  key: string
  path: Path
  /** Invariants, codes or rules that it names; none when it is malformed. */
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

/**
 * `holdfast.dev/waive`, or with a suffix where an object has several: `holdfast.dev/waive-probes`.
 */
const ours = /^holdfast\.dev\/waive(?:[-._].+)?$/
/** How it is written; told to whoever writes it otherwise. */
export const waiverSyntax =
  '<invariant or code>; owner=<who>; until=YYYY-MM-DD; reason=<why, in a sentence>'

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
  new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)

/** One line of a waiver. The reason comes last, so that it may hold semicolons. */
function readLine(line: string): Omit<ObjectWaiver, 'manifest' | 'key' | 'path'> {
  const reasonAt = /;\s*reason\s*=/.exec(line)
  const reason =
    reasonAt === null ? undefined : line.slice(reasonAt.index + reasonAt[0].length).trim()
  const [first = '', ...parts] = (reasonAt === null ? line : line.slice(0, reasonAt.index))
    .split(';')
    .map(part => part.trim())
  const members = new Map<string, string>()
  const strange: string[] = []
  for (const part of parts.filter(text => text !== '')) {
    const equals = part.indexOf('=')
    const name = equals < 0 ? '' : part.slice(0, equals).trim()
    if (name !== 'owner' && name !== 'until') strange.push(part)
    else members.set(name, part.slice(equals + 1).trim())
  }
  const names = first
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '' && !name.includes('='))
  const owner = members.get('owner') ?? ''
  const until = members.get('until') ?? ''
  const malformed = [
    ...(names.length === 0 ? ['it names no invariant and no code'] : []),
    ...strange.map(part => `it has “${part}”`),
    ...(until === '' ? ['it has no “until”'] : isDay(until) ? [] : [`“${until}” is no day`]),
    ...((reason ?? '') === '' ? ['it gives no reason'] : []),
  ]
  return {
    names,
    ...(owner === '' ? {} : { owner }),
    ...(isDay(until) ? { until } : {}),
    ...(reason === undefined || reason === '' ? {} : { reason }),
    mistakes: [
      ...(malformed.length === 0
        ? []
        : [{ code: 'waiver-malformed' as const, seen: malformed.join(', and ') }]),
      ...(owner === ''
        ? [{ code: 'waiver-ownerless' as const, seen: 'nobody answers for it: it has no owner' }]
        : []),
    ],
  }
}

const annotationsOf = (manifest: Manifest): readonly [string, string][] =>
  Object.entries(manifest.object.metadata.annotations ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )

/**
 * All waivers that stand on objects, the mistaken ones with their mistakes. One annotation may hold
 * several, a line each.
 */
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

/**
 * Exemptions of Polaris and kube-score. They are not obeyed: nobody answers for them and they never
 * end. @source Polaris and kube-score documentation
 */
export const foreignWaivers = (manifests: readonly Manifest[]): readonly ForeignWaiver[] =>
  manifests.flatMap(manifest =>
    annotationsOf(manifest).flatMap(([key, text]): readonly ForeignWaiver[] => {
      const about = { manifest, path: ['metadata', 'annotations', key] }
      const polaris = /^polaris\.fairwinds\.com\/(?:(.+)-)?exempt$/.exec(key)
      if (polaris !== null)
        return text.trim().toLowerCase() === 'true'
          ? [
              {
                ...about,
                tool: 'Polaris',
                description: polaris[1] === undefined ? 'every check' : polaris[1],
              },
            ]
          : []
      return key === 'kube-score/ignore'
        ? text
            .split(',')
            .map(check => check.trim())
            .filter(check => check !== '')
            .map(check => ({ ...about, tool: 'kube-score', description: check }))
        : []
    }),
  )
