// Finds values still to be filled in: placeholders, unrendered templates, and example Secrets.
import type { ManifestObject, Path } from '#src/model/manifest.ts'
import { isJsonObject } from '#src/model/json.ts'
import type { ObjectProblem } from './object-problem.ts'

/** A text that this does not match has no placeholder: one test settles most files. */
const suspicious = /\{\{|\$\{|<[a-z]|change[-_ ]?me|replace[-_ ]|replaceme|todo|fixme|tbd|secret/i
export const maySuspect = (text: string): boolean => suspicious.test(text)

/** One expression that matches where any of these does. */
const anyOf = (parts: readonly RegExp[]): string => parts.map(({ source }) => source).join('|')

const word = new RegExp(
  anyOf([
    /(?<![A-Za-z0-9])(?:change[-_ ]?me|replace[-_ ]?me|fill[-_ ]?me[-_ ]?in)(?![A-Za-z0-9])/,
    /(?<![A-Za-z0-9])REPLACE[-_](?:WITH|THIS|BY)\w*/,
  ]),
  'i',
)
const whole = anyOf([
  /TODO|FIXME|TBD|XXX+|REPLACE[A-Z0-9_-]*|your[-_][\w-]+[-_]here/,
  /<[A-Z][A-Z0-9_ -]*>|<placeholder>/,
  /<(?:your|my|insert|enter|replace|placeholder|base64)[-_ ][^<>]*>/,
])
const wholly = new RegExp(`^(?:${whole})$`)
const angle = /<(?:[A-Z][A-Z0-9_-]{2,}|your[-_ ][^<>\n]*)>/
const variable = /\$\{[A-Za-z_]\w{0,100}(?::?[-=?+][^{}\n]{0,200})?\}/
const chartAction = anyOf([
  /\.(?:Values|Release|Chart|Capabilities|Files|Template)\b|\$\./,
  /(?:include|template|tpl|toYaml|if|range|with)\s|end\b/,
])
const chart = new RegExp(`\\{\\{-?\\s*(?:${chartAction})`)
const braces = /\{\{[^{}\n]{0,200}\}\}/

/** Values that examples use in place of a real secret. */
const owner = /my|your|super|some|example|sample|dummy|test|fake/.source
const secretWord = /secret|password|token|key|api[-_]?key/.source
const examples = anyOf([
  /change[-_ ]?(?:me|it|this)!?|replace[-_ ]?me|your[-_ ].*|x{3,}|\*{3,}|\.{3}/,
  /example|sample|placeholder|default|dummy|test|testing|foo|bar|foobar|todo|tbd|redacted/,
  /secret|password|passw0rd|p@ssw0rd|pass|admin|root|123456?|12345678|hunter2/,
  new RegExp(`(?:${owner})[-_ ]?(?:${secretWord})(?:[-_ ]here)?`),
])
const example = new RegExp(`^(?:${examples})$`, 'i')

/** Members for programs and prose: what looks like a placeholder may be meant there. */
const free = new Set(['command', 'args', 'script', 'description', 'annotations'])

function isFree(kind: string, path: Path): boolean {
  return (
    kind === 'CustomResourceDefinition' ||
    (kind === 'ConfigMap' && (path[0] === 'data' || path[0] === 'binaryData')) ||
    path.some(step => free.has(String(step)))
  )
}

/** Built-in kinds have neither templates nor variables; custom kinds may. */
const isBuiltIn = (apiVersion: string): boolean =>
  !apiVersion.includes('/') ||
  !(apiVersion.split('/')[0] ?? '').includes('.') ||
  apiVersion.includes('.k8s.io/')

function placeholderIn(text: string, strict: boolean, builtIn: boolean): string | undefined {
  // A long text is content, not a value: only unmistakable words count in it.
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

function problemIn(
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
    const [start] = text.slice(unrendered.index, unrendered.index + 60).split('\n')
    return {
      path,
      code: 'template',
      kind: 'broken',
      seen: `an unrendered template: ${start}`,
      expected: 'the value that the API receives',
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
          ? 'Put the value in its place (Kubernetes itself replaces only $(NAME), and ' +
            'only in env, command and args).'
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
          seen: `${key} has the value of an example`,
          expected: 'a secret that cannot be guessed, kept out of files',
          remedy:
            'Generate it with a secret manager (SealedSecret, ExternalSecret, SOPS), ' +
            'and leave this object out.',
        },
      ]
    })
  })
}

/** Everything still to be filled in, in document order. */
export function placeholdersIn(object: ManifestObject): readonly ObjectProblem[] {
  const problems: ObjectProblem[] = [...examplesIn(object)]
  const known = new Set(problems.map(({ path }) => path.join('/')))
  const walk = (value: unknown, path: Path): void => {
    if (typeof value === 'string') {
      const problem =
        suspicious.test(value) || wholly.test(value) ? problemIn(value, path, object) : undefined
      if (problem !== undefined && !known.has(path.join('/'))) problems.push(problem)
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, [...path, index])
    } else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key])
    }
  }
  walk(object, [])
  return problems
}
