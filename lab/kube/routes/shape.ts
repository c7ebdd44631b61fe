// The form in which a client wants to read: objects or tables.
import type { Kind } from '#lab/kube/api/kinds.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { asJson } from '#lab/kube/patch/json.ts'
import type { ApiRequest } from '#lab/kube/request.ts'
import type { Server } from '#lab/kube/server.ts'
import { asTable, tablesOf, wantsTable } from '#lab/kube/tables/table.ts'

/** The form in which a client reads a kind. */
export interface Shape {
  /** The form of an object or a list. */
  whole(body: JsonObject): JsonObject
  /** The form of an object in a watch event. */
  event(object: JsonObject): JsonObject
}

/** The form that the Accept header of a request asks for. */
export function shapeOf(server: Server, request: ApiRequest, kind: Kind): Shape {
  if (!wantsTable(request)) return { whole: body => body, event: object => object }
  const { store, clock } = server.context
  const definition = kind.custom
    ? store.get('CustomResourceDefinition', undefined, `${kind.plural}.${kind.group}`)
    : undefined
  const shown = {
    kind,
    definition: definition && asJson(definition),
    include: request.query.get('includeObject') ?? 'Metadata',
    get now() {
      return clock.now()
    },
  }
  return { whole: body => asTable(body, shown), event: tablesOf(shown) }
}
