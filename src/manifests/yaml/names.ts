// The names that the API accepts, by kind.

interface Form {
  description: string
  most: number
  matches(name: string): boolean
}

const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/

/**
 * @source Kubernetes documentation, Object Names and IDs: DNS subdomain names, RFC 1123 and RFC
 * 1035 label names, path segment names
 */
const forms = {
  subdomain: {
    description:
      'at most 253 lower-case letters, digits, “-” and “.”, with a letter or digit at both ends',
    most: 253,
    matches: name => subdomain.test(name),
  },
  label: {
    description:
      'at most 63 lower-case letters, digits and “-”, with a letter or digit at both ends',
    most: 63,
    matches: name => label.test(name),
  },
  service: {
    description:
      'at most 63 lower-case letters, digits and “-”, starting with a letter and ending ' +
      'with a letter or digit',
    most: 63,
    matches: name => /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/.test(name),
  },
  segment: {
    description: 'a URL path segment: without “/” and “%”, and neither “.” nor “..”',
    most: Number.POSITIVE_INFINITY,
    matches: name => !/[/%]/.test(name) && name !== '.' && name !== '..' && name !== '',
  },
} as const satisfies Record<string, Form>

const formOf = (apiVersion: string, kind: string): Form => {
  if (apiVersion === 'v1' && kind === 'Service') return forms.service
  if (apiVersion === 'v1' && kind === 'Namespace') return forms.label
  if (kind === 'PodDisruptionBudget' && apiVersion.startsWith('policy/')) return forms.segment
  if (apiVersion.startsWith('certificates.k8s.io/')) return forms.segment
  if (kind === 'Event' && /^(?:v1|events\.k8s\.io\/v1)$/.test(apiVersion)) return forms.segment
  if (apiVersion.startsWith('rbac.authorization.k8s.io/')) return forms.segment
  return forms.subdomain
}

/** The form that names of a kind must have; undefined if this name has it. */
export function wrongName(apiVersion: string, kind: string, name: string): string | undefined {
  const form = formOf(apiVersion, kind)
  return name.length <= form.most && form.matches(name) ? undefined : form.description
}

/** The same for a prefix that the API completes: it may end with `-` or `.`. */
export const wrongPrefix = (apiVersion: string, kind: string, prefix: string): string | undefined =>
  wrongName(apiVersion, kind, `${prefix}x`)

/** The same for a namespace. */
export const wrongNamespace = (name: string): string | undefined =>
  name.length <= forms.label.most && forms.label.matches(name) ? undefined : forms.label.description
