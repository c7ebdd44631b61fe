// Colima's and Lima's log lines: logrus text without a terminal.
import { now, type Io, type Mac } from '#lab/host/mac.ts'

const plain = /^[A-Za-z0-9\-._/@^+]*$/
const quoted = (text: string): string =>
  plain.test(text) && text !== '' ? text : JSON.stringify(text)

export type Level = 'info' | 'warning' | 'fatal'

/** One line with its newline; `context` names the part of Colima that logs it. */
export function logLine(mac: Mac, level: Level, message: string, context?: string): string {
  const time = `${new Date(now(mac)).toISOString().slice(0, 19)}Z`
  const suffix = context === undefined ? '' : ` context=${context}`
  return `time="${time}" level=${level} msg=${quoted(message)}${suffix}\n`
}

/** Colima itself logs to stderr. */
export const say = (mac: Mac, io: Io, level: Level, message: string, context?: string): void =>
  io.err(logLine(mac, level, message, context))
/** Colima passes limactl's log on to its stdout. */
export const limactlSays = (mac: Mac, io: Io, level: Level, message: string): void =>
  io.out(logLine(mac, level, message))
