// Help texts, generated from the tables of verbs and flags.
import { commandOf, verbs, type VerbName } from './commands.ts'
import { flagOf, type FlagName } from './flags.ts'

/** `--seed N`, `-o, --output FILE`. */
function usageOf(name: FlagName): string {
  const { short, value } = flagOf(name)
  const dashed = short === undefined ? `--${name}` : `-${short}, --${name}`
  return value === undefined ? dashed : `${dashed} ${value}`
}

const rows = (entries: readonly (readonly [left: string, right: string])[]): string[] => {
  const width = Math.max(...entries.map(([left]) => left.length))
  return entries.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

/** Help of one verb: at most 30 lines. */
export function verbHelp(verb: VerbName): string {
  const { words, summary, notes = [], flags, examples } = commandOf(verb)
  return [
    `holdfast ${verb}${words === undefined ? '' : ` ${words}`}: ${summary}`,
    ...notes,
    '',
    ...rows(flags.map(name => [usageOf(name), flagOf(name).help])),
    '',
    'Examples',
    ...examples.map(example => `  ${example}`),
    '',
  ].join('\n')
}

/** Help of the whole program. */
export const generalHelp = (): string =>
  [
    'holdfast: a Kubernetes resilience policy, executable',
    '',
    ...rows(
      verbs.map(verb => {
        const { words, summary } = commandOf(verb)
        return [`holdfast ${verb}${words === undefined ? '' : ` ${words}`}`, summary]
      }),
    ),
    '',
    'holdfast <verb> --help shows the flags and examples of a verb. Most flags can be set in the',
    'environment, too: HOLDFAST_CLUSTER, HOLDFAST_TARGET, HOLDFAST_SEED, …',
    '',
    'Exit codes: 0 holds · 1 violated or over budget · 2 unknown · 3 undo incomplete · 4 refused',
    '            64 usage or configuration · 70 internal · 129/130/143 signal',
    '',
  ].join('\n')
