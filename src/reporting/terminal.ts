// A run on one screen: its head, its verdicts, its drills and healings, and what is left behind.
import { formatDuration, type Run } from '#src/model/index.ts'
import { drillCounts, exitMeaning, headline, proofOf, verdictCounts } from './headline.ts'
import type { Tone } from './message/signs.ts'
import { causePart, fit, tallyPart, violatedPart } from './terminal/brief.ts'
import { drillLines, drillPart } from './terminal/drills.ts'
import { frame, type Frame } from './terminal/frame.ts'
import { healingLines, healingPart } from './terminal/healings.ts'
import { leftBehindLines } from './terminal/left.ts'
import { unknownLines } from './terminal/unknowns.ts'
import { verdictLines } from './terminal/verdicts.ts'
import { oneLine, widthOf, wrap } from './text.ts'
import { instant } from './time.ts'

export interface ScreenOptions {
  /** Whether to use ANSI colours. Symbols and words have the same meaning without them. */
  colour: boolean
  /** Columns of a line; less than 80 counts as 80. */
  width: number
  /** Whether to show every subject, act and log entry instead of one screen. */
  full?: boolean
  /** The folder of the run's files, which the last line names. */
  folder?: string
}

/** Lines of one screen. @source chosen: common terminals open with at least 40 lines */
const screenLines = 40

/** The whole run. */
function fullLines(run: Run, page: Frame, folder: string | undefined): readonly string[] {
  return [
    ...headLines(run, page),
    '',
    ...verdictLines(run, page),
    ...unknownLines(run, page),
    ...drillLines(run, page),
    ...healingLines(run, page),
    '',
    ...leftBehindLines(run, page),
    ...endLines(run, page, folder),
  ]
}

/** At most 40 lines. What does not hold comes first with its cause, then counts of the rest. */
function briefLines(run: Run, page: Frame, folder: string | undefined): readonly string[] {
  const head = headLines(run, page)
  const end = ['', ...leftBehindLines(run, page), ...endLines(run, page, folder)]
  const parts = [
    causePart(run, page),
    violatedPart(run, page),
    drillPart(run, page),
    healingPart(run, page),
    tallyPart(run, page),
  ]
  return [...head, ...fit(parts, screenLines - head.length - end.length, page), ...end]
}

/**
 * A run as text for a terminal, with a trailing newline: one screen, or everything with `full`. The
 * same run and options give the same text.
 */
export function screen(run: Run, options: ScreenOptions): string {
  const page = frame(options)
  const lines = (options.full === true ? fullLines : briefLines)(run, page, options.folder)
  // Two empty lines meet in a run without verdicts.
  return `${lines
    .filter((line, index) => line !== '' || lines[index - 1] !== '')
    .map(line => line.trimEnd())
    .join('\n')}\n`
}

/** Parts joined by ` · `, as many on a line as fit. */
function dotted(parts: readonly string[], width: number): readonly string[] {
  return parts.reduce<readonly string[]>((lines, part) => {
    const last = lines.at(-1)
    const longer = `${last} · ${part}`
    return last !== undefined && widthOf(longer) <= width
      ? [...lines.slice(0, -1), longer]
      : [...lines, ...wrap(part, width)]
  }, [])
}

function headLines(run: Run, { paint, width }: Frame): readonly string[] {
  const margin = ' '.repeat(10)
  const started = `${instant(run.startedAt)} · seed ${run.seed}`
  const origin = dotted([`${run.cluster} · ${proofOf(run)}`, started], width - margin.length)
  const { tone, title } = headline(run)
  const took = `took ${formatDuration(run.endedAt - run.startedAt)}`
  const counts = [verdictCounts(run), drillCounts(run), took].flatMap(part => part ?? [])
  const result = dotted([title, ...counts], width - margin.length)
  const withTone = (text: string): string =>
    text.startsWith(title) ? paint(tone, title) + text.slice(title.length) : text
  return [
    ...origin.map(
      (text, index) => `${index === 0 ? paint('strong', 'holdfast  ') : margin}${text}`,
    ),
    ...result.map((text, index) => {
      const lead = index === 0 ? paint('strong', run.verb.padEnd(margin.length)) : margin
      return `${lead}${withTone(text)}`
    }),
  ]
}

function exitTone(exitCode: number): Tone {
  if (exitCode === 0) return 'good'
  return exitCode === 2 || exitCode === 4 ? 'unknown' : 'bad'
}

function endLines(run: Run, { paint }: Frame, folder: string | undefined): readonly string[] {
  const end = paint(exitTone(run.exitCode), `exit ${run.exitCode}: ${exitMeaning(run)}`)
  if (folder === undefined) return [end]
  return [`${end} · ${oneLine(`${folder.replace(/\/+$/, '')}/report.html`)}`]
}
