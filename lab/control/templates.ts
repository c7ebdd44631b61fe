// Hashes of pod templates, and whether two templates are the same.
import type { Template } from './objects.ts'

/** JSON with sorted keys, so that equal templates have equal hashes. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const members = entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)
  return `{${members.join(',')}}`
}

/** Texts by template. The store never changes an object in place, so they stay valid. */
const hashes = new WeakMap<Template, string>()
const bareTexts = new WeakMap<Template, string>()

function remembered(
  known: WeakMap<Template, string>,
  template: Template,
  make: () => string,
): string {
  const found = known.get(template)
  if (found !== undefined) return found
  const text = make()
  known.set(template, text)
  return text
}

/**
 * The hash that names the ReplicaSet or revision of a template: FNV-1a of 32 bits, its decimal
 * digits in the alphabet of generated names. It is stable and has the form of a real one, but not
 * its value: a real cluster hashes Go's dump of the template.
 */
export function templateHash(template: Template, collisions = 0): string {
  return collisions === 0
    ? remembered(hashes, template, () => hashOf(canonical(template)))
    : hashOf(canonical(template) + String(collisions))
}

function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
  return Array.from(
    String(hash >>> 0),
    digit => alphabet[digit.charCodeAt(0) % alphabet.length],
  ).join('')
}

/** Whether two templates are equal apart from the label with their hash. */
export function sameTemplate(a: Template, b: Template): boolean {
  const bare = (template: Template): string =>
    remembered(bareTexts, template, () => {
      const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {}
      return canonical({ ...template, metadata: { ...template.metadata, labels } })
    })
  return bare(a) === bare(b)
}
