// Field selectors: which fields each kind offers, and how a query selects by them.
import type { Kind } from '#lab/kube/api/kinds.ts'
import { badRequest } from '#lab/kube/messages/status.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, textAt } from '#lab/kube/patch/json.ts'

const anyKind = ['metadata.name', 'metadata.namespace']

/** @source Kubernetes documentation, Field Selectors: supported fields by kind */
const fieldsOfKind: Readonly<Record<string, readonly string[]>> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Secret: ['type'],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
  ReplicaSet: ['status.replicas'],
  Job: ['status.successful'],
  Service: ['spec.clusterIP', 'spec.type'],
}

/** The value that a field selector compares, as text. */
function fieldOf(object: JsonObject, name: string): string {
  if (name === 'source')
    return textAt(object, 'source', 'component') ?? textAt(object, 'reportingComponent') ?? ''
  const found = at(object, ...name.split('.'))
  if (found === undefined)
    return name === 'spec.unschedulable' || name === 'spec.hostNetwork' ? 'false' : ''
  return typeof found === 'object' ? '' : String(found)
}

/**
 * Parses `spec.nodeName=x,status.phase!=Running`. 400 for a field that the kind does not offer and
 * for any other text.
 */
export function parseFieldSelector(text: string, kind: Kind): (object: JsonObject) => boolean {
  const supported = [...anyKind, ...(fieldsOfKind[kind.kind] ?? [])]
  const terms = text
    .split(',')
    .filter(part => part !== '')
    .map(part => {
      const found = /^(?<field>[^=!]+)(?<operator>==|!=|=)(?<value>.*)$/.exec(part)?.groups
      if (!found) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
      // events.k8s.io has another name for the same fields.
      const name = found['field']!.replace(/^regarding\./, 'involvedObject.')
      if (!supported.includes(name))
        throw badRequest(`field label not supported: ${found['field']!}`)
      return { name, equal: found['operator'] !== '!=', value: found['value']! }
    })
  return object => terms.every(term => (fieldOf(object, term.name) === term.value) === term.equal)
}
