// Log lines of Colima and Lima, in logrus' text format without a terminal.
import { now, type Io, type Mac } from '#lab/host/mac.ts'

const plain = /^[A-Za-z0-9\-._/@^+]*$/
const quoted = (text: string): string =>
  plain.test(text) && text !== '' ? text : JSON.stringify(text)

export type Level = 'info' | 'warning' | 'fatal'

/** One log line with its newline. `context` names the part of Colima that wrote it. */
export function logLine(mac: Mac, level: Level, message: string, context?: string): string {
  const time = `${new Date(now(mac)).toISOString().slice(0, 19)}Z`
  const suffix = context === undefined ? '' : ` context=${context}`
  return `time="${time}" level=${level} msg=${quoted(message)}${suffix}\n`
}

/** Colima itself logs to stderr. */
export const say = (mac: Mac, io: Io, level: Level, message: string, context?: string): void =>
  io.err(logLine(mac, level, message, context))
/** Colima copies limactl's log to its own stdout. */
export const limactlSays = (mac: Mac, io: Io, level: Level, message: string): void =>
  io.out(logLine(mac, level, message))
