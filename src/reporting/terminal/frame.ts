// The settings that all parts of the screen share: width, colours, and how much to show.
import { styleText } from 'node:util'
import { plain, type Paint, type Tone } from '#src/reporting/message/signs.ts'

export interface Frame {
  /** Columns of a line. */
  readonly width: number
  readonly paint: Paint
  /** Whether to show every subject, finding and log entry in full. */
  readonly full: boolean
}

/** Colours of the basic palette, which every terminal theme adapts. */
const styles = {
  good: 'green',
  bad: 'red',
  unknown: 'yellow',
  waived: 'cyan',
  quiet: 'dim',
  strong: 'bold',
} as const satisfies Readonly<Record<Tone, Parameters<typeof styleText>[0]>>

/** Paints without asking the terminal: the caller decides whether there are colours. */
export const ansi: Paint = (tone, text) =>
  text === '' ? text : styleText(styles[tone], text, { validateStream: false })

/** The fewest columns: the table of drills does not fit into less. */
const narrowest = 80

export const frame = ({
  colour,
  width,
  full = false,
}: {
  colour: boolean
  width: number
  full?: boolean
}): Frame => ({ width: Math.max(narrowest, width), paint: colour ? ansi : plain, full })
