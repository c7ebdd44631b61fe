// The journal's copy as a ConfigMap: its name, its text, and how both are read.
import { z } from 'zod'
import { asHead, asLine, headOf } from '#src/model/journal-form.ts'
import { JournalError, type Entry, type JournalOf } from '#src/model/journal.ts'
import type { KubeObject } from '#src/model/kube.ts'
import { ownNamespace } from './names.ts'

/**
 * The note that remains when another machine undid a journal, so that its own machine does not undo
 * it again.
 */
export interface Undone {
  by: string
  /** ms since the epoch, by the clock of the machine that undid it. */
  at: number
}

export interface FoundCopy {
  name: string
  of: JournalOf
  pending: readonly Entry[]
  undone?: Undone
}

export type ConfigMap = KubeObject & { data?: Record<string, string> }

/** The key of the text in the ConfigMap. */
export const dataKey = 'journal.json'
/**
 * The most bytes of one copy. @source Kubernetes, ConfigMap: data may not exceed 1 MiB; a quarter
 * of that holds hundreds of records
 */
const largest = 262_144

const body = z.strictObject({
  head: z.unknown(),
  pending: z.array(z.unknown()),
  undone: z.strictObject({ by: z.string(), at: z.number() }).optional(),
})

/**
 * The name of a copy: names of objects allow fewer characters than those of runs. @source
 * Kubernetes, object names: DNS subdomain, 253 characters
 */
export const copyName = ({ run, drill }: Pick<JournalOf, 'run' | 'drill'>): string =>
  `journal-${`${run}-${drill}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 240)}`.replace(/-+$/, '')

/** The text of a copy. Throws if it is too large for one ConfigMap. */
export function textOf(of: JournalOf, pending: readonly Entry[], undone?: Undone): string {
  // An undefined member is left out of the text.
  const text = JSON.stringify({ head: headOf(of), pending, undone })
  const size = Buffer.byteLength(text)
  if (size > largest)
    throw new Error(
      `the records of ${of.drill} take ${size} bytes; ` +
        `a copy in the cluster may have at most ${largest}`,
    )
  return text
}

/** The error for a ConfigMap that holds no journal, with what a person does about it. */
const notAJournal = (name: string, reason: string): JournalError =>
  new JournalError(
    `ConfigMap ${ownNamespace}/${name} is no journal of holdfast${reason}. ` +
      `Read it (kubectl get configmap ${name} -n ${ownNamespace} -o yaml), ` +
      'undo what it names, and delete it',
  )

function jsonIn({ metadata: { name }, data }: ConfigMap): unknown {
  try {
    return JSON.parse(data?.[dataKey] ?? '')
  } catch {
    throw notAJournal(name, `: its ${dataKey} is not JSON`)
  }
}

const headIn = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, 'head') : undefined

/** Reads a copy. Throws a JournalError for another ConfigMap, or for a newer version. */
export function copyIn(map: ConfigMap): FoundCopy {
  const { name } = map.metadata
  const where = `ConfigMap ${ownNamespace}/${name}`
  const value = jsonIn(map)
  // The head first: a newer version may have another body.
  const of = asHead(where, headIn(value))
  const read = body.safeParse(value)
  if (!read.success) throw notAJournal(name, '')
  const pending = read.data.pending
    .flatMap(open => {
      const line = asLine(where, { open })
      return 'open' in line ? [line.open] : []
    })
    .toSorted((a, b) => a.order - b.order)
  const { undone } = read.data
  return undone === undefined ? { name, of, pending } : { name, of, pending, undone }
}
