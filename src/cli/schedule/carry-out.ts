// What `holdfast schedule` does on an open target: it plans, tells, and then changes or shows.
import type { Arguments } from '#src/cli/arguments.ts'
import type { ScheduleOptions } from './arguments.ts'
import {
  changeOf,
  install,
  isInPlace,
  isInstalled,
  removalCommands,
  removalOf,
  remove,
  type Change,
  type Timer,
} from './change.ts'
import { nightOf } from './night.ts'
import { yamlOf } from './objects.ts'
import { requireRoot } from './owner.ts'
import { diffText, type Found } from './place.ts'
import { exitOf, statusJson, statusText, type TimerStatus } from './status.ts'
import { timerOf } from './timer.ts'
import type { Part, Policy } from '#src/model/index.ts'
import { quoted } from '#src/commands/shell-words.ts'
import { instant } from '#src/reporting/time.ts'
import type { Target } from '#src/runs/opened.ts'
import { exits } from '#src/runs/process/exit.ts'

type Write = (text: string) => unknown

const inWords = (words: readonly string[]): string => words.map(quoted).join(' ')

/** Parts alone: one file as it is, several below their paths, objects as a stream of documents. */
function printed(parts: readonly Part[]): string {
  const only = parts.length === 1
  return parts
    .map(part => {
      if (part.kind === 'object') return `---\n${yamlOf(part.object)}`
      return only ? part.text : `==> ${part.path} <==\n${part.text}\n`
    })
    .join('')
}

const signs = { absent: '+', different: '~', same: '=', foreign: '!', left: '=' } as const

/** The whole text of a new part; of another one what changes in it, as a diff. */
function changedLines(found: Found): readonly string[] {
  if (found.state === 'absent') return found.after.trimEnd().split('\n')
  return found.state === 'different' ? diffText(found).trimEnd().split('\n').slice(2) : []
}

/** One part of a plan: its name, and what changes in it. */
const partLines = (found: Found): readonly string[] => [
  `${signs[found.state]} ${found.name}`,
  ...changedLines(found).map(line => `    ${line}`.trimEnd()),
]

/** A night that acts is refused where the policy does not say which cluster it means. */
const identityNotes = ({ identity }: Policy, { apply, yes }: Arguments): readonly string[] =>
  identity.kubeSystemUid !== undefined || !(apply || yes)
    ? []
    : [
        'The policy has no identity.kubeSystemUid: a night that may act is refused, with code 4. ' +
          'kubectl get namespace kube-system -o jsonpath={.metadata.uid} tells it.',
      ]

function planText(
  { schedule, context }: Timer,
  { found, strays, before, after }: Change,
  given: Arguments,
): string {
  const commands = [...before, ...after].map(words => `$ ${inWords(words)}`)
  return [
    `${schedule.title}, every night at ${schedule.when}`,
    ...found.flatMap(partLines),
    ...strays.map(({ name }) => `- ${name}`),
    ...commands,
    ...[...schedule.notes, ...identityNotes(context.policy, given)].map(note => `Note: ${note}`),
    '',
  ].join('\n')
}

async function nextText({ context, scheduler }: Timer): Promise<string> {
  const { next, notes } = await scheduler.state(context)
  const when = next === undefined ? '' : ` It runs next at ${instant(next)}.`
  const more = notes.map(note => `Note: ${note}\n`).join('')
  return `${when} holdfast schedule status shows it.\n${more}`
}

async function installed(timer: Timer, given: Arguments, write: Write): Promise<number> {
  const change = await changeOf(timer)
  write(planText(timer, change, given))
  if (isInPlace(change)) {
    write(`It is in place already; nothing was changed.${await nextText(timer)}`)
    return exits.holds
  }
  await install(timer, change)
  write(`Installed.${await nextText(timer)}`)
  return exits.holds
}

async function removed(timer: Timer, write: Write): Promise<number> {
  const ours = await removalOf(timer)
  if (ours.length === 0) {
    write(`${timer.schedule.title}: it is not installed; nothing was removed.\n`)
    return exits.holds
  }
  const commands = await removalCommands(timer)
  const lines = [
    timer.schedule.title,
    ...commands.before.map(words => `$ ${inWords(words)}`),
    ...ours.toReversed().map(({ name }) => `- ${name}`),
    ...commands.after.map(words => `$ ${inWords(words)}`),
  ]
  write(`${lines.join('\n')}\n`)
  await remove(timer, ours, commands)
  write('Removed.\n')
  return exits.holds
}

async function statusOf({ context, scheduler, schedule, place }: Timer): Promise<TimerStatus> {
  const there = isInstalled(await place.look(schedule.parts))
  const state = there ? await scheduler.state(context) : undefined
  return { title: schedule.title, installed: there, state }
}

async function shown(timer: Timer, json: boolean, write: Write): Promise<number> {
  const status = await statusOf(timer)
  const now = timer.context.runtime.clock.now()
  write(json ? statusJson(status, now) : statusText(status, now))
  return exitOf(status, now)
}

/** A rehearsal must not look like the real thing. */
const rehearsed =
  'This was a rehearsal on the simulated host; --target live does it on this host.\n'

/**
 * Does what the command line says on an open target, and tells it. Resolves with the exit code.
 * Rejects with a UsageError or a RefusedError that names the remedy.
 */
export async function carryOut(
  { runtime, policy }: Target,
  given: Arguments,
  options: ScheduleOptions,
  write: Write,
): Promise<number> {
  const night = nightOf(policy, given.settings, { ...given, ...options })
  const timer = await timerOf({ runtime, policy }, night, { ...options, asked: !options.print })
  if (options.print) {
    write(printed(timer.schedule.parts))
    return exits.holds
  }
  if (options.deed === 'status') return shown(timer, given.json, write)
  requireRoot(timer.context.owner, options.deed)
  const code = await (options.deed === 'install'
    ? installed(timer, given, write)
    : removed(timer, write))
  if (runtime.target.kind === 'lab') write(rehearsed)
  return code
}
