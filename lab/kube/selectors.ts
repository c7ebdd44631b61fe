// Label and field selectors: read from their text or their object, and matched.
import type { Json, JsonObject } from './patch/json.ts'
import { at, isObject, listAt, mapAt, textAt, textsAt } from './patch/json.ts'
import type { Kind } from './api/kinds.ts'
import { badRequest } from './messages/status.ts'

interface Requirement {
  key: string
  operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'
  values: readonly string[]
}

/** Whether an object with these labels is meant. */
export type LabelMatch = (labels: Readonly<Record<string, string>>) => boolean

function holds(requirement: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[requirement.key]
  switch (requirement.operator) {
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'in':
      return value !== undefined && requirement.values.includes(value)
    // Objects without the label match, as upstream has it.
    case 'notin':
      return value === undefined || !requirement.values.includes(value)
    case 'gt':
      return value !== undefined && Number(value) > Number(requirement.values[0])
    case 'lt':
      return value !== undefined && Number(value) < Number(requirement.values[0])
    default:
      return requirement.operator satisfies never
  }
}

const all =
  (requirements: readonly Requirement[]): LabelMatch =>
  labels =>
    requirements.every(requirement => holds(requirement, labels))

const key = '[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?'
const value = '([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?'
const setForm = new RegExp(`^(?<key>${key})\\s+(?<operator>in|notin)\\s*\\((?<values>[^()]*)\\)$`)
const equalForm = new RegExp(`^(?<key>${key})\\s*(?<operator>==|=|!=)\\s*(?<value>${value})$`)
const orderForm = new RegExp(`^(?<key>${key})\\s*(?<operator>[<>])\\s*(?<value>-?\\d+)$`)
const existsForm = new RegExp(`^(?<not>!\\s*)?(?<key>${key})$`)

/** Reads `app=x,tier in (a,b),!gone`. A text that is none is a 400. */
export function parseLabelSelector(text: string): LabelMatch {
  const parts = text
    .split(/,(?![^(]*\))/)
    .map(part => part.trim())
    .filter(part => part !== '')
  return all(
    parts.map((part): Requirement => {
      const set = setForm.exec(part)?.groups
      if (set)
        return {
          key: set['key']!,
          operator: set['operator'] === 'in' ? 'in' : 'notin',
          values: set['values']!.split(',').map(entry => entry.trim()),
        }
      const equal = equalForm.exec(part)?.groups
      if (equal)
        return {
          key: equal['key']!,
          operator: equal['operator'] === '!=' ? 'notin' : 'in',
          values: [equal['value'] ?? ''],
        }
      const order = orderForm.exec(part)?.groups
      if (order)
        return {
          key: order['key']!,
          operator: order['operator'] === '>' ? 'gt' : 'lt',
          values: [order['value']!],
        }
      const exists = existsForm.exec(part)?.groups
      if (exists)
        return {
          key: exists['key']!,
          operator: exists['not'] === undefined ? 'exists' : '!',
          values: [],
        }
      const open = /^\S+\s+(?:in|notin)\s+(?<found>[^\s(]+)/.exec(part)?.groups?.['found']
      if (open !== undefined)
        throw badRequest(`unable to parse requirement: found '${open}' expected: '('`)
      throw badRequest(
        `unable to parse requirement: found '${part}', expected: a label selector such as key=value, key in (a,b) or !key`,
      )
    }),
  )
}

const operators: Readonly<Record<string, Requirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
}

/**
 * A selector object (`matchLabels`, `matchExpressions`). Empty matches everything, none matches
 * nothing.
 */
export function labelSelector(selector: Json | undefined): LabelMatch {
  if (!isObject(selector)) return () => false
  const labels = Object.entries(mapAt(selector, 'matchLabels')).map(
    ([name, wanted]): Requirement => ({ key: name, operator: 'in', values: [wanted] }),
  )
  const expressions = listAt(selector, 'matchExpressions').map((entry): Requirement => ({
    key: textAt(entry, 'key') ?? '',
    operator: operators[textAt(entry, 'operator') ?? ''] ?? 'in',
    values: textsAt(entry, 'values'),
  }))
  return all([...labels, ...expressions])
}

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

function fieldOf(object: JsonObject, name: string): string {
  if (name === 'source')
    return textAt(object, 'source', 'component') ?? textAt(object, 'reportingComponent') ?? ''
  const found = at(object, ...name.split('.'))
  if (found === undefined)
    return name === 'spec.unschedulable' || name === 'spec.hostNetwork' ? 'false' : ''
  return typeof found === 'object' ? '' : String(found)
}

/**
 * Reads `spec.nodeName=x,status.phase!=Running`. A field that the kind does not have is a 400 with
 * upstream's text.
 */
export function parseFieldSelector(text: string, kind: Kind): (object: JsonObject) => boolean {
  const supported = [...anyKind, ...(fieldsOfKind[kind.kind] ?? [])]
  const terms = text
    .split(',')
    .filter(part => part !== '')
    .map(part => {
      const found = /^(?<field>[^=!]+)(?<operator>==|!=|=)(?<value>.*)$/.exec(part)?.groups
      if (!found) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
      // The other form of events calls the same fields by other names.
      const name = found['field']!.replace(/^regarding\./, 'involvedObject.')
      if (!supported.includes(name))
        throw badRequest(`field label not supported: ${found['field']!}`)
      return { name, equal: found['operator'] !== '!=', value: found['value']! }
    })
  return object => terms.every(term => (fieldOf(object, term.name) === term.value) === term.equal)
}
