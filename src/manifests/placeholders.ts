// Finds what nobody has filled in yet: placeholders, templates that were not rendered, and Secrets
// that are examples.
import type { ManifestObject, Path } from '#src/model/manifest.ts'
import { isJsonObject } from '#src/model/json.ts'
import type { ObjectProblem } from './objects.ts'

/** A text without any of this has no placeholder: most files are done with one look. */
const suspicious = /\{\{|\$\{|<[a-z]|change[-_ ]?me|replace[-_ ]|replaceme|todo|fixme|tbd|secret/i
export const maySuspect = (text: string): boolean => suspicious.test(text)

const word =
  /(?<![A-Za-z0-9])(?:change[-_ ]?me|replace[-_ ]?me|fill[-_ ]?me[-_ ]?in)(?![A-Za-z0-9])|(?<![A-Za-z0-9])REPLACE[-_](?:WITH|THIS|BY)\w*/i
const wholly =
  /^(?:TODO|FIXME|TBD|XXX+|REPLACE[A-Z0-9_-]*|<(?:[A-Z][A-Z0-9_ -]*|(?:your|my|insert|enter|replace|placeholder|base64)[-_ ][^<>]*|placeholder)>|your[-_][\w-]+[-_]here)$/
const angle = /<(?:[A-Z][A-Z0-9_-]{2,}|your[-_ ][^<>\n]*)>/
const variable = /\$\{[A-Za-z_]\w{0,100}(?::?[-=?+][^{}\n]{0,200})?\}/
const chart =
  /\{\{-?\s*(?:\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|\$\.|include\s|template\s|tpl\s|toYaml\s|if\s|range\s|with\s|end\b)/
const braces = /\{\{[^{}\n]{0,200}\}\}/

/** Values that stand in examples where a real one has to be. */
const example =
  /^(?:change[-_ ]?(?:me|it|this)!?|example|secret|password|passw0rd|p@ssw0rd|pass|admin|root|test|testing|dummy|foo|bar|foobar|default|placeholder|sample|123456?|12345678|hunter2|todo|tbd|redacted|replace[-_ ]?me|(?:my|your|super|some|example|sample|dummy|test|fake)[-_ ]?(?:secret|password|token|key|api[-_]?key)(?:[-_ ]here)?|your[-_ ].*|x{3,}|\*{3,}|\.{3})$/i

/** Programs and texts for people: what looks like a placeholder there may be meant. */
const free = new Set(['command', 'args', 'script', 'description', 'annotations'])

function isFree(kind: string, path: Path): boolean {
  return (
    kind === 'CustomResourceDefinition' ||
    (kind === 'ConfigMap' && (path[0] === 'data' || path[0] === 'binaryData')) ||
    path.some(step => free.has(String(step)))
  )
}

/** Kinds of Kubernetes itself know no templates and no variables; those of others may. */
const isBuiltIn = (apiVersion: string): boolean =>
  !apiVersion.includes('/') ||
  !(apiVersion.split('/')[0] ?? '').includes('.') ||
  apiVersion.includes('.k8s.io/')

function placeholderIn(text: string, strict: boolean, builtIn: boolean): string | undefined {
  // A page of text is content, not a value; only unmistakable words are looked for there.
  const short = text.length <= 1000
  if (short && wholly.test(text.trim())) return text.trim()
  if (!strict)
    return short && !text.includes('\n') && text.replace(word, '').length < 20
      ? word.exec(text)?.[0]
      : undefined
  return (
    word.exec(text)?.[0] ??
    (short
      ? (angle.exec(text)?.[0] ?? (builtIn ? variable.exec(text)?.[0] : undefined))
      : undefined)
  )
}

function troubleIn(
  text: string,
  path: Path,
  { kind, apiVersion }: ManifestObject,
): ObjectProblem | undefined {
  const strict = !isFree(kind, path)
  const builtIn = isBuiltIn(apiVersion)
  const unrendered =
    strict || kind !== 'ConfigMap'
      ? (chart.exec(text) ?? (strict && builtIn ? braces.exec(text) : null))
      : null
  if (unrendered !== null && kind !== 'CustomResourceDefinition') {
    return {
      path,
      code: 'template',
      kind: 'broken',
      seen: `a template that nobody has rendered: ${text.slice(unrendered.index, unrendered.index + 60).split('\n')[0]}`,
      expected: 'the value as the API gets it',
      remedy:
        'Render it first: holdfast gate --helm <chart>, or helm template <chart> | holdfast gate -',
    }
  }
  const found = placeholderIn(text, strict, builtIn)
  return found === undefined
    ? undefined
    : {
        path,
        code: 'placeholder',
        kind: 'broken',
        seen: `a placeholder: ${found.slice(0, 60)}`,
        expected: 'a value',
        remedy: found.startsWith('${')
          ? 'Put the value in its place (Kubernetes itself replaces only $(NAME), and only in env, command and args).'
          : 'Put the value in its place.',
      }
}

function decoded(value: string): string {
  return /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value)
    ? Buffer.from(value, 'base64').toString('utf8').trim()
    : ''
}

function examplesIn(object: ManifestObject): readonly ObjectProblem[] {
  const fields: Readonly<Record<string, unknown>> = { ...object }
  if (object.apiVersion !== 'v1' || object.kind !== 'Secret') return []
  return ['data', 'stringData'].flatMap(part => {
    const held = fields[part]
    if (!isJsonObject(held)) return []
    return Object.entries(held).flatMap(([key, value]): ObjectProblem[] => {
      if (typeof value !== 'string' || value.length > 200) return []
      const text = part === 'data' ? decoded(value) : value.trim()
      if (!example.test(text) && !(part === 'data' && (word.test(text) || wholly.test(text))))
        return []
      return [
        {
          path: [part, key],
          code: 'example-secret',
          kind: 'broken',
          seen: `${key} has a value as examples have it`,
          expected: 'a secret that nobody can guess, and that is not in a file',
          remedy:
            'Let a program that keeps secrets make this one (SealedSecret, ExternalSecret, SOPS), and leave this object out.',
        },
      ]
    })
  })
}

/** All that is not filled in, in the order in which it stands. */
export function placeholdersIn(object: ManifestObject): readonly ObjectProblem[] {
  const troubles: ObjectProblem[] = [...examplesIn(object)]
  const known = new Set(troubles.map(({ path }) => path.join('/')))
  const walk = (value: unknown, path: Path): void => {
    if (typeof value === 'string') {
      const trouble =
        suspicious.test(value) || wholly.test(value) ? troubleIn(value, path, object) : undefined
      if (trouble !== undefined && !known.has(path.join('/'))) troubles.push(trouble)
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, [...path, index])
    } else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key])
    }
  }
  walk(object, [])
  return troubles
}
