// Names that Kubernetes accepts: of objects, labels, ports and variables.
import type { JsonObject } from '#src/model/json.ts'
import { allOf, below, membersOf, misnamed, noProblems, type Problem } from './rule.ts'

/** @source RFC 1123 label, as apimachinery's validation has it */
const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/
/** @source RFC 1123 subdomain, as apimachinery's validation has it */
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const qualified = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/
/** @source RFC 6335, section 5.1 */
const service = /^(?!.*--)(?=.*[a-z])[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/
/** A DNS label has at most 63 letters, a DNS name at most 253. @source RFC 1123 */
const labelLength = 63
const nameLength = 253
/** @source RFC 6335, section 5.1 */
const serviceLength = 15
/**
 * The size limit of all annotations of an object together. @source apimachinery
 * TotalAnnotationSizeLimitB, 256 KiB
 */
const annotationsLength = 256 * 1024

export const isLabel = (text: string): boolean => text.length <= labelLength && label.test(text)
export const isSubdomain = (text: string): boolean =>
  text.length <= nameLength && subdomain.test(text)
export const isServiceName = (text: string): boolean =>
  text.length <= serviceLength && service.test(text)

export const labelForm =
  'at most 63 small letters, digits and dashes, a letter or digit at both ends'
export const subdomainForm =
  'at most 253 small letters, digits, dashes and dots, a letter or digit at both ends'
export const serviceForm = 'at most 15 small letters, digits and dashes, with at least one letter'

export function isQualified(text: string): boolean {
  if (!text.includes('/')) return text.length <= labelLength && qualified.test(text)
  const [first = '', second, ...rest] = text.split('/')
  const name = second ?? first
  return (
    rest.length === 0 &&
    (second === undefined || isSubdomain(first)) &&
    name.length <= labelLength &&
    qualified.test(name)
  )
}

export const isLabelValue = (text: string): boolean =>
  text.length <= labelLength && labelValue.test(text)

const keyForm =
  'a name of at most 63 letters, digits, -, _ and ., with a domain and / before it where it has one'

/** Labels, and selectors that are compared with labels. */
export function labels(map: unknown): readonly Problem[] {
  if (map === undefined) return noProblems
  const problems: Problem[] = []
  const members = membersOf(map)
  for (const key of Object.keys(members)) {
    const value = members[key]
    if (!isQualified(key)) problems.push(misnamed([key], key, keyForm))
    if (typeof value === 'string' && !isLabelValue(value))
      problems.push(
        misnamed(
          [key],
          value,
          'at most 63 letters, digits, -, _ and ., a letter or digit at both ends',
        ),
      )
  }
  return problems
}

function annotations(map: unknown): readonly Problem[] {
  if (map === undefined) return noProblems
  const entries = Object.entries(membersOf(map))
  const size = entries.reduce(
    (sum, [key, value]) => sum + key.length + (typeof value === 'string' ? value.length : 0),
    0,
  )
  return [
    ...entries.flatMap(([key]) =>
      isQualified(key.toLowerCase()) ? [] : [misnamed([key], key, keyForm)],
    ),
    ...(size > annotationsLength
      ? [
          misnamed(
            [],
            `${size} bytes`,
            `at most ${annotationsLength} bytes in all annotations together`,
          ),
        ]
      : []),
  ]
}

/** @source validation of ObjectMeta in apimachinery */
export const metadata = (object: JsonObject): readonly Problem[] =>
  allOf(
    below('labels', labels(object['labels'])),
    below('annotations', annotations(object['annotations'])),
  )

/** The namespace of an object; that of a template is not judged. */
export const namespaceOf = (object: JsonObject): readonly Problem[] =>
  typeof object['namespace'] === 'string' &&
  object['namespace'] !== '' &&
  !isLabel(object['namespace'])
    ? [misnamed(['metadata', 'namespace'], object['namespace'], labelForm)]
    : noProblems

/**
 * Kinds whose names may contain more characters than others. @source the name validation of each
 * kind: RBAC and some others accept path segments
 */
const freeNames = new Set([
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'APIService',
  'CertificateSigningRequest',
  'Binding',
  'Event',
  'IPAddress',
  'ClusterTrustBundle',
  'PodDisruptionBudget',
])
const labelNames = new Set(['Namespace'])
/**
 * A CronJob appends 11 letters to its name for a Job. @source Kubernetes validation of CronJob: 63
 * - 11
 */
const cronJobLength = 52

/** Judges the name of an object by its kind. */
export function objectName(kind: string, name: string, custom: boolean): Problem | undefined {
  const path = ['metadata', 'name']
  if (freeNames.has(kind) && !custom)
    return name === '.' || name === '..' || /[/%]/.test(name)
      ? misnamed(path, name, 'a name without / and %')
      : undefined
  if (kind === 'Service' && !custom)
    return isLabel(name) && /^[a-z]/.test(name)
      ? undefined
      : misnamed(path, name, `${labelForm}, a letter first`)
  if (labelNames.has(kind) && !custom)
    return isLabel(name) ? undefined : misnamed(path, name, labelForm)
  if (kind === 'CronJob' && !custom && name.length > cronJobLength)
    return misnamed(path, name, `at most ${cronJobLength} letters`)
  return isSubdomain(name) ? undefined : misnamed(path, name, subdomainForm)
}
