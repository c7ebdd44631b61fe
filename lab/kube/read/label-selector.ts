// Label selectors: parsed from a query or a selector object.
import type { Json } from '#lab/kube/patch/json.ts'
import { isObject, listAt, mapAt, textAt, textsAt } from '#lab/kube/patch/json.ts'
import { badRequest, type Refusal } from '#lab/kube/messages/status.ts'

interface Requirement {
  key: string
  operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'
  values: readonly string[]
}

/** Whether a selector matches these labels. */
export type LabelMatch = (labels: Readonly<Record<string, string>>) => boolean

function matches(requirement: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[requirement.key]
  switch (requirement.operator) {
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'in':
      return value !== undefined && requirement.values.includes(value)
    // Objects without the label match, as in Kubernetes.
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
    requirements.every(requirement => matches(requirement, labels))

const key = '[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?'
const value = '([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?'
const setForm = new RegExp(`^(?<key>${key})\\s+(?<operator>in|notin)\\s*\\((?<values>[^()]*)\\)$`)
const equalForm = new RegExp(`^(?<key>${key})\\s*(?<operator>==|=|!=)\\s*(?<value>${value})$`)
const orderForm = new RegExp(`^(?<key>${key})\\s*(?<operator>[<>])\\s*(?<value>-?\\d+)$`)
const existsForm = new RegExp(`^(?<not>!\\s*)?(?<key>${key})$`)

/** Parses `tier in (a,b)`. */
function setRequirement(part: string): Requirement | undefined {
  const found = setForm.exec(part)?.groups
  return (
    found && {
      key: found['key']!,
      operator: found['operator'] === 'in' ? 'in' : 'notin',
      values: found['values']!.split(',').map(entry => entry.trim()),
    }
  )
}

/** Parses `app=x`, `app==x` or `app!=x`. */
function equalRequirement(part: string): Requirement | undefined {
  const found = equalForm.exec(part)?.groups
  return (
    found && {
      key: found['key']!,
      operator: found['operator'] === '!=' ? 'notin' : 'in',
      values: [found['value'] ?? ''],
    }
  )
}

/** Parses `cores>4`. */
function orderRequirement(part: string): Requirement | undefined {
  const found = orderForm.exec(part)?.groups
  return (
    found && {
      key: found['key']!,
      operator: found['operator'] === '>' ? 'gt' : 'lt',
      values: [found['value']!],
    }
  )
}

/** Parses `app` or `!app`. */
function existsRequirement(part: string): Requirement | undefined {
  const found = existsForm.exec(part)?.groups
  return (
    found && {
      key: found['key']!,
      operator: found['not'] === undefined ? 'exists' : '!',
      values: [],
    }
  )
}

function unparsable(part: string): Refusal {
  const open = /^\S+\s+(?:in|notin)\s+(?<found>[^\s(]+)/.exec(part)?.groups?.['found']
  if (open !== undefined)
    return badRequest(`unable to parse requirement: found '${open}' expected: '('`)
  return badRequest(
    `unable to parse requirement: found '${part}', expected: a label selector such as ` +
      'key=value, key in (a,b) or !key',
  )
}

function requirementOf(part: string): Requirement {
  const requirement =
    setRequirement(part) ??
    equalRequirement(part) ??
    orderRequirement(part) ??
    existsRequirement(part)
  if (requirement === undefined) throw unparsable(part)
  return requirement
}

/** Parses `app=x,tier in (a,b),!gone`. 400 for any other text. */
export function parseLabelSelector(text: string): LabelMatch {
  const parts = text
    .split(/,(?![^(]*\))/)
    .map(part => part.trim())
    .filter(part => part !== '')
  return all(parts.map(requirementOf))
}

const operators: Readonly<Record<string, Requirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
}

/**
 * The match of a selector object with `matchLabels` and `matchExpressions`. An empty one matches
 * all objects, a missing one none.
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
