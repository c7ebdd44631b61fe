// A run on one screen: what it was made on, what holds, what does not and what to do, what was
// drilled, what is left.
import { formatDuration, type Run } from '#src/model/index.ts'
import { drillCounts, exitMeaning, headline, proofOf, verdictCounts } from './headline.ts'
import { causePart, fit, tallyPart, violatedPart } from './terminal/brief.ts'
import { drillLines, drillPart } from './terminal/drills.ts'
import { frame, type Frame } from './terminal/frame.ts'
import { healingLines, healingPart } from './terminal/healings.ts'
import { unknownLines, verdictLines } from './terminal/verdicts.ts'
import { clean, count, widthOf, oneLine, wrap } from './text.ts'
import { instant } from './time.ts'

export interface ScreenOptions {
  /** ANSI colours. Symbols and words say the same without them. */
  colour: boolean
  /** Characters of a line; less than 80 counts as 80. */
  width: number
  /** Every subject, act and moment instead of one screen. */
  full?: boolean
  /** The folder of this run's files, named in the last line. */
  folder?: string
}

/** The lines of one screen. @source a terminal of today opens with 40 lines or more */
const screenLines = 40

/** Everything that a run has to say. */
function fullLines(run: Run, page: Frame, folder: string | undefined): readonly string[] {
  return [
    ...headLines(run, page),
    '',
    ...verdictLines(run, page),
    ...unknownLines(run, page),
    ...drillLines(run, page),
    ...healingLines(run, page),
    '',
    ...leftLines(run, page),
    ...endLines(run, page, folder),
  ]
}

/** At most 40 lines: what does not hold and why comes first, what holds is counted. */
function briefLines(run: Run, page: Frame, folder: string | undefined): readonly string[] {
  const head = headLines(run, page)
  const end = ['', ...leftLines(run, page), ...endLines(run, page, folder)]
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
 * A run as text for a terminal, with a trailing newline: one screen, or with `full` all of it. The
 * same run and options give the same text.
 */
export function screen(run: Run, options: ScreenOptions): string {
  const page = frame(options)
  const lines = (options.full === true ? fullLines : briefLines)(run, page, options.folder)
  // Where nothing was judged two empty lines would meet.
  return `${lines
    .filter((line, index) => line !== '' || lines[index - 1] !== '')
    .map(line => line.trimEnd())
    .join('\n')}\n`
}

/** Joined by dots, as many on a line as it holds. */
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
  const started = `${instant(run.startedAt)} · seed ${run.seed}`
  const first = dotted([`${run.cluster} · ${proofOf(run)}`, started], width - 10)
  const { tone, title } = headline(run)
  const took = `took ${formatDuration(run.endedAt - run.startedAt)}`
  const counts = [verdictCounts(run), drillCounts(run), took].flatMap(part => part ?? [])
  const told = dotted([title, ...counts], width - 10)
  return [
    ...first.map(
      (text, index) => `${index === 0 ? paint('strong', 'holdfast  ') : '          '}${text}`,
    ),
    ...told.map((text, index) => {
      const lead = index === 0 ? paint('strong', run.verb.padEnd(10)) : '          '
      return `${lead}${text.startsWith(title) ? paint(tone, title) + text.slice(title.length) : text}`
    }),
  ]
}

/** How many faults were begun, and how many of them were brought to their end. */
function injectedFaults({ drills }: Run): { begun: number; whole: number } {
  const each = drills
    .filter(({ milestones }) => milestones.some(({ milestone }) => milestone === 'injected'))
    .map(({ faults, timeline, outcome, halfway = [] }) => {
      // One that was called off may not have come to all of them.
      const begun =
        outcome.kind === 'aborted'
          ? faults.filter(fault =>
              timeline.some(
                ({ phase, event }) =>
                  phase === 'inject' && event.kind === 'fault' && event.description === fault,
              ),
            ).length
          : faults.length
      return { begun, whole: begun - halfway.length }
    })
  return {
    begun: each.reduce((sum, { begun }) => sum + begun, 0),
    whole: each.reduce((sum, { whole }) => sum + whole, 0),
  }
}

/** What was injected, where nothing of it is left. */
function undoneInWords({ begun, whole }: ReturnType<typeof injectedFaults>): string {
  if (begun === 0) return 'No fault was injected.'
  if (whole < begun) return `${whole} of ${count(begun, 'fault')} injected to the end, all undone.`
  return `${count(begun, 'fault')} injected, ${begun === 1 ? 'it is' : 'all'} undone.`
}

/** Faults left behind that one screen shows with their commands. */
const mostLeft = 4

function leftLines(run: Run, { paint, width, full }: Frame): readonly string[] {
  const left = run.drills.flatMap(({ leftBehind }) => leftBehind)
  if (left.length > 0) {
    return [
      `${paint('bad', 'Left behind')}: ${count(left.length, 'fault')} ${left.length === 1 ? 'is' : 'are'} not undone`,
      ...left.slice(0, full ? undefined : mostLeft).flatMap(({ description, manualUndo }) => [
        ...wrap(description, width - 6).map((part, index) =>
          index === 0 ? `  ${paint('bad', '!')} ${part}` : `      ${part}`,
        ),
        ...clean(manualUndo)
          .split('\n')
          .map(part => `    ${paint('quiet', 'by hand:')} ${part}`),
      ]),
      ...(full || left.length <= mostLeft
        ? []
        : [`  and ${count(left.length - mostLeft, 'more fault')}: holdfast undo, or --full`]),
    ]
  }
  if (run.drills.length === 0) return []
  return [`Left behind: nothing. ${undoneInWords(injectedFaults(run))}`]
}

function endLines(run: Run, { paint }: Frame, folder: string | undefined): readonly string[] {
  const tone =
    run.exitCode === 0 ? 'good' : run.exitCode === 2 || run.exitCode === 4 ? 'unknown' : 'bad'
  const told = `exit ${run.exitCode}: ${exitMeaning(run)}`
  return [
    `${paint(tone, told)}${folder === undefined ? '' : ` · ${oneLine(`${folder.replace(/\/+$/, '')}/report.html`)}`}`,
  ]
}
