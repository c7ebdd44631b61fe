// What the parts of the screen are drawn with: width, colours, and whether everything is shown.
import { plain, type Paint, type Tone } from '#src/reporting/message.ts'

export interface Frame {
  /** Characters of a line. */
  readonly width: number
  readonly paint: Paint
  /** Every subject, finding and moment, nothing cut. */
  readonly full: boolean
}

/**
 * @source ECMA-48, Select Graphic Rendition: the eight colours that every theme of a terminal
 * adapts
 */
const codes: Readonly<Record<Tone, string>> = {
  good: '32',
  bad: '31',
  unknown: '33',
  waived: '36',
  quiet: '2',
  strong: '1',
}

export const ansi: Paint = (tone, text) =>
  text === '' ? text : `\u001b[${codes[tone]}m${text}\u001b[0m`

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
