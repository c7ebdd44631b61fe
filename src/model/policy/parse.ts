// Checking a policy: every mistake at once, with its path and value.
import type { z } from 'zod'

/** An invalid policy. The message lists every mistake with its path and value. */
export class PolicyError extends Error {}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (at !== null && typeof at === 'object' ? Reflect.get(at, key) : undefined),
    value,
  )
}

interface Mistake {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

const mistakesOf = (issues: z.ZodError['issues']): readonly Mistake[] =>
  issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => ({
          path: [...issue.path, key],
          message: 'a policy has no such member here',
        }))
      : [{ path: issue.path, message: issue.message }],
  )

function mistakeLine({ path, message }: Mistake, input: unknown): string {
  const place = path.map(String).join('.') || '(top)'
  const value = JSON.stringify(valueAt(input, path))
  return `  ${place}: ${message}; it is ${value === undefined ? 'missing' : value.slice(0, 120)}`
}

/**
 * Checks a policy by a schema. Throws a PolicyError that lists all mistakes at once, each with
 * file, path, value and expectation.
 */
export function parsePolicyBy<S extends z.ZodType>(
  schema: S,
  input: unknown,
  file: string,
): z.output<S> {
  // A process checks a policy once, and compiling the check takes longer than making it.
  const parsed = schema.safeParse(input, { jitless: true })
  if (parsed.success) return parsed.data
  const lines = mistakesOf(parsed.error.issues).map(mistake => mistakeLine(mistake, input))
  throw new PolicyError(`${file} is not a policy:\n${lines.join('\n')}`)
}

/** The parts of a policy that can contradict each other. */
export interface Contradictions {
  readonly value: {
    readonly clauses: readonly { readonly id: string }[]
    readonly choices: readonly { readonly options: readonly string[]; readonly chosen: string }[]
  }
  readonly issues: unknown[]
}

/** Refuses a duplicate clause id, and a choice of something that is not among its options. */
export function refuseContradictions({ value, issues }: Contradictions): void {
  const ids = new Set<string>()
  value.clauses.forEach(({ id }, index) => {
    if (ids.has(id))
      issues.push({
        code: 'custom',
        message: `clause id is used twice: ${id}`,
        path: ['clauses', index, 'id'],
        input: id,
      })
    ids.add(id)
  })
  value.choices.forEach(({ options, chosen }, index) => {
    if (!options.includes(chosen))
      issues.push({
        code: 'custom',
        message: `the chosen option is none of: ${options.join(', ')}`,
        path: ['choices', index, 'chosen'],
        input: chosen,
      })
  })
}
