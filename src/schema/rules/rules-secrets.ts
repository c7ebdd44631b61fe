// Rules of Secrets by their type: the entries that the API server asks for. @source
// pkg/apis/core/validation of Kubernetes 1.35, ValidateSecret
import type { JsonObject } from '#src/model/json.ts'
import types from './secret-types.json' with { type: 'json' }
import { membersOf, missing, noProblems, ruleBroken, type Problem } from './rule.ts'

/** Entries that every Secret of a type has. */
const needed: Readonly<Record<string, readonly string[]>> = types
/** Entries of which a Secret of a type has one. */
const either = ['username', 'password']

const entry = (secret: JsonObject, key: string): unknown =>
  membersOf(secret['stringData'])[key] ?? membersOf(secret['data'])[key]

/** Whether an entry is there, be it empty. */
const isEntry = (secret: JsonObject, key: string): boolean =>
  Object.hasOwn(membersOf(secret['stringData']), key) ||
  Object.hasOwn(membersOf(secret['data']), key)

/** The text of an entry; undefined: its encoding is judged elsewhere. */
function textOf(secret: JsonObject, key: string): string | undefined {
  const plain = membersOf(secret['stringData'])[key]
  if (plain !== undefined) return typeof plain === 'string' ? plain : ''
  const value = entry(secret, key)
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : ''
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const accountName = 'kubernetes.io/service-account.name'

/** Problems of a Secret. None of them has a value in it. */
export function secretEntries(secret: JsonObject): readonly Problem[] {
  const type = secret['type']
  if (typeof type !== 'string') return noProblems
  if (type === 'kubernetes.io/basic-auth')
    return either.some(key => isEntry(secret, key))
      ? noProblems
      : [missing(['data', 'username'], `or password: a Secret of type ${type} has one of them`)]
  if (type === 'kubernetes.io/service-account-token') {
    const { annotations } = membersOf(secret['metadata'])
    return (membersOf(annotations)[accountName] ?? '') === ''
      ? [missing(['metadata', 'annotations', accountName], 'which account the token is for')]
      : noProblems
  }
  const keys = needed[type] ?? []
  const absent = keys.find(key => !isEntry(secret, key))
  if (absent !== undefined) return [missing(['data', absent], `which a Secret of type ${type} has`)]
  const broken = keys.find(key => key.startsWith('.') && !isJson(textOf(secret, key) ?? '{}'))
  return broken === undefined
    ? noProblems
    : [
        ruleBroken(
          ['data', broken],
          'is not JSON',
          'JSON',
          'write what the login to the registry wrote',
        ),
      ]
}
