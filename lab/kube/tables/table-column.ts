// The columns and cells of tables, and the texts that many kinds share.
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { listAt, textAt } from '#lab/kube/patch/json.ts'
import { requirementTexts } from '#lab/kube/read/selector-text.ts'
import { since } from '#lab/kube/messages/duration-text.ts'

export interface Column {
  name: string
  type: 'string' | 'integer' | 'boolean'
  format: string
  description: string
  /** 0: always shown. 1: shown with `-o wide` only. */
  priority: number
}

export interface Printing {
  /** ms since the epoch. */
  now: number
  ageOf(object: JsonObject): string
}

export interface Printer {
  columns: readonly Column[]
  cells(object: JsonObject, printing: Printing): readonly Json[]
}

/** A column. Priority 0 is always shown. */
export const column = (title: string, type: Column['type'] = 'string', priority = 0): Column => ({
  name: title,
  type,
  format: '',
  description: '',
  priority,
})
/** A column that only `-o wide` shows. */
export const wide = (title: string, type: Column['type'] = 'string'): Column =>
  column(title, type, 1)
/** Columns with texts. */
export const texts = (...titles: readonly string[]): Column[] => titles.map(title => column(title))
/** Columns with integers. */
export const integers = (...titles: readonly string[]): Column[] =>
  titles.map(title => column(title, 'integer'))

/** The first column of most tables. */
export const name: Column = { ...column('Name'), format: 'name' }
/** The age of an object, from its creationTimestamp. */
export const age: Column & { of(object: JsonObject, now: number): string } = {
  ...column('Age'),
  of: (object, now) => since(textAt(object, 'metadata', 'creationTimestamp'), now),
}
/** The name of an object. */
export const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name') ?? ''

const none = '<none>'
/** A list as one cell. */
export const listed = (values: readonly string[]): string =>
  values.length === 0 ? none : values.join(',')

/** Labels as one cell: `a=b,c=d`. */
export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  listed(
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .toSorted(),
  )

/** A selector object as one cell. @source Kubernetes v1.35, metav1.FormatLabelSelector */
export const selectorText = (selector: Json | undefined): string =>
  listed(requirementTexts(selector))

/** The names and images of the containers in a pod's spec, for wide columns. */
export function containersText(spec: Json | undefined): [names: string, images: string] {
  const containers = listAt(spec, 'containers')
  return [
    containers.map(each => textAt(each, 'name') ?? '').join(','),
    containers.map(each => textAt(each, 'image') ?? '').join(','),
  ]
}

const modes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}
/** @source Kubernetes v1.35, printers: GetAccessModesAsString */
export const accessModes = (given: readonly string[]): string =>
  Object.entries(modes)
    .filter(([mode]) => given.includes(mode))
    .map(([, short]) => short)
    .join(',')
