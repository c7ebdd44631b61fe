// The flags of `holdfast schedule`, and the word that says what to do.
import type { parseArgs } from 'node:util'
import { nearest } from '#src/commands/nearest.ts'
import { UsageError } from '#src/runs/settings.ts'

const deeds = ['install', 'status', 'remove'] as const
export type Deed = (typeof deeds)[number]

export interface ScheduleOptions {
  readonly deed: Deed
  readonly at: string | undefined
  /** The platform that keeps the timer. Undefined: the one that this host has. */
  readonly timer: string | undefined
  readonly system: boolean
  readonly as: string | undefined
  readonly onFailure: string | undefined
  readonly image: string | undefined
  /** Show the files and change nothing. */
  readonly print: boolean
}

function deedIn(words: readonly string[]): Deed {
  const [word, ...rest] = words
  const found = deeds.find(deed => deed === word)
  if (found !== undefined && rest.length === 0) return found
  if (found !== undefined)
    throw new UsageError(`holdfast schedule ${found} takes no more words: “${rest.join(' ')}”.`)
  const near = word === undefined ? undefined : nearest(word, deeds)
  throw new UsageError(
    `${word === undefined ? 'holdfast schedule needs a word' : `Unknown word “${word}”`}: ` +
      `${deeds.join(', ')}.${near === undefined ? '' : ` Did you mean “${near}”?`} ` +
      'E.g. holdfast schedule install --print.',
  )
}

/** Reads the flags of schedule. Throws a UsageError for a word or a mixture that means nothing. */
export function scheduleOptions(
  values: ReturnType<typeof parseArgs>['values'],
  words: readonly string[],
): ScheduleOptions {
  const text = (name: string): string | undefined => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  const options: ScheduleOptions = {
    deed: deedIn(words),
    at: text('at'),
    timer: text('timer'),
    system: values['system'] === true,
    as: text('as'),
    onFailure: text('on-failure'),
    image: text('image'),
    print: values['print'] === true,
  }
  if (options.print && options.deed !== 'install')
    throw new UsageError(`--print shows what install writes; ${options.deed} writes nothing.`)
  if (options.onFailure !== undefined && !/^[\w@][\w@:.\\-]*$/.test(options.onFailure))
    throw new UsageError(
      `--on-failure ${options.onFailure}: that is no name of a unit. ` +
        'E.g. --on-failure alert@holdfast.service.',
    )
  return options
}
