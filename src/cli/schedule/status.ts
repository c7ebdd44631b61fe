// The state of a timer for a person and for a machine: when it ran last, how that ended, and when
// it runs next.
import { clip } from '#src/reporting/text.ts'
import { instant } from '#src/reporting/time.ts'
import type { ScheduleState } from '#src/model/index.ts'
import { exits, worstExit } from '#src/runs/process/exit.ts'

/**
 * After so long without a run a night was missed, ms.
 * @source a day, and two hours for a night that starts late and takes its time
 */
const latest = 26 * 3_600_000

/** What each exit code means. @source docs/decisions/0004-exit-codes.md */
const meanings: Readonly<Record<number, string>> = {
  [exits.holds]: 'holds',
  [exits.violated]: 'violated or over budget',
  [exits.unknown]: 'unknown',
  [exits.undoIncomplete]: 'undo incomplete',
  [exits.refused]: 'refused',
  [exits.usage]: 'usage or configuration',
  [exits.internal]: 'internal error',
}

export interface TimerStatus {
  readonly title: string
  readonly installed: boolean
  readonly state: ScheduleState | undefined
}

const notInstalled =
  'It is not installed. holdfast schedule install makes one; --system and --timer ask about others.'

/** Why the timer does not do its duty, each with its exit code; none: it does. */
function complaints(
  { installed, state }: TimerStatus,
  now: number,
): readonly (readonly [code: number, why: string])[] {
  if (!installed || state === undefined) return [[exits.unknown, notInstalled]]
  const { active, last } = state
  const inactive: readonly [number, string] = [
    exits.unknown,
    'It is installed, but will start nothing: run holdfast schedule install again.',
  ]
  const found = active ? [] : [inactive]
  if (last === undefined) return [...found, [exits.unknown, 'It has not run yet.']]
  const { at, code } = last
  if (at !== undefined && now - at > latest && !state.running)
    found.push([exits.unknown, 'Its last run is more than a day ago: a night was missed.'])
  if (code === undefined) return [...found, [exits.unknown, 'How its last run ended is unknown.']]
  if (code === exits.holds) return found
  const known = Object.hasOwn(meanings, code)
  return [
    ...found,
    [known ? code : exits.unknown, `Its last run did not hold: holdfast report shows it.`],
  ]
}

/** 0: it is active, and its last run held, at most a day ago. Otherwise the worst that is known. */
export const exitOf = (status: TimerStatus, now: number): number =>
  worstExit(complaints(status, now).map(([code]) => code))

function lastRun({ last, running }: ScheduleState): string {
  const now = running ? '; it is at work now' : ''
  if (last === undefined) return `never${now}`
  const when = last.at === undefined ? 'at an unknown time' : instant(last.at)
  const how =
    last.code === undefined
      ? (last.why ?? 'exit code unknown')
      : `exit code ${last.code} (${meanings[last.code] ?? 'not one of holdfast'})`
  return `${when}, ${how}${now}`
}

/** The screen of `holdfast schedule status`. */
export function statusText(status: TimerStatus, now: number): string {
  const { title, state } = status
  const next = state?.next === undefined ? 'unknown' : instant(state.next)
  const lines =
    !status.installed || state === undefined
      ? []
      : [`  last run  ${clip(lastRun(state), 120)}`, `  next run  ${next}`]
  const notes = state?.notes ?? []
  const why = complaints(status, now).map(([, reason]) => reason)
  return [title, ...lines, ...why, ...notes.map(note => `Note: ${note}`), ''].join('\n')
}

const iso = (at: number | undefined): string | null =>
  at === undefined ? null : new Date(at).toISOString()

/** The same for a machine. Times are ISO texts. */
export function statusJson(status: TimerStatus, now: number): string {
  const { title, installed, state } = status
  const { last } = state ?? {}
  const text = {
    title,
    installed,
    active: state?.active ?? false,
    running: state?.running ?? false,
    lastRun:
      last === undefined
        ? null
        : { at: iso(last.at), code: last.code ?? null, why: last.why ?? null },
    nextRun: iso(state?.next),
    notes: state?.notes ?? [],
    exitCode: exitOf(status, now),
  }
  return `${JSON.stringify(text, null, 2)}\n`
}
