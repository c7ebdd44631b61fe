// Which names the API takes, by kind.

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
      'lower-case letters, digits, “-” and “.”, beginning and ending with a letter or digit, at most 253',
    most: 253,
    matches: name => subdomain.test(name),
  },
  label: {
    description:
      'lower-case letters, digits and “-”, beginning and ending with a letter or digit, at most 63',
    most: 63,
    matches: name => label.test(name),
  },
  service: {
    description:
      'lower-case letters, digits and “-”, beginning with a letter and ending with a letter or digit, at most 63',
    most: 63,
    matches: name => /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/.test(name),
  },
  segment: {
    description: 'a part of a URL: no “/” and no “%”, and neither “.” nor “..”',
    most: 253,
    matches: name => !/[/%]/.test(name) && name !== '.' && name !== '..' && name !== '',
  },
} as const satisfies Record<string, Form>

const formOf = (apiVersion: string, kind: string): Form => {
  if (apiVersion === 'v1' && kind === 'Service') return forms.service
  if (apiVersion === 'v1' && kind === 'Namespace') return forms.label
  if (apiVersion.startsWith('rbac.authorization.k8s.io/')) return forms.segment
  return forms.subdomain
}

/** What names of a kind look like, where this one does not; undefined where it does. */
export function wrongName(apiVersion: string, kind: string, name: string): string | undefined {
  const form = formOf(apiVersion, kind)
  return name.length <= form.most && form.matches(name) ? undefined : form.description
}

/** The same for a prefix to which the API adds letters: it may end with `-` or `.`. */
export const wrongPrefix = (apiVersion: string, kind: string, prefix: string): string | undefined =>
  wrongName(apiVersion, kind, `${prefix}x`)

/** The same for a namespace. */
export const wrongNamespace = (name: string): string | undefined =>
  name.length <= forms.label.most && forms.label.matches(name) ? undefined : forms.label.description
