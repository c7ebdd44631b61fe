// The journal of a systemd unit, as `journalctl --output json` prints it.
import { z } from 'zod'
import { parsed } from '#src/commands/command.ts'

export interface JournalLine {
  /** ms since the epoch. */
  at: number
  /** 0 (emergency) to 7 (debug). @source syslog(3) */
  priority: number
  description: string
}

const lineShape = z.looseObject({
  __REALTIME_TIMESTAMP: z.string().regex(/^\d+$/),
  PRIORITY: z.string().optional(),
  // Text; bytes where it is not UTF-8; null where it is too long to print. @source systemd, Journal
  // JSON Format
  MESSAGE: z.union([z.string(), z.array(z.int().min(0).max(255)), z.null()]).optional(),
})

/** Priority of a line without one. @source syslog(3): informational */
const informational = 6

type Message = z.output<typeof lineShape>['MESSAGE']

function textOf(message: Message): string {
  if (typeof message === 'string') return message
  return Buffer.from(message ?? []).toString('utf8')
}

/**
 * Lines of `journalctl --output json`, oldest first. Drops a first line that lost its beginning;
 * throws for any other line that is not JSON of the journal.
 */
export function parseJournal(text: string): readonly JournalLine[] {
  const lines = text.split('\n').filter(line => line !== '' && line !== '-- No entries --')
  const whole = lines[0]?.startsWith('{') === false ? lines.slice(1) : lines
  return whole.map(line => {
    const read = lineShape.safeParse(parsed('journalctl', line))
    if (!read.success)
      throw new Error(`journalctl printed a line without its fields: “${line.slice(0, 80)}”`)
    const { __REALTIME_TIMESTAMP: at, PRIORITY: priority, MESSAGE: message } = read.data
    return {
      at: Math.floor(Number(at) / 1_000),
      priority: Number(priority ?? informational),
      description: textOf(message),
    }
  })
}
