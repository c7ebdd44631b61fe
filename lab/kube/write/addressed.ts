// The object in the body of a request, checked against the path of the request.
import { copyOf } from '#lab/kernel/data.ts'
import type { Kind } from '#lab/kube/api/kinds.ts'
import { apiVersionOf } from '#lab/kube/api/kinds.ts'
import { badRequest } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { textAt, within, withoutNulls } from '#lab/kube/patch/json.ts'

function checkType(kind: Kind, object: JsonObject): void {
  const served = apiVersionOf(kind)
  const apiVersion = textAt(object, 'apiVersion') ?? served
  if (apiVersion !== served)
    throw badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version ` +
        `(${served})`,
    )
  const named = textAt(object, 'kind') ?? kind.kind
  if (named !== kind.kind)
    throw badRequest(
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: ` +
        `no kind "${named}" is registered for version "${served}"`,
    )
}

/**
 * A copy of a request's object with the kind, version and namespace of the path. 400 if the object
 * names others.
 */
export function addressed(kind: Kind, namespace: string | undefined, body: JsonObject): JsonObject {
  const given = withoutNulls(copyOf(body)) as JsonObject
  const apiVersion = apiVersionOf(kind)
  const object: JsonObject = { kind: kind.kind, apiVersion, metadata: {}, ...given }
  checkType(kind, object)
  object['apiVersion'] = apiVersion
  object['kind'] = kind.kind
  const meta = within(object, 'metadata')
  const named = textAt(meta, 'namespace') ?? ''
  if (kind.namespaced && named !== '' && named !== namespace)
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  if (kind.namespaced && namespace !== undefined) meta['namespace'] = namespace
  else delete meta['namespace']
  return object
}
