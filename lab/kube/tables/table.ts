// Answers as tables, for which kubectl asks: columns by kind, and a row for each object.
import { customColumns } from './table-custom.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { isObject, listAt, objectAt, textAt } from '#lab/kube/patch/json.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { apiVersionOf } from '#lab/kube/api/kinds.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import { clusterPrinters } from './table-cluster.ts'
import type { Column, Printer, Printing } from './table-column.ts'
import { age, name } from './table-column.ts'
import { networkPrinters } from './table-network.ts'
import { podPrinter } from './table-pod.ts'
import { storagePrinters } from './table-storage.ts'
import { workloadPrinters } from './table-workload.ts'

const printers: Readonly<Record<string, Printer>> = {
  Pod: podPrinter,
  ...workloadPrinters,
  ...clusterPrinters,
  ...networkPrinters,
  ...storagePrinters,
}

/** The table of kinds without columns of their own. */
const plain: Printer = {
  columns: [name, age],
  cells: (object, { ageOf }) => [textAt(object, 'metadata', 'name') ?? '', ageOf(object)],
}

/** Whether the Accept header of a request prefers a table to objects. */
export function wantsTable(request: ApiRequest): boolean {
  const [first = ''] = (request.headers['accept'] ?? '').split(',')
  return /;\s*as=Table\b/.test(first) && /;\s*g=meta\.k8s\.io\b/.test(first)
}

interface Shown {
  kind: Kind
  /** The CustomResourceDefinition of a custom kind. */
  definition?: JsonObject | undefined
  now: number
  /** The part of the object in a row: `None`, `Metadata` (default) or `Object`. */
  include: string
}

const definitionOf = ({
  name: title,
  type,
  format,
  description,
  priority,
}: Column): JsonObject => ({ name: title, type, format, description, priority })

function includedOf(object: JsonObject, include: string): Json {
  if (include === 'None') return null
  if (include === 'Object') return object
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: objectAt(object, 'metadata'),
  }
}

/** A table of objects. `heading: false` omits the columns, as later events of a watch do. */
export function tableOf(
  objects: readonly JsonObject[],
  metadata: JsonObject,
  shown: Shown,
  heading = true,
): JsonObject {
  const { kind, now, include } = shown
  const { columns, cells } =
    printers[kind.kind] ?? (kind.custom ? customColumns(shown.definition, kind.version) : plain)
  const printing: Printing = { now, ageOf: object => age.of(object, now) }
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: heading ? columns.map(definitionOf) : [],
    rows: objects.map(object => ({
      cells: [...cells(object, printing)],
      object: includedOf(object, include),
    })),
  }
}

/** An object or a list of one kind as a table. A Status and all other answers stay as they are. */
export function asTable(body: JsonObject, shown: Shown): JsonObject {
  const { kind } = shown
  const complete = (item: JsonObject): JsonObject => ({
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    ...item,
  })
  if (Array.isArray(body['items']))
    return tableOf(listAt(body, 'items').map(complete), objectAt(body, 'metadata'), shown)
  if (textAt(body, 'kind') === 'Status' || !isObject(body['metadata'])) return body
  return tableOf(
    [complete(body)],
    { resourceVersion: textAt(body, 'metadata', 'resourceVersion') ?? '' },
    shown,
  )
}

/**
 * Each object of a watch as a table with one row. Only the first table names the columns, and that
 * of a bookmark has no rows.
 */
export function tablesOf(shown: Shown): (object: JsonObject) => JsonObject {
  let heading = true
  return object => {
    const rows = textAt(object, 'metadata', 'name') === undefined ? [] : [object]
    const made = tableOf(
      rows,
      { resourceVersion: textAt(object, 'metadata', 'resourceVersion') ?? '' },
      shown,
      heading,
    )
    heading = false
    return made
  }
}
