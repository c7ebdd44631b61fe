// The tables of custom kinds, with the columns of their CustomResourceDefinition.
import { since } from '#lab/kube/messages/duration-text.ts'
import type { Json, JsonObject } from '#lab/kube/patch/json.ts'
import { at, listAt, numberAt, textAt } from '#lab/kube/patch/json.ts'
import type { Column, Printer } from './table-column.ts'
import { age, column, name, nameOf } from './table-column.ts'

/**
 * The value at a path such as `.spec.size` or `.status.conditions[0].type`. Filters of JSONPath
 * give an empty cell, because the lab does not support them.
 */
function valueAt(object: JsonObject, path: string): Json | undefined {
  const steps = path.replace(/^\$?\.?/, '').match(/[\w-]+/g) ?? []
  return /[?*@]/.test(path)
    ? undefined
    : at(object, ...steps.map(step => (/^\d+$/.test(step) ? Number(step) : step)))
}

const types: Readonly<Record<string, Column['type']>> = {
  integer: 'integer',
  number: 'integer',
  boolean: 'boolean',
}

/** The columns of a definition. Without any, a table shows the age, as in Kubernetes. */
export function customColumns(definition: JsonObject | undefined, version: string): Printer {
  const found = listAt(definition, 'spec', 'versions').find(each => each['name'] === version)
  const own = listAt(found, 'additionalPrinterColumns')
  if (own.length === 0)
    return { columns: [name, age], cells: (object, { ageOf }) => [nameOf(object), ageOf(object)] }
  return {
    columns: [
      name,
      ...own.map(each =>
        column(
          textAt(each, 'name') ?? '',
          types[textAt(each, 'type') ?? ''] ?? 'string',
          numberAt(each, 'priority') ?? 0,
        ),
      ),
    ],
    cells: (object, { now }) => [
      nameOf(object),
      ...own.map((each): Json => {
        const value = valueAt(object, textAt(each, 'jsonPath') ?? '')
        if (textAt(each, 'type') === 'date')
          return since(typeof value === 'string' ? value : undefined, now)
        return value === undefined || typeof value === 'object' ? '' : value
      }),
    ],
  }
}
