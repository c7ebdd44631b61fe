// What the parts of the screen are drawn with: width, colours, and whether everything is shown.
import { styleText } from 'node:util'
import { plain, type Paint, type Tone } from '#src/reporting/message.ts'

export interface Frame {
  /** Characters of a line. */
  readonly width: number
  readonly paint: Paint
  /** Every subject, finding and moment, nothing cut. */
  readonly full: boolean
}

/** The colours that every theme of a terminal adapts. */
const styles = {
  good: 'green',
  bad: 'red',
  unknown: 'yellow',
  waived: 'cyan',
  quiet: 'dim',
  strong: 'bold',
} as const satisfies Readonly<Record<Tone, Parameters<typeof styleText>[0]>>

/** Paints whatever the terminal supports: the caller decides whether there are colours. */
export const ansi: Paint = (tone, text) =>
  text === '' ? text : styleText(styles[tone], text, { validateStream: false })

/** Lines shorter than this break more than they show: the table of drills needs it. */
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
