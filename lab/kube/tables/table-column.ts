// What a table's columns are made of.
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { listAt, mapAt, textAt, textsAt } from '#lab/kube/patch/json.ts'
import { since } from '#lab/kube/messages/duration-text.ts'

export interface Column {
  name: string
  type: 'string' | 'integer' | 'boolean'
  format: string
  description: string
  /** 0: always; 1: with `-o wide` only. */
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
export const texts = (...titles: readonly string[]): Column[] => titles.map(title => column(title))
export const integers = (...titles: readonly string[]): Column[] =>
  titles.map(title => column(title, 'integer'))

export const name: Column = { ...column('Name'), format: 'name' }
export const age: Column & { of(object: JsonObject, now: number): string } = {
  ...column('Age'),
  of: (object, now) => since(textAt(object, 'metadata', 'creationTimestamp'), now),
}
export const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name') ?? ''

const none = '<none>'
/** A list in one cell. */
export const listed = (values: readonly string[]): string =>
  values.length === 0 ? none : values.join(',')

/** `a=b,c=d`. */
export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  listed(
    Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .toSorted(),
  )

/** A selector object in one cell. @source Kubernetes v1.35, metav1.FormatLabelSelector */
export function selectorText(selector: Json | undefined): string {
  const words: Readonly<Record<string, string>> = { In: 'in', NotIn: 'notin' }
  const labels = Object.entries(mapAt(selector, 'matchLabels')).map(
    ([key, value]) => `${key}=${value}`,
  )
  const expressions = listAt(selector, 'matchExpressions').map(entry => {
    const [key, operator] = [textAt(entry, 'key') ?? '', textAt(entry, 'operator') ?? '']
    if (operator === 'Exists') return key
    return operator === 'DoesNotExist'
      ? `!${key}`
      : `${key} ${words[operator] ?? operator} (${textsAt(entry, 'values').join(',')})`
  })
  return listed([...labels, ...expressions].toSorted())
}

/** Names and images of a pod template's containers, for wide columns. */
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
