// Phrases that the formats of a gate's report share.
import type { GateFinding, GateNote, GateReport, GateUnknown, Place } from '#src/model/index.ts'
import { count } from '#src/reporting/text.ts'

/** `Deployment joelclaw/web`. */
export const objectInWords = ({ kind, namespace, name }: Place): string =>
  `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`

/** What was seen, preceded by the object unless the text names it. */
export const aboutIn = ({ object, seen }: Pick<GateFinding, 'object' | 'seen'>): string =>
  object === undefined || seen.includes(objectInWords(object))
    ? seen
    : `${objectInWords(object)}: ${seen}`

/** A sentence without its full stop, so that another one can follow. */
export const withoutFullStop = (sentence: string): string => sentence.trim().replace(/\.$/, '')

/** A finding on one line: what was seen, what was expected, what to do. */
export const summaryOf = (
  finding: Pick<GateFinding, 'object' | 'seen' | 'expected' | 'remedy'>,
): string =>
  `${aboutIn(finding)}; expected ${withoutFullStop(finding.expected)}. ` +
  `Remedy: ${withoutFullStop(finding.remedy)}`

/** Whether --fix can fix a finding. */
export const isCertain = ({ change }: GateFinding): boolean => change !== undefined

/** `waived by joel until 2027-01-31: known gap`; empty for a finding without a waiver. */
export function waiverInWords({ waiver }: GateFinding): string {
  if (waiver === undefined) return ''
  const { owner, until, from, reason } = waiver
  return `waived by ${owner} until ${until}${from === 'object' ? ' on the object' : ''}: ${reason}`
}

/** A place in a file; less of it if less is known. */
type PartialPlace = {
  readonly [Part in 'file' | 'line' | 'column']?: GateUnknown[Part] | undefined
}

/** `k8s/web.yaml:12:9`, which editors and terminals turn into a link. */
export const placeInWords = ({ file = '', line, column }: PartialPlace): string =>
  [file, line, column].filter(part => part !== undefined).join(':')

export const ofStatus = (
  report: Pick<GateReport, 'findings'>,
  status: GateFinding['status'],
): readonly GateFinding[] => report.findings.filter(finding => finding.status === status)

/** The objects of the findings, as {@link objectInWords} names them. */
export const touchedIn = (findings: readonly GateFinding[]): ReadonlySet<string> =>
  new Set(findings.flatMap(({ object }) => (object === undefined ? [] : [objectInWords(object)])))

/** `14 objects in 3 files`. */
export const sizeInWords = ({ objects, files }: Pick<GateReport, 'objects' | 'files'>): string =>
  `${count(objects.length, 'object')} in ${count(files.length, 'file')}`

/** Headings of notes, by kind. */
export const noteHeads = {
  'not-judged': 'not judged',
  'foreign-waiver': 'waivers of other tools, ignored here',
  'idle-waiver': 'waivers that cover nothing',
} as const satisfies Record<GateNote['kind'], string>

/** The suffix of a rendered file. Its lines differ from its source. @source src/manifests */
const rendered = / \(rendered\)$/

/** The source of a file that reports show, and whether line numbers are the same in it. */
export const sourceOf = (file: string): { file: string; lines: boolean } => ({
  file: file.replace(rendered, ''),
  lines: !rendered.test(file),
})
